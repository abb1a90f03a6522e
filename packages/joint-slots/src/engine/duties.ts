import { mapGet, mapHas } from "@eunomia/codec";
import { decodeJoint, type Entry } from "../block.ts";
import type { JointConfig } from "../config.ts";
import { verdictOf } from "../judge.ts";
import { hasEnded } from "../ledger/types.ts";
import type { Followed, JointState } from "./types.ts";

/** What the chain still has to be told of joint slots, as far as this node knows: each entry is valid. */
export function dutiesOf<A>(config: JointConfig, state: Readonly<JointState<A>>, chain: string): Entry[] {
  const { ledger, decisions } = mapGet(state.chains, chain)!;
  const duties: Entry[] = [];
  const opened = state.chains.values.some((other) => other.ledger.next > ledger.next);
  if (opened && !ledger.wanted && ledger.leftAt === null) duties.push({ kind: "open", slot: ledger.next });
  ledger.slots.values.forEach((slot, i) => {
    const number = ledger.slots.keys[i]!;
    if (slot.ending.kind !== "pending") return;
    if (slot.verdict.kind === "passed") {
      const entry = settling(config, state, chain, number);
      if (entry !== null) duties.push(entry);
      return;
    }
    const value = mapGet(decisions, number);
    const block = value === undefined ? null : decodeJoint(value);
    if (block !== null) duties.push({ kind: "joint", slot: number, block });
  });
  return duties;
}

function settling<A>(
  config: JointConfig,
  state: Readonly<JointState<A>>,
  chain: string,
  slot: number,
): Entry | null {
  const { keys, values } = state.chains;
  const verdicts = values.map((followed) => verdictOf(followed, slot));
  const by = verdicts.findIndex((verdict, i) => keys[i] !== chain && typeof verdict === "object");
  const block = verdicts[by];
  if (typeof block === "object") return { kind: "settle", slot, taken: { by: keys[by]!, block } };
  const allPassed = keys.length === config.chains.length && verdicts.every((verdict) => verdict === "passed");
  return allPassed ? { kind: "settle", slot, taken: null } : null;
}

/**
 * Does the chain have to go on, without anything to say, so that a joint slot opens, is passed or settled? Left to nodes that follow
 * all chains: they have something to say in the end.
 */
export function mustGoOn<A>(config: JointConfig, state: Readonly<JointState<A>>, chain: string): boolean {
  if (state.chains.keys.length < config.chains.length) return false;
  const own = mapGet(state.chains, chain)!.ledger;
  if (own.leftAt !== null) return own.slots.values.some((slot) => !hasEnded(slot));
  return state.chains.values.some(
    ({ ledger }) =>
      ledger.locks.values.some(({ slot }) => slot === null) ||
      ledger.slots.values.some((slot, i) => !hasEnded(slot) || !settled(own, ledger.slots.keys[i]!)),
  );
}

const settled = ({ next, slots }: Followed<unknown>["ledger"], slot: number): boolean =>
  slot < next && (!mapHas(slots, slot) || hasEnded(mapGet(slots, slot)!));
