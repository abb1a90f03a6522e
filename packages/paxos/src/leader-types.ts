import {
  bool,
  bytes,
  doc,
  type Infer,
  int,
  list,
  nat,
  nullable,
  record,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";
import type { EngineTypes, NodeId } from "@eunomia/engine";
import { type Expr, exprSchemaOf } from "@eunomia/quorum-algebra";
import { Ballot } from "./ballot.ts";
import { AcceptorId, LeaderId, LearnerId, type PaxosMessage, Slot, Value } from "./message.ts";
import { words } from "./words.ts";

export const LeaderConfig = record({
  self: LeaderId,
  leaders: doc(list(LeaderId), "All leaders; the place in this list is the leader index."),
  learners: doc(list(LearnerId), "Who may propose, and whose stable reports retire slots."),
  directLearners: doc(
    list(LearnerId),
    "With announce `reference`: the learners that get values from here, since no acceptor stands beside them.",
  ),
  phase1: doc(exprSchemaOf(AcceptorId), "Quorums of promises. Every one meets every phase-2 quorum."),
  phase2: doc(exprSchemaOf(AcceptorId), "Quorums of acceptances."),
  announce: doc(
    words("value", "reference"),
    "How decisions travel: to learners by value, or to acceptors by reference.",
  ),
  fromSlot: doc(Slot, "First slot of the epoch."),
  f: doc(nat(), "f+1 learners must call a slot stable before it is forgotten."),
  maxAhead: doc(nat(), "Slots above the floor that are taken."),
  noop: doc(bytes(), "The value that fills gaps: the empty batch."),
  skipPhase1: doc(bool(), "Leader 0 starts with ballot [0,0] in phase 2 if it has never started a ballot."),
  heartbeatMs: doc(nat(), "Between heartbeats; also the rank delay per leader index."),
  retryMs: doc(nat(), "Unanswered requests are sent again between one and two of these."),
  suspectMinMs: doc(nat(), "Least silence after which the owner of the highest ballot is suspected."),
  suspectMaxMs: doc(nat(), "Most silence."),
  shrinkMs: doc(nat(), "The suspicion timeout shrinks by this per decided slot."),
  stallMs: doc(
    nat(),
    "A ballot that decides nothing between one and two of these (or of twice the suspicion timeout), while proposals wait, is given up.",
  ),
});

export interface LeaderConfig {
  readonly self: NodeId;
  readonly leaders: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly directLearners: readonly NodeId[];
  readonly phase1: Expr;
  readonly phase2: Expr;
  readonly announce: "value" | "reference";
  readonly fromSlot: number;
  readonly f: number;
  readonly maxAhead: number;
  readonly noop: Uint8Array;
  readonly skipPhase1: boolean;
  readonly heartbeatMs: number;
  readonly retryMs: number;
  readonly suspectMinMs: number;
  readonly suspectMaxMs: number;
  readonly shrinkMs: number;
  readonly stallMs: number;
}

const Acks = record({
  from: sortedSet(AcceptorId),
  waited: doc(bool(), "Was already open when the retry timer last fired."),
});

export const LeaderState = record({
  roundHi: doc(int(-1), "Durable. The highest round ever used; -1 before the first."),
  seen: doc(nullable(Ballot), "The highest ballot seen; its owner is followed."),
  phase: words("passive", "phase1", "active"),
  ballot: doc(nullable(Ballot), "The last ballot of our own."),
  floor: doc(Slot, "Slots through it are finished and forgotten."),
  floorDurable: doc(Slot, "How much of the floor is in the records."),
  heard: doc(sortedSet(AcceptorId), "Acceptors whose last page of 1b arrived."),
  cursors: doc(sortedMap(AcceptorId, nat()), "Where the next page of an acceptor starts."),
  reportedFloor: doc(Slot, "Highest floor in the 1b of this ballot."),
  pmax: doc(
    sortedMap(Slot, record({ ballot: Ballot, value: Value })),
    "Highest ballot per slot over ALL acceptors heard.",
  ),
  proposals: doc(sortedMap(Slot, Value), "Undecided: the first value offered, or what phase 1 demands."),
  acks: doc(sortedMap(Slot, Acks), "Who accepted, per open slot of the active ballot."),
  decided: sortedMap(Slot, Value),
  commitThrough: doc(Slot, "All slots through it are decided or retired."),
  heardThrough: doc(Slot, "The highest commit index in heartbeats of others."),
  stable: doc(sortedMap(LearnerId, Slot), "What each learner called stable."),
  suspectMs: doc(nat(), "The present suspicion timeout."),
  probing: doc(bool(), "Suspecting, and asking acceptors whether they are in reach."),
  nonce: doc(nat(), "Of the last probe."),
  reached: doc(sortedSet(AcceptorId), "Who answered the last probe."),
  stallMarked: doc(
    bool(),
    "Proposals waited when the stall timer last fired, and nothing was decided since.",
  ),
});
export type LeaderState = Infer<typeof LeaderState>;

export const LeaderCommand = variant({ lead: doc(record({}), "Start a ballot at once.") });
export type LeaderCommand = Infer<typeof LeaderCommand>;

/** What a leader writes down before it counts: the highest round that it used, and slots that need no more work. */
export const LeaderRecord = variant({ roundHi: record({ round: int(0) }), floor: record({ floor: Slot }) });
export type LeaderRecord = Infer<typeof LeaderRecord>;

export const LeaderOutput = variant({
  decided: doc(record({ slot: Slot, value: Value }), "This leader counted a phase-2 quorum."),
  leading: doc(record({ ballot: Ballot }), "Phase 1 is over."),
  preempted: doc(record({ ballot: Ballot }), "A higher ballot was met; its owner is followed."),
  stalled: doc(record({ ballot: Ballot }), "Nothing was decided for too long; the ballot is given up."),
  alarm: doc(
    record({ reason: text(), slot: Slot }),
    "Something happened that the fault model excludes: stop and look.",
  ),
});
export type LeaderOutput = Infer<typeof LeaderOutput>;

/** Timers of a leader: to say that it lives, to ask again, to give up without progress, to take over. */
export type LeaderTimer = "heartbeat" | "retry" | "stall" | "suspect";

/** The types of a leader engine. */
export interface LeaderTypes extends EngineTypes {
  Config: LeaderConfig;
  State: LeaderState;
  Command: LeaderCommand;
  Message: PaxosMessage;
  Timer: LeaderTimer;
  Record: LeaderRecord;
  Output: LeaderOutput;
}
