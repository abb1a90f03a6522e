import type { Limits, Method } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { node, weightedOf } from "../expressions/expr.ts";
import { type Formula, FormulaTooLarge, type Literal } from "../sat/formula.ts";
import { fails } from "../sat/gates.ts";
import { Solving } from "../sat/solving.ts";
import { totalizer } from "../sat/totalizer.ts";
import type { Priced } from "./priced.ts";

export interface LeastCost {
  /** No solution costs less. */
  readonly low: number;
  /** The cost of `nodes`; Infinity if none were found. */
  readonly high: number;
  readonly nodes: readonly number[] | null;
  readonly method: Method;
}

/**
 * The cheapest solution of a formula; of those the one with fewest nodes if some cost nothing. `costs` are whole numbers, Infinity for a node that is not to be had. Where all are one
 * the bound rises from 0, so that a limit leaves a proven lower bound; otherwise it falls from solution to solution.
 */
export function leastCost(
  build: () => Priced,
  costs: readonly number[],
  limits: Limits,
  engines: Engines,
): LeastCost {
  if (costs.includes(0)) {
    // What costs nothing would be chosen without need, so each node costs a little.
    const unit = costs.length + 1;
    const found = leastCost(
      build,
      costs.map((cost) => cost * unit + 1),
      limits,
      engines,
    );
    return { ...found, low: Math.floor(found.low / unit), high: Math.floor(found.high / unit) };
  }
  let chosen: readonly Literal[] = [];
  const made = (): Formula => {
    const priced = build();
    chosen = priced.chosen;
    costs.forEach((cost, v) => {
      if (cost === Infinity) priced.formula.add(-chosen[v]!);
    });
    return priced.formula;
  };
  const found = Solving.with(made, limits, engines, (solving): LeastCost => {
    const { method } = solving;
    const first = solving.solve();
    if (first === "unsat") return { low: Infinity, high: Infinity, nodes: null, method };
    if (first === "unknown") return { low: 0, high: Infinity, nodes: null, method };
    return { ...(costs.every((cost) => cost === 1) ? rise : fall)(solving, chosen, costs), method };
  });
  return found ?? { low: 0, high: Infinity, nodes: null, method: "solver" };
}

type Course = (
  solving: Solving,
  chosen: readonly Literal[],
  costs: readonly number[],
) => Omit<LeastCost, "method">;

const rise: Course = (solving, chosen) => {
  const nodes = solving.chosen(chosen);
  const outputs = totalizer(solving.formula, chosen, nodes.length);
  for (let bound = 0; bound < nodes.length; bound++) {
    const answer = solving.solve([-outputs[bound]!]);
    if (answer === "unknown") return { low: bound, high: nodes.length, nodes };
    if (answer === "sat") return { low: bound, high: bound, nodes: solving.chosen(chosen) };
  }
  return { low: nodes.length, high: nodes.length, nodes };
};

const fall: Course = (solving, chosen, costs) => {
  const items = costs.map((cost, v) => [cost === Infinity ? 0n : BigInt(cost), node(String(v))] as const);
  let nodes = solving.chosen(chosen);
  for (;;) {
    const high = nodes.reduce((sum, v) => sum + costs[v]!, 0);
    if (high === 0) return { low: 0, high, nodes };
    let cheaper: Literal;
    try {
      // If true, the chosen ones do not cost as much as `high`.
      cheaper = fails(solving.formula, weightedOf(BigInt(high), items), (id) => chosen[Number(id)]!);
    } catch (error) {
      if (error instanceof FormulaTooLarge) return { low: 0, high, nodes };
      throw error;
    }
    const answer = solving.solve([cheaper]);
    if (answer === "unknown") return { low: 0, high, nodes };
    if (answer === "unsat") return { low: high, high, nodes };
    nodes = solving.chosen(chosen);
  }
};
