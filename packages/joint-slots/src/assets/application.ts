import {
  DecodeError,
  decode,
  doc,
  encode,
  type Infer,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  record,
  setAdd,
  setHas,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";
import { type Entry, Key } from "../block.ts";
import type { Application } from "../ledger/types.ts";

const Owner = text(256);

/** What a chain knows of assets. */
export const AssetState = record({
  held: doc(sortedMap(Key, Owner), "Assets that are on this chain, and whose they are."),
  minted: doc(sortedSet(Key), "All that ever began here: a name is used once."),
});
/** What a chain knows of assets. */
export type AssetState = Infer<typeof AssetState>;

const Order = variant({
  mint: record({ key: Key, owner: Owner }),
  give: record({ key: Key, owner: doc(Owner, "The next one.") }),
});

function read(value: Uint8Array): Infer<typeof Order> | null {
  try {
    return decode(Order, value);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** The owner at the other chain; null: the terms name none. */
function ownerOf(terms: Uint8Array): string | null {
  try {
    return decode(Owner, terms);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/**
 * Assets of single pieces. The name of one begins with the chain that minted it, so that no two chains mint the same. Who may ask for
 * what is for others to say: entries are taken as authorised.
 */
export const assets: Application<AssetState> = {
  state: AssetState,
  init: () => ({ held: { keys: [], values: [] }, minted: [] }),
  apply(chain, state, value, locked) {
    const order = read(value);
    if (order === null || locked(order.key)) return;
    if (order.kind === "give") {
      if (mapHas(state.held, order.key)) mapSet(state.held, order.key, order.owner);
      return;
    }
    if (!order.key.startsWith(`${chain}:`) || setHas(state.minted, order.key)) return;
    setAdd(state.minted, order.key);
    mapSet(state.held, order.key, order.owner);
  },
  lockable: (state, { key, terms }) => mapGet(state.held, key) !== undefined && ownerOf(terms) !== null,
  depart: (state, { key }) => void mapDelete(state.held, key),
  arrive: (state, { key, terms }) => mapSet(state.held, key, ownerOf(terms) ?? ""),
};

/** The entry that makes an asset: `key` is the name of its chain, a colon, and more. */
export const mint = (key: string, owner: string): Entry => ({
  kind: "app",
  bytes: encode(Order, { kind: "mint", key, owner }),
});

/** The entry that gives an asset to somebody on the same chain. */
export const give = (key: string, owner: string): Entry => ({
  kind: "app",
  bytes: encode(Order, { kind: "give", key, owner }),
});

/** The entry that has an asset move to an owner on another chain, in the next joint slot. */
export const transfer = (key: string, to: string, owner: string): Entry => ({
  kind: "lock",
  key,
  to,
  terms: encode(Owner, owner),
});
