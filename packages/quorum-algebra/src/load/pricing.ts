import { emptySet } from "../circuit/evaluate.ts";
import { cheapest, type Effort, repeatedNodes } from "./cheapest.ts";
import type { Problem, Side } from "./question.ts";
import { compare } from "./rational.ts";
import { cheapestResilient, listResilient } from "./resilient.ts";

export interface Priced {
  /** Indices, ascending. */
  readonly nodes: readonly number[];
  /** With what its latency costs. */
  readonly cost: bigint;
  /** Nothing is cheaper; equal to `cost` unless the effort did not suffice. */
  readonly low: bigint;
}

/**
 * The cheapest set that a side may use if every node costs what `costs` says, and a set that is a quorum at latency level l
 * costs `late[l]` besides. Null: there is no such set.
 */
export type Pricing = (costs: readonly bigint[], late: readonly bigint[]) => Priced | null;

/** How the sets of this side are searched; null if they had to be listed and are too many. */
export function pricingOf(problem: Problem, side: Side, effort: Effort): Pricing | null {
  const { failures, universe, levels } = problem;
  if (failures === 0) return byLevels(problem, side, effort);
  if (levels.length === 1 && isCountingTree(side))
    return (costs, [late]) => {
      const found = cheapestResilient(side.expr, universe, costs, failures);
      return found === null
        ? null
        : { nodes: found.nodes, cost: found.cost + late!, low: found.cost + late! };
    };
  const listed = listResilient(side.circuit, failures, effort);
  return listed === null ? null : fromList(problem, side, listed);
}

/** Every node occurs once, and no gate has weights: what the closed forms and the compact program ask for. */
export function isCountingTree({ circuit }: Side): boolean {
  return (
    circuit.constant === null && circuit.counting.every((c) => c === 1) && repeatedNodes(circuit).length === 0
  );
}

/** Minimal quorums are complete when their slowest member answers, so each level has the nodes up to it. */
function byLevels({ latency, levels }: Problem, { circuit }: Side, effort: Effort): Pricing {
  const within = levels.map((level) => latency.map((l) => compare(l, level) <= 0));
  return (costs, late) => {
    let best: Priced | null = null;
    late.forEach((extra, l) => {
      const found = cheapest(
        circuit,
        costs.map((cost, v) => (within[l]![v] ? cost : null)),
        effort,
      );
      if (found === null) return;
      const [cost, low] = [found.cost + extra, found.low + extra];
      const lowest: bigint = best === null || low < best.low ? low : best.low;
      if (best === null || cost < best.cost) best = { nodes: found.nodes, cost, low };
      best = { ...best, low: lowest };
    });
    return best;
  };
}

function fromList(problem: Problem, side: Side, listed: readonly (readonly number[])[]): Pricing {
  const levelOf = listed.map((nodes) => quorumLevel(problem, side, nodes));
  return (costs, late) => {
    let best: Priced | null = null;
    listed.forEach((nodes, i) => {
      const cost = nodes.reduce((sum, v) => sum + costs[v]!, late[levelOf[i]!]!);
      if (best === null || cost < best.cost) best = { nodes, cost, low: cost };
    });
    return best;
  };
}

/** The level at which the members up to it are a quorum. */
export function quorumLevel(
  { latency, levels }: Problem,
  { circuit }: Side,
  nodes: readonly number[],
): number {
  const answered = emptySet(circuit);
  return levels.findIndex((level) => {
    for (const v of nodes) if (compare(latency[v]!, level) <= 0) answered.insert(v);
    return answered.holds();
  });
}
