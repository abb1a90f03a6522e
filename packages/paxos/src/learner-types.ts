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
  text,
  variant,
} from "@eunomia/codec";
import {
  type ConsensusCommand,
  type ConsensusOutput,
  type EngineTypes,
  type NodeId,
  readingOf,
} from "@eunomia/engine";
import { type Expr, exprSchemaOf } from "@eunomia/quorum-algebra";
import { Ballot } from "./ballot.ts";
import { AcceptorId, LeaderId, LearnerId, type PaxosMessage, Slot, Value } from "./message.ts";
import { words } from "./words.ts";

export const LearnerConfig = record({
  self: LearnerId,
  leaders: doc(list(LeaderId), "By leader index."),
  acceptors: doc(list(AcceptorId), "Who is told what is stable, and who may hand over decisions."),
  readQuorum: doc(
    exprSchemaOf(AcceptorId),
    "Whose answers say how far writes have come: the quorums of promises, which meet every quorum of acceptances.",
  ),
  proposeTo: doc(
    words("all", "active"),
    "Whom a new proposal goes to: every leader, or the one last seen active.",
  ),
  fromSlot: doc(Slot, "First slot of the epoch."),
  maxAhead: doc(nat(), "Slots above the last trimmed one that are taken."),
  fetchMax: doc(nat(), "Missing slots asked for at once."),
  retryMs: doc(nat(), "Undecided proposals are sent again between one and two of these."),
  silenceMs: doc(nat(), "No heartbeat for so long: nobody is taken for active any more."),
});

export interface LearnerConfig {
  readonly self: NodeId;
  readonly leaders: readonly NodeId[];
  readonly acceptors: readonly NodeId[];
  readonly readQuorum: Expr;
  readonly proposeTo: "all" | "active";
  readonly fromSlot: number;
  readonly maxAhead: number;
  readonly fetchMax: number;
  readonly retryMs: number;
  readonly silenceMs: number;
}

const Proposal = record({
  value: Value,
  waited: doc(bool(), "Was undecided when the retry timer last fired."),
});

export const LearnerState = record({
  floor: doc(Slot, "Slots through it were trimmed here."),
  proposals: doc(sortedMap(Slot, Proposal), "Our own, undecided."),
  decided: doc(sortedMap(Slot, Value), "Reported, kept until trimmed, so that nothing is reported twice."),
  through: doc(Slot, "All slots through it are decided here or trimmed."),
  target: doc(Slot, "The highest slot known to be decided anywhere."),
  overdue: doc(Slot, "The target when the retry timer last fired: what is missing below it is asked for."),
  trimmedThrough: doc(Slot, "The highest floor reported to the replica."),
  seen: doc(nullable(Ballot), "The highest ballot in a heartbeat."),
  active: doc(nullable(LeaderId), "The leader last seen active."),
  reading: doc(readingOf(AcceptorId), "The question of a read that is open."),
});
export type LearnerState = Infer<typeof LearnerState>;

/** The commands of the `Consensus` door. */
export const LearnerCommand = variant({
  propose: record({ slot: Slot, value: Value }),
  trim: record({ slot: Slot }),
  highest: record({ nonce: nat() }),
});

/** The outputs of the `Consensus` door, and an alarm. */
export const LearnerOutput = variant({
  decided: record({ slot: Slot, value: Value }),
  trimmed: record({ floor: Slot }),
  duty: record({ process: nullable(LeaderId) }),
  highest: record({ nonce: nat(), slot: Slot }),
  alarm: doc(
    record({ reason: text(), slot: Slot }),
    "Something happened that the fault model excludes: stop and look.",
  ),
});
export type LearnerOutput =
  | ConsensusOutput
  | { readonly kind: "alarm"; readonly reason: string; readonly slot: number };

/** Timers of a learner: to propose and ask again, and to take a silent leader for active no longer. */
export type LearnerTimer = "retry" | "silence";

/** Learners keep nothing durable: the replica above has the log. */
export const LearnerRecord = nil();

/** The types of a learner engine. */
export interface LearnerTypes extends EngineTypes {
  Config: LearnerConfig;
  State: LearnerState;
  Command: ConsensusCommand;
  Message: PaxosMessage;
  Timer: LearnerTimer;
  Record: null;
  Output: LearnerOutput;
}
