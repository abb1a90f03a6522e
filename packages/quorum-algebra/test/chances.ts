import type { NodeId } from "@eunomia/engine";
import type { Expr } from "@eunomia/quorum-algebra";
import { naiveMask } from "./naive.ts";

/** The definition: the chance of every set of nodes that are in the set asked about, summed where `event` holds. */
export function chanceOfSets(
  ids: readonly NodeId[],
  chances: Readonly<Record<NodeId, number>>,
  event: (set: number) => boolean,
): number {
  let sum = 0;
  for (let set = 0; set < 1 << ids.length; set++)
    if (event(set))
      sum += ids.reduce((p, id, i) => p * ((set >> i) & 1 ? chances[id]! : 1 - chances[id]!), 1);
  return sum;
}

/** Does the set of failed nodes leave no quorum? */
export function blocks(expr: Expr, ids: readonly NodeId[]): (failed: number) => boolean {
  const holds = naiveMask(expr, ids);
  const all = (1 << ids.length) - 1;
  return (failed) => !holds(all & ~failed);
}

/** Are there a quorum of each with nothing in common outside the set? Tries to give every other node to either. */
export function naiveSplits(left: Expr, right: Expr, ids: readonly NodeId[]): (byzantine: number) => boolean {
  const [p, q] = [naiveMask(left, ids), naiveMask(right, ids)];
  const all = (1 << ids.length) - 1;
  return (byzantine) => {
    const others = all & ~byzantine;
    for (let part = others; ; part = (part - 1) & others) {
      if (p(part | byzantine) && q((others & ~part) | byzantine)) return true;
      if (part === 0) return false;
    }
  };
}

/** The same to a few units in the tenth place, however small, as long as doubles have all their digits. */
export function close(got: number, expected: number, relative = 1e-10): boolean {
  return Math.abs(got - expected) <= relative * Math.max(Math.abs(got), Math.abs(expected)) + 1e-290;
}
