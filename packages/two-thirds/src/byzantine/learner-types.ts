import {
  bool,
  doc,
  type Infer,
  list,
  nat,
  nil,
  nullable,
  record,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";
import type { ConsensusCommand, ConsensusOutput, EngineTypes } from "@eunomia/engine";
import { LearnerCommand } from "../crash/learner-types.ts";
import { Slot, Value } from "../message.ts";
import { Refusal } from "./member-types.ts";
import { type ByzantineMessage, ProcessId } from "./message.ts";

/** Plain data. Made by `byzantineLearnerConfig`. */
export const ByzantineLearnerConfig = record({
  self: ProcessId,
  context: doc(text(256), "Names cluster and epoch in every signature, as at the members."),
  members: doc(list(ProcessId, 1024), "All voters, ascending."),
  f: doc(nat(), "Byzantine members tolerated: n >= 5f + 1."),
  colocatedMember: doc(
    nullable(ProcessId),
    "The member on this node: it is believed without a certificate, since whoever lies there lies here too.",
  ),
  fromSlot: doc(Slot, "First slot that is needed here."),
  retryMs: doc(
    nat(),
    "A proposal is sent again after 1, 2, 4, then every 8 of these; gaps are asked about at each.",
  ),
  maxAhead: doc(nat(), "Slots above the floor that are kept; bounds the state."),
});
export type ByzantineLearnerConfig = Infer<typeof ByzantineLearnerConfig>;

const Proposal = record({
  value: Value,
  retryTicks: doc(nat(), "Ticks until it is sent again."),
  attempts: doc(nat(), "How often it was sent again."),
});

export const ByzantineLearnerState = record({
  floor: doc(Slot, "Slots through it were trimmed by the replica."),
  forgotten: doc(Slot, "Slots through it were forgotten by f + 1 members: the replica was told."),
  top: doc(Slot, "Highest slot that is decided here or, as f + 1 members say, elsewhere."),
  overdue: doc(Slot, "What `top` was at the last retry tick: gaps below it are asked about."),
  through: doc(Slot, "Every slot through it is decided here, trimmed or forgotten."),
  proposals: doc(sortedMap(Slot, Proposal), "Undecided."),
  decided: doc(sortedMap(Slot, Value), "Reported, and not yet trimmed."),
  floors: doc(sortedMap(ProcessId, Slot), "The highest floor that each member told."),
  heads: doc(sortedMap(ProcessId, Slot), "The highest slot that each member called decided or finished."),
  asked: doc(sortedSet(Slot), "Asked of one member since the last retry tick, and not yet answered."),
  turn: doc(nat(), "Index of the member that is asked next."),
  retrying: doc(bool(), "The retry timer is armed."),
  reading: doc(
    nullable(record({ nonce: nat(), answers: sortedMap(ProcessId, Slot) })),
    "The question of a read that is open.",
  ),
});
export type ByzantineLearnerState = Infer<typeof ByzantineLearnerState>;

export const ByzantineLearnerCommand = LearnerCommand;

export const ByzantineLearnerOutput = variant({
  decided: record({ slot: Slot, value: Value }),
  trimmed: record({ floor: Slot }),
  duty: record({ process: nullable(ProcessId) }),
  highest: record({ nonce: nat(), slot: Slot }),
  refused: doc(
    record({ from: ProcessId, message: text(32), reason: Refusal }),
    "Bad data of a peer, ignored: for counting.",
  ),
  alarm: doc(
    record({ slot: Slot, known: Value, other: Value }),
    "Two decisions for one slot, both certified: more than f members lie. Stop and look.",
  ),
});
/** The `Consensus` door, what was refused, and the alarm that must never come. */
export type ByzantineLearnerOutput =
  | ConsensusOutput
  | { readonly kind: "refused"; readonly from: string; readonly message: string; readonly reason: Refusal }
  | { readonly kind: "alarm"; readonly slot: number; readonly known: Uint8Array; readonly other: Uint8Array };

/** A learner remembers nothing: it learns again what it needs. */
export const ByzantineLearnerRecord = nil();

/** The types of a learner for Byzantine faults. */
export interface ByzantineLearnerTypes extends EngineTypes {
  Config: ByzantineLearnerConfig;
  State: ByzantineLearnerState;
  Command: ConsensusCommand;
  Message: ByzantineMessage;
  Timer: "retry";
  Record: Infer<typeof ByzantineLearnerRecord>;
  Output: ByzantineLearnerOutput;
}
