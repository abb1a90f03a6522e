import { type JointConfig, jointConfig } from "@eunomia/joint-slots";
import { type Chain, chains, type Laws } from "./stake.ts";

/** A joint slot opens on each chain every so many heights, and can be taken for so many. */
const plan = { first: 3, every: 4, patience: 12 } as const;

/** Time between two blocks of a chain that has something to say: a joint slot has to be decided within the heights of its patience. */
const paceMs = 250;

/** The process of a validator that follows joint slots. */
export const slotsProcess = (id: string): string => `${id}/slots`;

/** What the joint slots of a validator go by; but for its name and its chains the same at all of them. */
export function slotsOf(laws: Laws, id: string): JointConfig {
  const follows = chains.filter((chain) => laws[chain].acceptors.includes(id));
  return jointConfig({
    self: slotsProcess(id),
    chains: chains.map((chain) => ({ chain, ...plan })),
    follows,
    proposes: follows,
    paceMs,
  });
}

/** Time without anything to say until an empty block is proposed: by whose turn it is, and by all others; milliseconds. */
const idleMs = { first: 400, others: 1200 } as const;

/** Keeps chains going: joint slots are counted by their heights. */
export class Pulse {
  readonly #since = new Map<Chain, { readonly height: number; at: number }>();

  /** Is an empty block due after this height? At most once per height. */
  due(chain: Chain, height: number, isFirst: boolean, now: number): boolean {
    const known = this.#since.get(chain);
    if (known?.height !== height) {
      this.#since.set(chain, { height, at: now });
      return false;
    }
    if (now - known.at < (isFirst ? idleMs.first : idleMs.others)) return false;
    known.at = Number.POSITIVE_INFINITY;
    return true;
  }
}
