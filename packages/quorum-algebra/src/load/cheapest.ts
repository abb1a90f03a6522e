import type { Circuit } from "../circuit/circuit.ts";
import { type Item, lightestCover } from "./cover.ts";

/** A cheapest set that makes an expression hold. */
export interface Cheapest {
  /** Indices of nodes, ascending: a set that holds, and costs `cost`. */
  readonly nodes: readonly number[];
  readonly cost: bigint;
  /** No set that holds costs less. Equal to `cost` unless a limit was reached. */
  readonly low: bigint;
}

/** What asks for a search's effort; false: give up. */
export interface Effort {
  spend(steps?: number): boolean;
}

/**
 * The cheapest set of nodes that makes the circuit hold, null if there is none. `costs` per node, null: never there. In one
 * pass where every node is reached on one path only; otherwise by branch and bound over the others, with `low` < `cost` if
 * the effort did not suffice.
 */
export function cheapest(
  circuit: Circuit,
  costs: readonly (bigint | null)[],
  effort: Effort,
): Cheapest | null {
  if (circuit.constant !== null) return circuit.constant ? { nodes: [], cost: 0n, low: 0n } : null;
  const repeated = repeatedNodes(circuit);
  const current = [...costs];
  const root = relax(circuit, current, effort);
  if (root === null) return null;
  let best = { nodes: root.nodes, cost: priceOf(root.nodes, costs) };
  let complete = root.complete;

  const search = ({ low, nodes, complete: whole }: Relaxed): void => {
    complete &&= whole;
    const cost = priceOf(nodes, costs);
    if (cost < best.cost) best = { nodes, cost };
    if (low >= best.cost) return;
    const branch = repeated.find((v) => !fixed[v] && current[v] !== null);
    if (branch === undefined) return;
    if (!effort.spend()) {
      complete = false;
      return;
    }
    fixed[branch] = 1;
    for (const without of [false, true]) {
      current[branch] = without ? null : 0n;
      spent += without ? 0n : costs[branch]!;
      const next = relax(circuit, current, effort);
      if (next !== null) search({ ...next, low: next.low + spent });
      spent -= without ? 0n : costs[branch]!;
    }
    current[branch] = costs[branch]!;
    fixed[branch] = 0;
  };
  const fixed = new Uint8Array(costs.length);
  let spent = 0n;
  search(root);
  return { ...best, low: complete ? best.cost : root.low };
}

interface Relaxed {
  readonly low: bigint;
  readonly nodes: readonly number[];
  /** Whether every weighted gate was covered at the least price. */
  readonly complete: boolean;
}

/**
 * One pass from the leaves up. What a vertex costs is divided among its parents (rounded down), so that no more is paid at the
 * root than the nodes cost: `low` is a lower bound, and the least cost itself where no vertex has two parents.
 */
function relax(circuit: Circuit, costs: readonly (bigint | null)[], effort: Effort): Relaxed | null {
  const { gateCount, parentStart, childStart, child } = circuit;
  const count = costs.length;
  const value: (bigint | null)[] = [...costs];
  const share = (vertex: number): bigint | null => {
    const price = value[vertex]!;
    const parents = parentStart[vertex + 1]! - parentStart[vertex]!;
    return price === null || parents < 2 ? price : price / BigInt(parents);
  };
  const choices: (readonly number[])[] = [];
  let complete = true;
  for (let g = 0; g < gateCount; g++) {
    const items: Item[] = [];
    for (let e = childStart[g]!; e < childStart[g + 1]!; e++) {
      const price = share(child[e]!);
      if (price !== null) items.push({ key: child[e]!, price, weight: weightOf(circuit, g, e) });
    }
    const cover = lightestCover(items, limitOf(circuit, g), effort);
    value[count + g] = cover?.low ?? null;
    complete &&= cover === null || cover.low === cover.price;
    choices.push(cover?.keys ?? []);
  }
  const low = value[count + gateCount - 1]!;
  return low === null ? null : { low, nodes: follow(circuit, choices), complete };
}

function weightOf({ counting, wide, childWeight }: Circuit, g: number, e: number): bigint {
  if (counting[g] === 1) return 1n;
  return wide !== null && wide.isWide[g] === 1 ? wide.childWeight[e]! : BigInt(childWeight[e]!);
}

function limitOf({ wide, limits }: Circuit, g: number): bigint {
  return wide !== null && wide.isWide[g] === 1 ? wide.limits[g]! : BigInt(limits[g]!);
}

/** The nodes below the root that the choices lead to. */
function follow({ universe, gateCount }: Circuit, choices: readonly (readonly number[])[]): number[] {
  const count = universe.ids.length;
  const reached = new Uint8Array(count + gateCount);
  reached[count + gateCount - 1] = 1;
  for (let g = gateCount - 1; g >= 0; g--)
    if (reached[count + g] === 1) for (const vertex of choices[g]!) reached[vertex] = 1;
  const nodes: number[] = [];
  for (let v = 0; v < count; v++) if (reached[v] === 1) nodes.push(v);
  return nodes;
}

function priceOf(nodes: readonly number[], costs: readonly (bigint | null)[]): bigint {
  return nodes.reduce((total, v) => total + costs[v]!, 0n);
}

/** Nodes with more than one path from the root, those with most parents first. */
export function repeatedNodes({ universe, gateCount, parentStart, parent }: Circuit): number[] {
  const count = universe.ids.length;
  const paths = new Uint8Array(count + gateCount);
  if (gateCount > 0) paths[count + gateCount - 1] = 1;
  const repeated: number[] = [];
  for (let vertex = count + gateCount - 2; vertex >= 0; vertex--) {
    let ways = 0;
    for (let e = parentStart[vertex]!; e < parentStart[vertex + 1]!; e++) ways += paths[count + parent[e]!]!;
    paths[vertex] = Math.min(2, ways);
    if (vertex < count && ways > 1) repeated.push(vertex);
  }
  const parents = (v: number): number => parentStart[v + 1]! - parentStart[v]!;
  return repeated.sort((a, b) => parents(b) - parents(a) || a - b);
}
