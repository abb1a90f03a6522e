import {
  bool,
  bytes,
  doc,
  type Infer,
  list,
  nullable,
  record,
  type Schema,
  sortedMap,
  text,
  variant,
} from "@eunomia/codec";
import { ChainName, Height, JointBlock, JointSlot, Key, Move } from "../block.ts";

const Verdict = variant({
  open: record({}),
  took: doc(record({ block: JointBlock }), "Its own learner decided within its patience."),
  passed: doc(record({}), "It did not: the chain does not take the block by itself any more."),
});

const Ending = variant({
  pending: record({}),
  known: doc(
    record({ block: nullable(JointBlock) }),
    "Taken or settled (null: all passed), and to take effect once the slots before it have.",
  ),
  included: record({ block: JointBlock }),
  abandoned: doc(record({}), "Every chain passed: nothing moves."),
  released: doc(record({}), "The chain left, and did not hear in time what became of the slot."),
});

export const SlotState = record({
  cut: doc(Height, "Where it opened."),
  epoch: doc(
    JointSlot,
    "The joint slot that brought the terms it is decided under; 0: those of the beginning.",
  ),
  locks: doc(list(Move), "What may leave this chain in it. Ascending by key."),
  verdict: doc(Verdict, "Of this chain alone: never changes once it is not open."),
  ending: doc(Ending, "What became of it. Final once it is neither pending nor known."),
});
export type SlotState = Infer<typeof SlotState>;

/** Has the slot an end on its chain? */
export const hasEnded = ({ ending }: Pick<Infer<typeof SlotState>, "ending">): boolean =>
  ending.kind !== "pending" && ending.kind !== "known";

/** What a log of base blocks has made of one chain, but for its application. */
export const Ledger = record({
  height: doc(Height, "Applied so far."),
  next: doc(JointSlot, "The joint slot to open next."),
  lastCut: doc(nullable(Height), "Where the one before it opened."),
  wanted: doc(bool(), "Another chain has opened the next slot."),
  locks: doc(
    sortedMap(Key, record({ slot: nullable(JointSlot), to: ChainName, terms: bytes() })),
    "State that is not to be touched, and the open slot it may move in; null: the next one.",
  ),
  slots: doc(sortedMap(JointSlot, SlotState), "From the oldest one that is needed."),
  epochs: doc(
    list(
      record({
        slot: doc(JointSlot, "The joint slot that decided it."),
        from: JointSlot,
        terms: nullable(bytes()),
        height: doc(Height, "First height of this chain under it."),
      }),
    ),
    "In the order in which this chain learned of them.",
  ),
  leftAt: nullable(Height),
});
/** What a log of base blocks has made of one chain, but for its application. */
export type Ledger = Infer<typeof Ledger>;

/** What a base block changed, in order. */
export const Change = variant({
  app: doc(record({ bytes: bytes() }), "Handed to the application."),
  locked: record({ move: Move }),
  void: doc(record({ reason: text(64) }), "An entry that does nothing here, the same at everybody."),
  opened: record({ slot: JointSlot, locks: list(Move) }),
  passed: record({ slot: JointSlot }),
  included: doc(
    record({ slot: JointSlot, block: JointBlock }),
    "What it moves has moved, other locks of the slot are gone.",
  ),
  abandoned: doc(
    record({ slot: JointSlot, keys: list(Key) }),
    "Nothing moved, on any chain; these are free again.",
  ),
  released: doc(
    record({ slot: nullable(JointSlot), keys: list(Key) }),
    "Free again because the overlap is lost. With a slot: it was open, and nobody here knows what became of it.",
  ),
  epoch: record({ slot: JointSlot, from: JointSlot, terms: nullable(bytes()), height: Height }),
  left: record({ evidence: bytes() }),
});
/** What a base block changed, in order. */
export type Change = Infer<typeof Change>;

/**
 * The state of one chain that moves: pure, and the same at everybody. Functions change the state that they are given, and must
 * not fail for any bytes.
 */
export interface Application<A> {
  readonly state: Schema<A>;
  init(chain: string): A;
  /** An entry of the chain's own. What is `locked` must be left as it is. */
  apply(chain: string, state: A, bytes: Uint8Array, locked: (key: string) => boolean): void;
  /** Is the key here, and may it leave on these terms? */
  lockable(state: A, move: Move): boolean;
  /** It leaves this chain. It was `lockable`, and locked ever since. */
  depart(state: A, move: Move): void;
  /** It arrives at this chain. There is no way to refuse. */
  arrive(state: A, move: Move): void;
}

/** A chain before its first block. */
export const emptyLedger = (): Ledger => ({
  height: 0,
  next: 1,
  lastCut: null,
  wanted: false,
  locks: { keys: [], values: [] },
  slots: { keys: [], values: [] },
  epochs: [],
  leftAt: null,
});
