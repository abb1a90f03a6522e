import type { NodeId } from "@eunomia/engine";
import type { Answer, Limits } from "../answers.ts";
import { Budget } from "../limits.ts";
import { type Chances, chancesOf } from "./chances.ts";

const maxStepsDefault = 20_000_000;

/**
 * Bounds of the chance that all nodes of some set of a complete list fail, by the first two sums of Bonferroni: no more than
 * the chances of all sets together, no less than these without those of all pairs. Close when failures are rare. With all
 * minimal blocking sets it is the unavailability, with all minimal splitting sets the unsafety, of systems of any kind; a
 * list that is not complete makes the upper bound wrong. A step is a pair of sets; without enough of them the lower
 * bound is that of the likeliest set.
 *
 * @throws QuorumError `chance`.
 */
export function unavailabilityBounds(
  sets: Iterable<readonly NodeId[]>,
  failing: Chances,
  limits: Limits = {},
): Answer<number> {
  const budget = new Budget(limits, maxStepsDefault);
  const chanceOf = new Map<NodeId, number>();
  const list = [...sets].map((ids) => {
    const own = [...new Set(ids)];
    const chances = chancesOf(own, failing);
    for (const [i, id] of own.entries()) chanceOf.set(id, chances[i]!);
    return { ids: own, has: new Set(own), chance: chances.reduce((a, b) => a * b, 1) };
  });
  const single = list.reduce((sum, { chance }) => sum + chance, 0);
  const likeliest = list.reduce((most, { chance }) => Math.max(most, chance), 0);
  let pairs = 0;
  for (const [i, one] of list.entries())
    for (const other of list.slice(0, i)) {
      if (!budget.spend())
        return { kind: "bounds", low: likeliest, high: Math.min(1, single), method: "Bonferroni, one sum" };
      pairs += other.ids.reduce(
        (product, id) => (one.has.has(id) ? product : product * chanceOf.get(id)!),
        one.chance,
      );
    }
  const low = Math.max(likeliest, single - pairs);
  return { kind: "bounds", low, high: Math.min(1, single), method: "Bonferroni, two sums" };
}
