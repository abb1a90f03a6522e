import type { NodeId } from "@eunomia/engine";
import type { Expr } from "@eunomia/quorum-algebra";

/** A family as weights that it may do without: every set of nodes that weighs at most `slack` can be left out. */
export interface Shares {
  /** One per node of the common list. */
  readonly weights: readonly bigint[];
  readonly slack: bigint;
}

/** The family as weights; null unless it is one flat gate. Nodes that it does not know weigh nothing. */
export function sharesOf(family: Expr, ids: readonly NodeId[]): Shares | null {
  const weights = new Map<NodeId, bigint>();
  let total = 0n;
  const add = (weight: bigint, child: Expr): boolean => {
    if (child.t !== "node") return false;
    weights.set(child.id, (weights.get(child.id) ?? 0n) + weight);
    total += weight;
    return true;
  };
  let need = 1n;
  if (family.t === "node") add(1n, family);
  else if (family.t === "thr") {
    need = BigInt(family.k);
    if (!family.of.every((child) => add(1n, child))) return null;
  } else if (family.t === "wthr") {
    need = family.k;
    if (!family.of.every(([weight, child]) => add(weight, child))) return null;
  } else return null;
  return { weights: ids.map((id) => weights.get(id) ?? 0n), slack: total - need };
}

/** What prices could show: nobody can give away every node, or who gives away which. Null: neither. */
export type Priced =
  | { readonly kind: "never" }
  | { readonly kind: "owners"; readonly owner: readonly number[] }
  | null;

const rounds = 400;
/** Prices are rounded to this many units of the dearest before they are checked exactly. */
const precision = 2 ** 40;

/**
 * Can every node be given to a family that may do without it, within the slack of each? With a price per family, a node
 * costs at least its cheapest weight; if that is more than all slack together is worth, no division exists, however it is
 * chosen. Prices are found in floating point, and checked exactly. On the way, divisions that fit are met.
 */
export function priced(families: readonly Shares[]): Priced {
  const count = families[0]!.weights.length;
  const scale = families.map(({ weights }) => Math.max(1, Number(weights.reduce((sum, w) => sum + w, 0n))));
  const parts = families.map(({ weights }, i) => weights.map((w) => Number(w) / scale[i]!));
  const slack = families.map((family, i) => Number(family.slack) / scale[i]!);
  const prices = families.map(() => 1);
  for (let round = 0; round < rounds; round++) {
    const used = families.map(() => 0);
    let worth = 0;
    for (let v = 0; v < count; v++) {
      const cheapest = cheapestFamily(parts, prices, v);
      used[cheapest]! += parts[cheapest]![v]!;
      worth += prices[cheapest]! * parts[cheapest]![v]!;
    }
    const limit = prices.reduce((sum, price, i) => sum + price * slack[i]!, 0);
    if (
      worth > limit &&
      certifies(
        families,
        prices.map((price, i) => price / scale[i]!),
      )
    )
      return { kind: "never" };
    if (round % 20 === 0) {
      const owner = divide(families, parts, prices);
      if (owner !== null) return { kind: "owners", owner };
    }
    const pace = 2 / Math.sqrt(1 + round);
    for (let i = 0; i < prices.length; i++) prices[i]! *= Math.exp(pace * (used[i]! - slack[i]!));
  }
  return null;
}

function cheapestFamily(parts: readonly (readonly number[])[], prices: readonly number[], v: number): number {
  let best = 0;
  for (let i = 1; i < parts.length; i++)
    if (prices[i]! * parts[i]![v]! < prices[best]! * parts[best]![v]!) best = i;
  return best;
}

/** The same comparison in whole numbers. */
function certifies(families: readonly Shares[], prices: readonly number[]): boolean {
  const dearest = Math.max(...prices);
  const exact = prices.map((price) => BigInt(Math.round((price / dearest) * precision)));
  let worth = 0n;
  for (let v = 0; v < families[0]!.weights.length; v++) {
    let cheapest: bigint | null = null;
    for (const [i, { weights }] of families.entries()) {
      const cost = exact[i]! * weights[v]!;
      if (cheapest === null || cost < cheapest) cheapest = cost;
    }
    worth += cheapest!;
  }
  return worth > families.reduce((sum, { slack }, i) => sum + exact[i]! * slack, 0n);
}

/** Nodes that matter most first, each to the cheapest family with room; null if one finds none. */
function divide(
  families: readonly Shares[],
  parts: readonly (readonly number[])[],
  prices: readonly number[],
): readonly number[] | null {
  const cost = (i: number, v: number): number => prices[i]! * parts[i]![v]!;
  const weight = (v: number): number => Math.min(...parts.map((_, i) => cost(i, v)));
  const order = families[0]!.weights.map((_, v) => v).sort((v, w) => weight(w) - weight(v) || v - w);
  const room = families.map(({ slack }) => slack);
  const owner = new Array<number>(order.length);
  for (const v of order) {
    let best = -1;
    for (let i = 0; i < families.length; i++)
      if (families[i]!.weights[v]! <= room[i]! && (best < 0 || cost(i, v) < cost(best, v))) best = i;
    if (best < 0) return null;
    room[best]! -= families[best]!.weights[v]!;
    owner[v] = best;
  }
  return owner;
}
