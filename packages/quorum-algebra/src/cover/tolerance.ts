import type { Bounded, Limits } from "../answers.ts";
import { cheapestCompletion } from "../circuit/cheapest.ts";
import { compile } from "../circuit/circuit.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { dual } from "../expressions/transform.ts";

const maxStepsDefault = 100_000;

/**
 * How many nodes may crash, whichever they are, such that a quorum of the others remains: the size of the smallest blocking
 * set minus one (the resilience). -1 if there is no quorum at all, Infinity if no node is needed. Exact at once when every
 * node occurs once; otherwise by branch and bound, with bounds if `maxSteps` did not suffice.
 *
 * @example
 * crashTolerance(majority(["a", "b", "c", "d", "e"])); // { kind: "exact", value: 2, method: "branch and bound" }
 */
export function crashTolerance(system: Quorums, limits: Limits = {}): Bounded<number> {
  const circuit = compile(dual(exprOf(system)));
  const costs = new Float64Array(circuit.universe.ids.length).fill(1);
  const { cost, low } = cheapestCompletion(circuit, costs, limits.maxSteps ?? maxStepsDefault);
  const method = "branch and bound";
  return cost === low
    ? { kind: "exact", value: cost - 1, method }
    : { kind: "bounds", low: low - 1, high: cost - 1, method };
}
