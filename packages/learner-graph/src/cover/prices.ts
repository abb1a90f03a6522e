import type { Shares } from "./weights.ts";

/** What prices could show: nobody can give away every node, or who gives away which. Null: neither. */
export type Priced =
  | { readonly kind: "never" }
  | { readonly kind: "owners"; readonly owner: readonly number[] }
  | null;

const rounds = 400;
/** Prices are rounded to this many units of the dearest before they are checked exactly. */
const precision = 2 ** 40;

/** One limit on what a family may leave out. */
interface Limit extends Shares {
  readonly family: number;
  /** Total weight; prices are per total, so that they are of one size. */
  readonly total: number;
  readonly parts: Float64Array;
}

/**
 * Can every node be given to a family that may do without it, within the slack of each? With a price per limit, a node costs
 * what its cheapest family pays for it; if that is more than all slack together is worth, no division exists, however it is
 * chosen. Prices are found in floating point, and checked exactly. On the way, divisions that fit are met.
 *
 * @param families limits of each family: all of a family's must be kept.
 */
export function priced(families: readonly (readonly Shares[])[]): Priced {
  const limits = families.flatMap((shares, family) => shares.map((share) => limitOf(share, family)));
  const count = limits[0]?.weights.length ?? 0;
  const prices = new Float64Array(limits.length).fill(1);
  for (let round = 0; round < rounds; round++) {
    const used = new Float64Array(limits.length);
    let worth = 0;
    for (let v = 0; v < count; v++) {
      const costs = costsOf(limits, prices, families.length, v);
      const cheapest = costs.reduce((best, cost, i) => (cost < costs[best]! ? i : best), 0);
      worth += costs[cheapest]!;
      limits.forEach(({ family, parts }, l) => {
        if (family === cheapest) used[l]! += parts[v]!;
      });
    }
    const bound = limits.reduce((sum, { slack, total }, l) => sum + (prices[l]! * Number(slack)) / total, 0);
    if (worth > bound && certifies(limits, families.length, prices)) return { kind: "never" };
    if (round % 20 === 0) {
      const owner = divide(limits, families.length, prices);
      if (owner !== null) return { kind: "owners", owner };
    }
    const pace = 2 / Math.sqrt(1 + round);
    limits.forEach(({ slack, total }, l) => {
      prices[l]! *= Math.exp(pace * (used[l]! - Number(slack) / total));
    });
  }
  return null;
}

function limitOf({ weights, slack }: Shares, family: number): Limit {
  const total = Math.max(1, Number(weights.reduce((sum, w) => sum + w, 0n)));
  return { weights, slack, family, total, parts: Float64Array.from(weights, (w) => Number(w) / total) };
}

/** What each family pays for a node. */
function costsOf(limits: readonly Limit[], prices: Float64Array, count: number, v: number): Float64Array {
  const costs = new Float64Array(count);
  for (let l = 0; l < limits.length; l++) costs[limits[l]!.family]! += prices[l]! * limits[l]!.parts[v]!;
  return costs;
}

/** The same comparison in whole numbers. */
function certifies(limits: readonly Limit[], count: number, prices: Float64Array): boolean {
  const perUnit = limits.map(({ total }, l) => prices[l]! / total);
  const dearest = Math.max(...perUnit);
  const exact = perUnit.map((price) => BigInt(Math.round((price / dearest) * precision)));
  let worth = 0n;
  for (let v = 0; v < limits[0]!.weights.length; v++) {
    const costs = new Array<bigint>(count).fill(0n);
    limits.forEach(({ family, weights }, l) => {
      costs[family]! += exact[l]! * weights[v]!;
    });
    worth += costs.reduce((least, cost) => (cost < least ? cost : least));
  }
  return worth > limits.reduce((sum, { slack }, l) => sum + exact[l]! * slack, 0n);
}

/** Nodes that matter most first, each to the cheapest family with room; null if one finds none. */
function divide(limits: readonly Limit[], count: number, prices: Float64Array): readonly number[] | null {
  const costs = Array.from(limits[0]!.weights, (_, v) => costsOf(limits, prices, count, v));
  const least = costs.map((of) => Math.min(...of));
  const order = costs.map((_, v) => v).sort((v, w) => least[w]! - least[v]! || v - w);
  const room = limits.map(({ slack }) => slack);
  const owner = new Array<number>(order.length);
  for (const v of order) {
    const fits = (family: number): boolean =>
      limits.every((limit, l) => limit.family !== family || limit.weights[v]! <= room[l]!);
    let best = -1;
    for (let i = 0; i < count; i++) if ((best < 0 || costs[v]![i]! < costs[v]![best]!) && fits(i)) best = i;
    if (best < 0) return null;
    limits.forEach(({ family, weights }, l) => {
      if (family === best) room[l]! -= weights[v]!;
    });
    owner[v] = best;
  }
  return owner;
}
