import { type Circuit, compile } from "../circuit/circuit.ts";
import { emptySet } from "../circuit/evaluate.ts";
import { cheapest } from "./cheapest.ts";
import type { Effort } from "./effort.ts";
import type { Problem, Side } from "./question.ts";
import { compare } from "./rational.ts";
import { cheapestResilient, listResilient } from "./resilient.ts";

interface Priced {
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
export type Pricing = (costs: readonly bigint[], late: readonly bigint[], effort: Effort) => Priced | null;

/** How the sets of this side are searched; null if they had to be listed and are too many. */
export function pricingOf(problem: Problem, side: Side, effort: Effort): Pricing | null {
  const { failures, universe, levels } = problem;
  if (failures === 0) return byLevels(problem, side);
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
  const { constant, counting, parentStart, universe, gateCount } = circuit;
  const parents = (v: number): number => parentStart[v + 1]! - parentStart[v]!;
  const vertices = universe.ids.length + gateCount;
  return (
    constant === null &&
    counting.every((c) => c === 1) &&
    Array.from({ length: vertices }, (_, v) => parents(v)).every((number) => number < 2)
  );
}

/** Minimal quorums are complete when their slowest member answers, so each level has the nodes up to it. */
function byLevels({ latency, levels }: Problem, side: Side): Pricing {
  const within = levels.map((level) => latency.map((l) => compare(l, level) <= 0));
  const circuits = alternatives(side);
  return (costs, late, effort) => {
    const all: Priced[] = [];
    for (const [l, extra] of late.entries()) {
      const allowed = costs.map((cost, v) => (within[l]![v] ? cost : null));
      for (const circuit of circuits) {
        const found = cheapest(circuit, allowed, effort);
        if (found !== null) all.push({ ...found, cost: found.cost + extra, low: found.low + extra });
      }
    }
    if (all.length === 0) return null;
    const best = all.reduce((a, b) => (b.cost < a.cost ? b : a));
    return { ...best, low: all.reduce((low, each) => (each.low < low ? each.low : low), best.low) };
  };
}

/** Of an OR, each child is asked on its own: nodes that several of them name are then not repeated. */
function alternatives({ expr, circuit }: Side): readonly Circuit[] {
  if (expr.t !== "thr" || expr.k !== 1) return [circuit];
  return expr.of.map((child) => compile(child, circuit.universe));
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
