import { equalBytes, mapDelete, mapDropThrough, mapGet, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { compareMoves, decodeBase, type Entry, encodeBase, encodeJoint, type JointBlock } from "../block.ts";
import { type JointConfig, rulesOf } from "../config.ts";
import { applyBlock } from "../ledger/apply.ts";
import { type Change, emptyLedger, hasEnded, type Ledger } from "../ledger/types.ts";
import { dutiesOf, mustGoOn } from "./duties.ts";
import type { Followed, JointState, JointTools, JointTypes } from "./types.ts";

export function emptyState<A>(config: JointConfig, { app }: JointTools<A>): JointState<A> {
  return {
    chains: {
      keys: [...config.follows],
      values: config.follows.map((chain) => ({
        ledger: emptyLedger(),
        app: app.init(chain),
        waiting: { keys: [], values: [] },
        decisions: { keys: [], values: [] },
        pending: [],
        offered: null,
      })),
    },
    opened: 0,
    closed: 0,
    nextEpoch: null,
    pacing: false,
  };
}

/** True: it was news. */
export function noteBase<A>(state: JointState<A>, chain: string, height: number, value: Uint8Array): boolean {
  const followed = mapGet(state.chains, chain);
  if (followed === undefined || !isNewBase(followed, height)) return false;
  mapSet(followed.waiting, height, value);
  return true;
}

export const isNewBase = <A>({ ledger, waiting }: Followed<A>, height: number): boolean =>
  height > ledger.height && mapGet(waiting, height) === undefined;

/** True: it was news, and the chain still has use for it. */
export function noteJoint<A>(state: JointState<A>, chain: string, slot: number, value: Uint8Array): boolean {
  const followed = mapGet(state.chains, chain);
  if (followed === undefined || !isNewJoint(followed, slot)) return false;
  mapSet(followed.decisions, slot, value);
  return true;
}

export function isNewJoint<A>({ ledger, decisions }: Followed<A>, slot: number): boolean {
  if (slot < 1 || mapGet(decisions, slot) !== undefined) return false;
  const known = mapGet(ledger.slots, slot);
  return known === undefined ? slot >= ledger.next : known.ending.kind === "pending";
}

/** Applies the next height of a chain if it is there. */
export function applyNext<A>(
  config: JointConfig,
  { app }: JointTools<A>,
  state: JointState<A>,
  chain: string,
): Change[] | null {
  const followed = mapGet(state.chains, chain)!;
  const { ledger, waiting, offered, decisions } = followed;
  const value = mapGet(waiting, ledger.height + 1);
  if (value === undefined) return null;
  const changes = applyBlock(rulesOf(config, chain), app, ledger, followed.app, decodeBase(value));
  mapDelete(waiting, ledger.height);
  if (offered !== null && offered.height <= ledger.height) {
    if (equalBytes(offered.value, value)) followed.pending.splice(0, offered.taken);
    followed.offered = null;
  }
  for (const change of changes) {
    if (change.kind === "included" || change.kind === "abandoned") mapDelete(decisions, change.slot);
    if (change.kind === "epoch" && state.nextEpoch !== null && sameTerms(state.nextEpoch.terms, change.terms))
      state.nextEpoch = null;
  }
  return changes;
}

const sameTerms = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);

/** The next joint slot that all chains followed here have opened; null: there is none. */
export function toOpen<A>(state: Readonly<JointState<A>>): { slot: number; epoch: number } | null {
  const slot = state.opened + 1;
  const known = state.chains.values.map(({ ledger }) => mapGet(ledger.slots, slot));
  const [first] = known;
  return first !== undefined && known.every((one) => one !== undefined) ? { slot, epoch: first.epoch } : null;
}

/** What this node would have a joint slot decide: all that is locked for it. */
export function blockFor<A>(
  config: JointConfig,
  state: Readonly<JointState<A>>,
  slot: number,
): JointBlock | null {
  if (state.chains.keys.length < config.chains.length) return null;
  const moves = state.chains.values.flatMap(({ ledger }) => mapGet(ledger.slots, slot)!.locks);
  const { nextEpoch } = state;
  const next = nextEpoch === null ? null : { from: slot + config.lead, terms: nextEpoch.terms };
  return { moves: moves.toSorted(compareMoves), next };
}

/** The next joint slot that has an end on all chains followed here; null: it is not there yet. */
export function toClose<A>(state: Readonly<JointState<A>>): { slot: number } | null {
  const slot = state.closed + 1;
  const ended = state.chains.values.every(({ ledger }) => isOver(ledger, slot));
  // Where all chains have left there is no next slot.
  return ended && state.chains.values.some(({ ledger }) => mapGet(ledger.slots, slot) !== undefined)
    ? { slot }
    : null;
}

function isOver(ledger: Ledger, slot: number): boolean {
  const known = mapGet(ledger.slots, slot);
  return known === undefined ? ledger.leftAt !== null && slot >= ledger.next : hasEnded(known);
}

/** Lets go of a slot, and compares what the chains made of it. */
export function close<A>(state: JointState<A>, slot: number, out: Effects<JointTypes<A>>): void {
  const { keys, values } = state.chains;
  const blocks = values.map(({ ledger }) => {
    const ending = mapGet(ledger.slots, slot)?.ending;
    return ending?.kind === "included" ? ending.block : null;
  });
  const other = blocks.findIndex((block) => !sameBlock(block, blocks[0]!));
  if (other > 0)
    out.output({
      kind: "alarm",
      slot,
      a: keys[0]!,
      b: keys[other]!,
      first: blocks[0]!,
      second: blocks[other]!,
    });
  for (const { ledger, decisions } of values) {
    mapDropThrough(ledger.slots, slot);
    mapDropThrough(decisions, slot);
  }
  state.closed = slot;
  state.opened = Math.max(state.opened, slot);
  out.output({ kind: "close", slot });
}

const sameBlock = (a: JointBlock | null, b: JointBlock | null): boolean =>
  a === null || b === null ? a === b : equalBytes(encodeJoint(a), encodeJoint(b));

/** Is there anything to propose for the next height of a chain? */
export function hasOffer<A>(config: JointConfig, state: Readonly<JointState<A>>, chain: string): boolean {
  const { pending, offered } = mapGet(state.chains, chain)!;
  if (offered !== null) return false;
  return pending.length > 0 || mustGoOn(config, state, chain) || dutiesOf(config, state, chain).length > 0;
}

/** The base block that this node makes for the next height of a chain. */
export function offerFor<A>(
  config: JointConfig,
  state: Readonly<JointState<A>>,
  chain: string,
): { height: number; value: Uint8Array; taken: number } {
  const { ledger, pending } = mapGet(state.chains, chain)!;
  const duties = dutiesOf(config, state, chain).slice(0, config.entriesMax);
  const taken = Math.min(pending.length, config.entriesMax - duties.length);
  const entries: Entry[] = [...duties, ...pending.slice(0, taken)];
  return { height: ledger.height + 1, value: encodeBase({ entries }), taken };
}

/** The durable part of a state, as `restore` makes it of the records. */
export const durable = <A>(state: Readonly<JointState<A>>): JointState<A> => ({
  chains: {
    keys: state.chains.keys,
    values: state.chains.values.map((followed) => ({ ...followed, pending: [], offered: null })),
  },
  opened: state.closed,
  closed: state.closed,
  nextEpoch: null,
  pacing: false,
});
