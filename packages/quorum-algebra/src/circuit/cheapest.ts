import { knapsack } from "../cover/knapsack.ts";
import type { Circuit } from "./circuit.ts";

/** Sums of shares are rounded by far less than this; true minima are integers. */
const tolerance = 1e-6;

export interface Completion {
  /** Nodes of cost 1 that make the expression hold together with those of cost 0, ascending. Empty if none can. */
  readonly chosen: readonly number[];
  /** Number of `chosen`; Infinity if no completion exists. */
  readonly cost: number;
  /** No completion is cheaper than this. */
  readonly low: number;
}

/**
 * Fewest nodes to add. `costs` per node: 0 there already, 1 may be added, Infinity never there. Exact at once when every
 * open node is reached from the root on one path only; otherwise by branch and bound over the others, and `low` < `cost` if
 * `maxSteps` did not suffice.
 */
export function cheapestCompletion(circuit: Circuit, costs: Float64Array, maxSteps = 2_000): Completion {
  if (circuit.constant !== null)
    return { chosen: [], cost: circuit.constant ? 0 : Infinity, low: circuit.constant ? 0 : Infinity };
  const repeated = repeatedNodes(circuit);
  const current = Float64Array.from(costs);
  let steps = 0;
  let best: readonly number[] = [];
  let bestCost = Infinity;
  const rootLow = Math.ceil(relax(circuit, costs).low - tolerance);

  const search = (taken: readonly number[]): void => {
    if (++steps > maxSteps) return;
    const { low, selected } = relax(circuit, current);
    if (low === Infinity) return;
    const added = selected.filter((index) => current[index] === 1);
    if (taken.length + added.length < bestCost) {
      best = [...taken, ...added];
      bestCost = best.length;
    }
    if (taken.length + Math.ceil(low - tolerance) >= bestCost) return;
    const branch = repeated.find((index) => current[index] === 1);
    if (branch === undefined) return;
    current[branch] = 0;
    search([...taken, branch]);
    current[branch] = Infinity;
    search(taken);
    current[branch] = 1;
  };
  search([]);
  const chosen = [...best].sort((a, b) => a - b);
  return { chosen, cost: bestCost, low: steps > maxSteps ? rootLow : bestCost };
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
