import {
  bytes,
  DecodeError,
  decode,
  doc,
  encode,
  type Infer,
  list,
  nat,
  nullable,
  record,
  type Schema,
  text,
  variant,
} from "@eunomia/codec";

/** Entries of one base block, moves of one joint block. */
export const entriesLimit = 65_536;

export const ChainName = text(256);
export const Key = doc(text(256), "A piece of state of one chain, as the application names it.");
export const Height = doc(nat(), "A slot of a base chain; heights are counted from 1.");
export const JointSlot = doc(nat(), "A joint slot; they are counted from 1.");

/** A piece of state that leaves a chain for another one. */
export const Move = record({
  from: ChainName,
  key: Key,
  to: ChainName,
  terms: doc(bytes(65_536), "What the application of `to` makes of it. Opaque here."),
});
/** A piece of state that leaves a chain for another one. */
export type Move = Infer<typeof Move>;

/** What a joint slot decides: the same bytes for all chains. Without moves it says that nothing moves in this slot. */
export const JointBlock = record({
  moves: doc(list(Move, entriesLimit), "Ascending by chain and key, each once."),
  next: doc(
    nullable(
      record({
        from: doc(JointSlot, "First joint slot under the new terms."),
        terms: doc(
          nullable(bytes()),
          "Quorums, stakes, a graph. Opaque here. null: there are no joint slots any more.",
        ),
      }),
    ),
    "A new epoch of joint slots.",
  ),
});
/** What a joint slot decides: the same bytes for all chains. */
export type JointBlock = Infer<typeof JointBlock>;

/** One entry of a base block. */
export const Entry = variant({
  app: doc(record({ bytes: bytes() }), "For the application of this chain alone."),
  lock: doc(
    record({ key: Key, to: ChainName, terms: bytes(65_536) }),
    "This piece of state is to move in the next joint slot, and is not touched until that is settled.",
  ),
  joint: doc(
    record({ slot: JointSlot, block: JointBlock }),
    "The learner of this chain decided: the block takes effect here.",
  ),
  settle: doc(
    record({ slot: JointSlot, taken: nullable(record({ by: ChainName, block: JointBlock })) }),
    "After this chain passed the slot: another chain has taken the block, or (null) all others have passed it too.",
  ),
  leave: doc(
    record({ evidence: bytes() }),
    "The overlap is lost: no joint slots any more, and no atomicity.",
  ),
});
/** One entry of a base block. */
export type Entry = Infer<typeof Entry>;

/** What a slot of a base chain decides. */
export const BaseBlock = record({ entries: list(Entry, entriesLimit) });
/** What a slot of a base chain decides. */
export type BaseBlock = Infer<typeof BaseBlock>;

/**
 * The value that a base slot decides.
 *
 * @example
 * const value = encodeBase({ entries: [{ kind: "lock", key: "gold", to: "blue", terms: new Uint8Array() }] });
 */
export const encodeBase = (block: BaseBlock): Uint8Array => encode(BaseBlock, block);

/** A base block, or null: these bytes are none. */
export const decodeBase = (value: Uint8Array): BaseBlock | null => read(BaseBlock, value);

/** The value that a joint slot decides. */
export const encodeJoint = (block: JointBlock): Uint8Array => encode(JointBlock, block);

/** A joint block, or null: these bytes are none. */
export const decodeJoint = (value: Uint8Array): JointBlock | null => read(JointBlock, value);

function read<T>(schema: Schema<T>, value: Uint8Array): T | null {
  try {
    return decode(schema, value);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Ascending by chain and key: a block has one form. */
export function compareMoves(a: Move, b: Move): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
}
