import { knapsack } from "../cover/knapsack.ts";
import { Budget } from "../limits.ts";
import type { Circuit } from "./circuit.ts";

/** Sums of shares are rounded by far less than this. */
const tolerance = 1e-6;
/** Sums of integers up to here are rounded up to integers in spite of the tolerance. */
const integralMax = 1e6;

export interface Completion {
  /** Nodes of positive cost that make the expression hold together with those of cost 0, ascending. Empty if none can. */
  readonly chosen: readonly number[];
  /** What `chosen` cost; Infinity if no completion exists. */
  readonly cost: number;
  /** No completion is cheaper than this. */
  readonly low: number;
}

/**
 * Cheapest nodes to add. `costs` per node: 0 there already, positive may be added, Infinity never there. Exact at once when
 * every open node is reached from the root on one path only and no gate has different weights under different costs;
 * otherwise by branch and bound over the others, and `low` < `cost` if `maxSteps` did not suffice.
 */
export function cheapestCompletion(circuit: Circuit, costs: Float64Array, maxSteps = 2_000): Completion {
  return completionWithin(circuit, costs, new Budget({ maxSteps }, maxSteps));
}

/** The same within a budget that may know a clock. */
export function completionWithin(circuit: Circuit, costs: Float64Array, budget: Budget): Completion {
  if (circuit.constant !== null)
    return { chosen: [], cost: circuit.constant ? 0 : Infinity, low: circuit.constant ? 0 : Infinity };
  const repeated = repeatedNodes(circuit);
  const current = Float64Array.from(costs);
  const isOpen = (index: number): boolean => current[index]! > 0 && current[index]! < Infinity;
  const atLeast = roundingUp(costs);
  let best: readonly number[] = [];
  let bestCost = Infinity;
  const rootLow = atLeast(relax(circuit, costs).low);

  const search = (taken: readonly number[], spent: number): void => {
    if (!budget.spend()) return;
    const { low, selected } = relax(circuit, current);
    if (low === Infinity) return;
    const added = selected.filter(isOpen);
    const sum = added.reduce((total, index) => total + current[index]!, spent);
    if (sum < bestCost) {
      best = [...taken, ...added];
      bestCost = sum;
    }
    if (atLeast(spent + low) >= bestCost) return;
    const branch = repeated.find(isOpen) ?? dearest(added, current);
    if (branch === undefined) return;
    const cost = current[branch]!;
    current[branch] = 0;
    search([...taken, branch], spent + cost);
    current[branch] = Infinity;
    search(taken, spent);
    current[branch] = cost;
  };
  search([], 0);
  const chosen = [...best].sort((a, b) => a - b);
  return { chosen, cost: bestCost, low: budget.over ? Math.min(rootLow, bestCost) : bestCost };
}

/** A bound that no sum of costs falls below, rounding forgiven: up to the next integer if all costs are integers. */
function roundingUp(costs: Float64Array): (low: number) => number {
  const finite = costs.filter((cost) => cost < Infinity);
  const isIntegral =
    finite.every(Number.isInteger) && finite.reduce((sum, cost) => sum + cost, 0) <= integralMax;
  return isIntegral ? (low) => Math.ceil(low - tolerance) : (low) => low * (1 + 1e-12);
}

function dearest(nodes: readonly number[], costs: Float64Array): number | undefined {
  return nodes.reduce<number | undefined>(
    (best, index) => (best === undefined || costs[index]! > costs[best]! ? index : best),
    undefined,
  );
}

/** A lower bound of what `cheapestCompletion` costs, in one pass. */
export function completionBound(circuit: Circuit, costs: Float64Array): number {
  if (circuit.constant !== null) return circuit.constant ? 0 : Infinity;
  return Math.ceil(relax(circuit, costs).low - tolerance);
}

/**
 * One pass from the leaves up. What a vertex costs is shared equally by its parents: what every true gate receives from its true
 * children then never exceeds what the chosen nodes cost, so the value of the root is a lower bound. `selected` is a
 * set that makes the root true, found by following the cheapest choices down.
 */
function relax(circuit: Circuit, costs: Float64Array): { low: number; selected: number[] } {
  const { gateCount, parentStart, childStart, child } = circuit;
  const nodeCount = circuit.universe.ids.length;
  const value = new Float64Array(nodeCount + gateCount);
  value.set(costs);
  const share = (vertex: number): number =>
    value[vertex]! / Math.max(1, parentStart[vertex + 1]! - parentStart[vertex]!);
  const choices: (readonly number[])[] = [];
  for (let g = 0; g < gateCount; g++) {
    const edges: number[] = [];
    for (let e = childStart[g]!; e < childStart[g + 1]!; e++) if (share(child[e]!) < Infinity) edges.push(e);
    const { cost, chosen } = cheapestChildren(circuit, g, edges, (e) => share(child[e]!));
    value[nodeCount + g] = cost;
    choices.push(chosen);
  }
  const low = value[nodeCount + gateCount - 1]!;
  return { low, selected: low === Infinity ? [] : follow(circuit, choices) };
}

function cheapestChildren(
  circuit: Circuit,
  g: number,
  edges: readonly number[],
  price: (edge: number) => number,
): { cost: number; chosen: readonly number[] } {
  const { counting, limits, wide, childWeight } = circuit;
  if (counting[g] === 1) {
    const need = limits[g]!;
    if (edges.length < need) return { cost: Infinity, chosen: [] };
    const chosen = [...edges].sort((a, b) => price(a) - price(b) || a - b).slice(0, need);
    return { cost: chosen.reduce((sum, e) => sum + price(e), 0), chosen };
  }
  const exact = wide !== null && wide.isWide[g] === 1 ? wide : null;
  const items = edges.map((edge) => ({
    edge,
    price: price(edge),
    weight: exact === null ? BigInt(childWeight[edge]!) : exact.childWeight[edge]!,
  }));
  return knapsack(items, exact === null ? BigInt(limits[g]!) : exact.limits[g]!);
}

/** The nodes below the root that the choices lead to. */
function follow(circuit: Circuit, choices: readonly (readonly number[])[]): number[] {
  const nodeCount = circuit.universe.ids.length;
  const reached = new Uint8Array(nodeCount + circuit.gateCount);
  reached[nodeCount + circuit.gateCount - 1] = 1;
  for (let g = circuit.gateCount - 1; g >= 0; g--) {
    if (reached[nodeCount + g] === 1) for (const e of choices[g]!) reached[circuit.child[e]!] = 1;
  }
  const nodes: number[] = [];
  for (let index = 0; index < nodeCount; index++) if (reached[index] === 1) nodes.push(index);
  return nodes;
}

/** Nodes with more than one path from the root, those with most parents first. */
function repeatedNodes(circuit: Circuit): number[] {
  const { gateCount, parentStart, parent } = circuit;
  const nodeCount = circuit.universe.ids.length;
  const paths = new Uint8Array(nodeCount + gateCount);
  paths[nodeCount + gateCount - 1] = 1;
  const repeated: number[] = [];
  for (let vertex = nodeCount + gateCount - 2; vertex >= 0; vertex--) {
    let count = 0;
    for (let e = parentStart[vertex]!; e < parentStart[vertex + 1]!; e++)
      count += paths[nodeCount + parent[e]!]!;
    paths[vertex] = Math.min(2, count);
    if (vertex < nodeCount && count > 1) repeated.push(vertex);
  }
  const parents = (v: number): number => parentStart[v + 1]! - parentStart[v]!;
  return repeated.sort((a, b) => parents(b) - parents(a) || a - b);
}
