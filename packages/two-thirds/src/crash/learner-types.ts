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
  variant,
} from "@eunomia/codec";
import { type ConsensusCommand, type ConsensusOutput, type EngineTypes, readingOf } from "@eunomia/engine";
import { exprSchemaOf } from "@eunomia/quorum-algebra";
import { Choice, ProcessId, Slot, type TwoThirdsMessage, Value } from "../message.ts";

/** Plain data. Made by `learnerConfig`. */
export const LearnerConfig = record({
  self: ProcessId,
  members: doc(list(ProcessId, 1024), "All voters, ascending."),
  readQuorum: doc(
    exprSchemaOf(ProcessId),
    "Whose answers say how far writes have come: sets that meet every set of equal votes that decides.",
  ),
  colocatedMember: doc(
    nullable(ProcessId),
    "The member on this node: it is asked first for values that cost the wire.",
  ),
  fromSlot: doc(Slot, "First slot that is needed here."),
  retryMs: doc(
    nat(),
    "A proposal is sent again after 1, 2, 4, then every 8 of these; gaps are asked about at each.",
  ),
  maxAhead: doc(nat(), "Slots above the floor that are kept; bounds the state."),
});
export type LearnerConfig = Infer<typeof LearnerConfig>;

const Proposal = record({
  value: Value,
  retryTicks: doc(nat(), "Ticks until it is sent again."),
  attempts: doc(nat(), "How often it was sent again."),
});

export const LearnerState = record({
  floor: doc(Slot, "Slots through it were trimmed by the replica."),
  forgotten: doc(Slot, "Slots through it were forgotten by a member: the replica was told."),
  top: doc(Slot, "Highest slot known to be decided somewhere."),
  overdue: doc(Slot, "What `top` was at the last retry tick: gaps below it are asked about."),
  through: doc(Slot, "Every slot through it is decided here, trimmed or forgotten."),
  proposals: doc(sortedMap(Slot, Proposal), "Undecided."),
  decided: doc(sortedMap(Slot, record({ value: Value, name: Choice })), "Reported, and not yet trimmed."),
  asked: doc(sortedSet(Slot), "Asked of one member since the last retry tick, and not yet answered."),
  turn: doc(nat(), "Index of the member that is asked next."),
  retrying: doc(bool(), "The retry timer is armed."),
  reading: doc(readingOf(ProcessId), "The question of a read that is open."),
});
export type LearnerState = Infer<typeof LearnerState>;

export const LearnerCommand = variant({
  propose: record({ slot: Slot, value: Value }),
  trim: record({ slot: Slot }),
  highest: record({ nonce: nat() }),
});

export const LearnerOutput = variant({
  decided: record({ slot: Slot, value: Value }),
  trimmed: record({ floor: Slot }),
  duty: record({ process: nullable(ProcessId) }),
  highest: record({ nonce: nat(), slot: Slot }),
  alarm: doc(
    record({ slot: Slot, known: Value, other: Choice }),
    "Two decisions for one slot: stop and look.",
  ),
});
/** The `Consensus` door, and the alarm that must never come. */
export type LearnerOutput =
  | ConsensusOutput
  | { readonly kind: "alarm"; readonly slot: number; readonly known: Uint8Array; readonly other: Choice };

/** A learner remembers nothing: it learns again what it needs. */
export const LearnerRecord = nil();

/** The types of a learner engine. */
export interface LearnerTypes extends EngineTypes {
  Config: LearnerConfig;
  State: LearnerState;
  Command: ConsensusCommand;
  Message: TwoThirdsMessage;
  Timer: "retry";
  Record: Infer<typeof LearnerRecord>;
  Output: LearnerOutput;
}
