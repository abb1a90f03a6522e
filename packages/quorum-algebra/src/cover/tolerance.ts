import type { Bounded, Limits } from "../answers.ts";
import type { Engines } from "../engines.ts";
import type { Quorums } from "../expressions/expr.ts";
import { cut } from "../toolkit/cheapest.ts";

/**
 * How many nodes may crash, whichever they are, such that a quorum of the others remains: the size of the smallest blocking
 * set minus one (the resilience). -1 if there is no quorum at all, Infinity if no node is needed. Exact at once when every
 * node occurs once; otherwise by branch and bound, with bounds if `maxSteps` did not suffice and no `engines.lp` was given.
 *
 * @example
 * crashTolerance(majority(["a", "b", "c", "d", "e"])); // { kind: "exact", value: 2, method: "branch and bound" }
 */
export function crashTolerance(system: Quorums, limits: Limits = {}, engines: Engines = {}): Bounded<number> {
  const { cost } = cut(system, () => 1, limits, engines);
  return cost.kind === "exact"
    ? { ...cost, value: cost.value - 1 }
    : { ...cost, low: cost.low - 1, high: cost.high - 1 };
}
