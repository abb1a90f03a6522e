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
import type { EngineTypes } from "@eunomia/engine";
import { Round, Slot, Value, word } from "../message.ts";
import { Evidence } from "./evidence.ts";
import {
  type ByzantineMessage,
  Certificate,
  Digest,
  LastRound,
  ProcessId,
  Signature,
  StatusReport,
} from "./message.ts";

/** Plain data, the same at every member but for `self` and `colocatedLearner`. Made by `byzantineMemberConfig`. */
export const ByzantineMemberConfig = record({
  self: ProcessId,
  context: doc(text(256), "Names cluster and epoch in every signature."),
  members: doc(
    list(ProcessId, 1024),
    "All voters, ascending: members[(slot + r) mod n] coordinates round r.",
  ),
  learners: doc(list(ProcessId, 1024), "The replicas' processes, ascending."),
  colocatedLearner: doc(nullable(ProcessId), "The learner on this node."),
  fromSlot: doc(Slot, "First slot; the floor starts below it."),
  f: doc(nat(), "Byzantine members tolerated: n >= 5f + 1."),
  roundMs: doc(nat(), "Round r lasts roundMs * 2^min(r,12), once it is armed."),
  retryMs: doc(
    nat(),
    "What an undecided slot has to say is said again after 1, 2, 4, then every 8 of these.",
  ),
  headMs: doc(nat(), "Between two HEAD messages; 0: none."),
  relay: doc(word("eager", "lazy"), "Whether who decides by counting tells the other members too."),
  order: doc(word("bytes", "digest"), "Which value is the smallest: by itself, or by its SHA-256."),
  keepRounds: doc(nat(), "Votes are kept of so many rounds below and above the own one."),
  maxAhead: doc(nat(), "Slots above the floor that are taken; bounds the state."),
});
export type ByzantineMemberConfig = Infer<typeof ByzantineMemberConfig>;

/** A vote with what proves it. */
export const SignedVote = record({ value: Value, digest: Digest, signature: Signature });
export type SignedVote = Infer<typeof SignedVote>;

/** A STATUS with what proves it. */
export const SignedStatus = record({
  round: Round,
  lastRound: LastRound,
  est: nullable(record({ value: Value, digest: Digest })),
  signature: Signature,
});
export type SignedStatus = Infer<typeof SignedStatus>;

export const ByzantineSlot = record({
  round: doc(Round, "Durable. No vote in a lower round any more."),
  voted: doc(LastRound, "Durable. The last round voted in; -1: none."),
  est: doc(nullable(Value), "Durable. The value voted for there."),
  promise: doc(
    nullable(record({ lastRound: LastRound, est: nullable(Value) })),
    "Durable. What the STATUS of this round says; null in round 0.",
  ),
  proposal: doc(nullable(Value), "The first valid one that a learner brought."),
  votes: doc(sortedMap(Round, sortedMap(ProcessId, SignedVote)), "First vote of each member, by round."),
  statuses: doc(sortedMap(ProcessId, SignedStatus), "The first STATUS of the highest round of each member."),
  led: doc(
    nullable(record({ round: Round, digest: Digest, statuses: list(StatusReport), signature: Signature })),
    "The NEWROUND that was followed last, or sent.",
  ),
  decided: doc(
    nullable(record({ value: Value, certificate: Certificate })),
    "Durable, but no send waits for it.",
  ),
  roundTicks: doc(nat(), "Ticks until the round is over; 0: its timer is not armed."),
  retryTicks: doc(nat(), "Ticks until everything is said again."),
  attempts: doc(nat(), "How often it was said again."),
});
export type ByzantineSlot = Infer<typeof ByzantineSlot>;

export const ByzantineMemberState = record({
  floor: doc(Slot, "Durable. Slots through it are finished and forgotten."),
  slots: doc(sortedMap(Slot, ByzantineSlot), "Slots heard of, above the floor and within maxAhead."),
  open: doc(sortedSet(Slot), "Those of them that are undecided."),
  ready: doc(list(Slot), "Slots that this step touched: internal actions look at these only."),
  stable: doc(sortedMap(ProcessId, Slot), "What each learner called stable."),
  floors: doc(sortedMap(ProcessId, Slot), "The highest floor that each other member told."),
  heads: doc(sortedMap(ProcessId, Slot), "The highest slot that each other member called decided."),
  headDecided: doc(Slot, "The highest slot that f + 1 members called decided before the last HEAD."),
  guilty: doc(sortedSet(ProcessId), "Members against whom evidence was put out in this life."),
  maxVoted: doc(Slot, "Highest slot voted in."),
  maxDecided: doc(Slot, "Highest slot decided."),
  decidedThrough: doc(Slot, "Every slot through it is decided or below the floor."),
  ticking: doc(bool(), "The tick timer is armed."),
  retrying: doc(bool(), "The retry timer is armed."),
});
export type ByzantineMemberState = Infer<typeof ByzantineMemberState>;

export const ByzantineMemberRecord = variant({
  vote: doc(
    record({ slot: Slot, round: Round, est: nullable(Value) }),
    "est null: that of the slot's last vote record.",
  ),
  enter: doc(record({ slot: Slot, round: Round }), "No vote in a lower round any more."),
  decided: doc(
    record({ slot: Slot, value: nullable(Value), certificate: Certificate }),
    "value null: the est of the slot's last vote record.",
  ),
  floor: record({ floor: Slot }),
});
export type ByzantineMemberRecord = Infer<typeof ByzantineMemberRecord>;

/** Why a message was not taken; what is merely late or known already is not counted. */
export const Refusal = word("stranger", "signature", "statuses", "certificate", "value", "out of range");
export type Refusal = Infer<typeof Refusal>;

export const ByzantineMemberOutput = variant({
  decided: record({ slot: Slot, value: Value, certificate: Certificate }),
  evidence: doc(Evidence, "Convicts a member to whoever knows the keys. Once per member and life."),
  refused: doc(
    record({ from: ProcessId, message: text(32), reason: Refusal }),
    "Bad data of a peer, ignored: for counting.",
  ),
  alarm: doc(
    record({ slot: Slot, known: Value, other: Value }),
    "Two decisions for one slot, both certified: more than f members lie. Stop and look.",
  ),
});
export type ByzantineMemberOutput = Infer<typeof ByzantineMemberOutput>;

/** Members take no commands. */
export const ByzantineMemberCommand = nil();

/** The types of a member for Byzantine faults. */
export interface ByzantineMemberTypes extends EngineTypes {
  Config: ByzantineMemberConfig;
  State: ByzantineMemberState;
  Command: Infer<typeof ByzantineMemberCommand>;
  Message: ByzantineMessage;
  /** `tick` measures rounds, `retry` says undecided things again, `head` gossips. */
  Timer: "tick" | "retry" | "head";
  Record: ByzantineMemberRecord;
  Output: ByzantineMemberOutput;
}
