import {
  bool,
  bytes,
  doc,
  type Infer,
  int,
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
import { exprSchemaOf } from "@eunomia/quorum-algebra";
import { Choice, ProcessId, Round, Slot, type TwoThirdsMessage, Value, word } from "../message.ts";

/** Plain data, the same at every member but for `self` and `colocatedLearner`. Made by `memberConfig`. */
export const MemberConfig = record({
  self: ProcessId,
  members: doc(list(ProcessId, 1024), "All voters, ascending."),
  learners: doc(
    list(ProcessId, 1024),
    "The replicas' processes, ascending: they propose, learn, and call slots stable.",
  ),
  colocatedLearner: doc(nullable(ProcessId), "The learner on this node: decisions go there as whole values."),
  fromSlot: doc(Slot, "First slot; the floor starts below it."),
  decide: doc(exprSchemaOf(ProcessId), "Sets of equal votes of one round that decide (E)."),
  update: doc(exprSchemaOf(ProcessId), "Sets of votes of one round that let a member leave it (T)."),
  f: doc(nat(), "Crashes tolerated; f+1 learners must call a slot stable before it is forgotten."),
  graceMs: doc(
    nat(),
    "In round r a member waits graceMs * 2^min(r,10) for the votes beyond T; 0: it does not wait.",
  ),
  retryMs: doc(nat(), "An undecided slot is sent again after 1, 2, 4, then every 8 of these."),
  headMs: doc(nat(), "Between two HEAD messages; 0: none."),
  relay: doc(word("eager", "lazy"), "Whether who decides by counting tells the other members too."),
  order: doc(
    word("bytes", "digest"),
    "How ties are broken: smallest value, or smallest SHA-256 of the value.",
  ),
  keepRounds: doc(nat(), "Votes are kept of the highest round and so many below."),
  maxAhead: doc(nat(), "Slots above the floor that are taken; bounds the state."),
  digestAboveBytes: doc(nullable(nat()), "Votes name larger values by digest; null: never."),
});
export type MemberConfig = Infer<typeof MemberConfig>;

export const SlotState = record({
  round: doc(int(-1, Number.MAX_SAFE_INTEGER), "Durable. Highest round voted in; -1: none."),
  est: doc(nullable(Value), "Durable. The value voted for there: a member votes only for what it holds."),
  name: doc(
    nullable(Choice),
    "How votes name est, or the decision once there is one; digests are computed once.",
  ),
  votes: doc(sortedMap(Round, sortedMap(ProcessId, Choice)), "First vote of each member, by round."),
  decided: doc(nullable(Value), "Durable, but no send waits for it."),
  graceTicks: doc(nat(), "Ticks to wait before leaving the round at T votes; 0: none."),
  retryTicks: doc(nat(), "Ticks until the vote is sent again."),
  attempts: doc(nat(), "How often it was sent again."),
  held: doc(sortedMap(text(64), bytes()), "Values by the hexadecimal SHA-256 that votes name them by."),
  wanted: doc(sortedSet(text(64)), "Digests asked for since the vote was last sent again."),
  impatient: doc(
    bool(),
    "A value stayed away for a whole retry period: leave the round with a value that is held.",
  ),
});
export type SlotState = Infer<typeof SlotState>;

export const MemberState = record({
  floor: doc(Slot, "Durable. Slots through it are finished and forgotten."),
  slots: doc(sortedMap(Slot, SlotState), "Slots heard of, above the floor and within maxAhead."),
  open: doc(sortedSet(Slot), "Those of them that are undecided."),
  ready: doc(list(Slot), "Slots that this step touched: internal actions look at these only."),
  stable: doc(sortedMap(ProcessId, Slot), "What each learner called stable."),
  maxVoted: doc(Slot, "Highest slot voted in."),
  maxDecided: doc(Slot, "Highest slot decided."),
  decidedThrough: doc(Slot, "Every slot through it is decided or below the floor."),
  headDecided: doc(Slot, "Highest slot that a HEAD called decided."),
  ticking: doc(bool(), "The tick timer is armed."),
  retrying: doc(bool(), "The retry timer is armed."),
});
export type MemberState = Infer<typeof MemberState>;

export const MemberRecord = variant({
  vote: doc(
    record({ slot: Slot, round: Round, est: nullable(Value) }),
    "est null: that of the slot's last vote record.",
  ),
  decided: doc(
    record({ slot: Slot, value: nullable(Value) }),
    "value null: the est of the slot's last vote record.",
  ),
  floor: record({ floor: Slot }),
});
export type MemberRecord = Infer<typeof MemberRecord>;

export const MemberOutput = variant({
  decided: record({ slot: Slot, value: Value }),
  evidence: doc(
    record({ slot: Slot, round: Round, from: ProcessId, first: Choice, second: Choice }),
    "A member voted twice in one round: it lost its memory or is not merely crash-faulty.",
  ),
  alarm: doc(
    record({ slot: Slot, known: Value, other: Choice }),
    "Two decisions for one slot: stop and look.",
  ),
});
export type MemberOutput = Infer<typeof MemberOutput>;

/** Members take no commands. */
export const MemberCommand = nil();

export interface MemberTypes extends EngineTypes {
  Config: MemberConfig;
  State: MemberState;
  Command: Infer<typeof MemberCommand>;
  Message: TwoThirdsMessage;
  /** `tick` measures grace, `retry` sends undecided votes again, `head` gossips. */
  Timer: "tick" | "retry" | "head";
  Record: MemberRecord;
  Output: MemberOutput;
}
