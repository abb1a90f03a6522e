import { type Universe, wordsFor } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import { emptySet } from "../circuit/evaluate.ts";
import type { Expr } from "../expressions/expr.ts";

/** More sets than this are left to the search. */
const setsMax = 20_000;

/** A set of nodes as one integer: here sets are keys, and there are few of them. */
type Mask = bigint;

/**
 * Tries every choice of quorums when there are few: the quorums of all families but the richest are listed, and for each
 * common part C of a choice the richest family is asked whether it has a quorum outside C. Answers the family that does without
 * each node, null if every choice has a common member, undefined if there are too many choices.
 */
export function enumerateCover(
  families: readonly Expr[],
  universe: Universe,
): readonly number[] | null | undefined {
  const counts = families.map((family) => countSets(family));
  const richest = counts.reduce((best, count, i) => (count > counts[best]! ? i : best), 0);
  const others = families.flatMap((family, i) => (i === richest ? [] : [{ family, i }]));
  if (others.reduce((product, { i }) => product * counts[i]!, 1) > setsMax) return undefined;

  const everybody = (1n << BigInt(universe.ids.length)) - 1n;
  // Per common part, the quorums that were chosen: any choice with that part will do.
  let parts = new Map<Mask, readonly Mask[]>([[everybody, []]]);
  for (const { family } of others) {
    const next = new Map<Mask, readonly Mask[]>();
    const sets = listSets(family, universe);
    for (const [part, chosen] of parts) for (const set of sets) next.set(part & set, [...chosen, set]);
    parts = next;
  }
  const rest = emptySet(compile(families[richest]!, universe));
  for (const [part, chosen] of parts) {
    const inside = indices(part, universe.ids.length);
    rest.clear();
    for (let v = 0; v < universe.ids.length; v++) if (!inside[v]) rest.insert(v);
    if (!rest.holds()) continue;
    return universe.ids.map((_, v) => {
      if (inside[v]) return richest;
      const bit = 1n << BigInt(v);
      return others[chosen.findIndex((set) => (set & bit) === 0n)]!.i;
    });
  }
  return null;
}

/** An upper bound of how many sets `listSets` goes through. Shared parts are counted once. */
function countSets(expr: Expr, known = new Map<Expr, number>()): number {
  const before = known.get(expr);
  if (before !== undefined) return before;
  let count = 1;
  if (expr.t === "wthr") {
    for (const [, child] of expr.of) count *= 1 + countSets(child, known);
  } else if (expr.t === "thr") {
    // Elementary symmetric sums: ways[j] counts the choices of j children so far.
    const ways = [1, ...new Array<number>(expr.k).fill(0)];
    for (const child of expr.of) {
      const ofChild = countSets(child, known);
      for (let j = expr.k; j > 0; j--) ways[j]! += ways[j - 1]! * ofChild;
    }
    count = ways[expr.k]!;
  }
  known.set(expr, count);
  return count;
}

/** All minimal quorums and perhaps some more. */
function listSets(expr: Expr, universe: Universe): ReadonlySet<Mask> {
  if (expr.t === "node") return new Set([1n << BigInt(universe.indexOf.get(expr.id)!)]);
  if (expr.t === "thr")
    return listCount(
      expr.k,
      expr.of.map((child) => listSets(child, universe)),
    );
  if (expr.t === "wthr") {
    const heaviestFirst = [...expr.of].reverse();
    return listWeighted(
      expr.k,
      heaviestFirst.map(([weight, child]) => ({ weight, sets: listSets(child, universe) })),
    );
  }
  return new Set(expr.v ? [0n] : []);
}

/** Sets of j of the first children, kept only while the remaining children can still bring j to k. */
function listCount(k: number, children: readonly ReadonlySet<Mask>[]): ReadonlySet<Mask> {
  let chosen: Set<Mask>[] = [new Set([0n])];
  children.forEach((sets, i) => {
    const rest = children.length - i - 1;
    const next: Set<Mask>[] = [];
    for (let j = Math.max(0, k - rest); j <= Math.min(k, i + 1); j++) {
      const made = new Set(chosen[j]);
      for (const before of chosen[j - 1] ?? []) for (const set of sets) made.add(before | set);
      next[j] = made;
    }
    chosen = next;
  });
  return chosen[k]!;
}

interface WeightedSets {
  readonly weight: bigint;
  readonly sets: ReadonlySet<Mask>;
}

function listWeighted(k: bigint, children: readonly WeightedSets[]): ReadonlySet<Mask> {
  const found = new Set<Mask>();
  const visit = (at: number, mask: Mask, need: bigint, left: bigint): void => {
    if (need <= 0n) {
      found.add(mask);
      return;
    }
    if (left < need) return;
    const { weight, sets } = children[at]!;
    for (const set of sets) visit(at + 1, mask | set, need - weight, left - weight);
    visit(at + 1, mask, need, left - weight);
  };
  visit(
    0,
    0n,
    k,
    children.reduce((sum, { weight }) => sum + weight, 0n),
  );
  return found;
}

function indices(mask: Mask, count: number): readonly boolean[] {
  const inside = new Array<boolean>(count).fill(false);
  for (let w = 0; w < wordsFor(count); w++) {
    const word = Number((mask >> BigInt(32 * w)) & 0xffff_ffffn);
    for (let b = 0; b < 32 && 32 * w + b < count; b++) inside[32 * w + b] = ((word >>> b) & 1) === 1;
  }
  return inside;
}
