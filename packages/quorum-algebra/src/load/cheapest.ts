import type { Circuit } from "../circuit/circuit.ts";
import { cheapestCover, type Item } from "./cover.ts";
import type { Effort } from "./effort.ts";

/** A cheapest set that makes an expression hold. */
export interface Cheapest {
  /** Indices of nodes, ascending: a set that holds, and costs `cost`. */
  readonly nodes: readonly number[];
  readonly cost: bigint;
  /** No set that holds costs less. Equal to `cost` unless the effort did not suffice. */
  readonly low: bigint;
}

/** Costs are divided among paths in so many parts of a unit. */
const finer = 2n ** 40n;

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
  const current = costs.map((cost) => (cost === null ? null : cost * finer));
  const root = relax(circuit, current, effort);
  if (root === null) return null;
  let best = { nodes: root.nodes, cost: priceOf(root.nodes, costs) };
  /** The least bound of all that was not looked into. */
  let open: bigint | null = null;
  /** What the nodes that were taken cost. */
  let spent = 0n;
  // Costs are whole: a bound between two of them is the upper one.
  const whole = (low: bigint): bigint => (spent + low + finer - 1n) / finer;

  const search = ({ nodes, low, branch }: Relaxed): void => {
    const cost = priceOf(nodes, costs);
    if (cost < best.cost) best = { nodes, cost };
    const bound = whole(low);
    if (bound >= best.cost) return;
    if (branch === null || !effort.spend()) {
      if (open === null || bound < open) open = bound;
      return;
    }
    const price = current[branch]!;
    for (const without of [false, true]) {
      current[branch] = without ? null : 0n;
      spent += without ? 0n : price;
      const next = relax(circuit, current, effort);
      if (next !== null) search(next);
      spent -= without ? 0n : price;
    }
    current[branch] = price;
  };
  search(root);
  return { ...best, low: open !== null && open < best.cost ? open : best.cost };
}

interface Relaxed {
  /** No completion of the nodes that are there already costs less. */
  readonly low: bigint;
  /** A set that holds, its nodes there already among it. */
  readonly nodes: readonly number[];
  /** A node of it that was not counted in full; null: `low` is as good as it gets. */
  readonly branch: number | null;
}

/**
 * One pass from the leaves up. A node that several paths lead to is paid in equal parts (rounded down) on each, so that no more is
 * paid at the root than the nodes cost. Paths below gates that hold already do not count.
 */
function relax(circuit: Circuit, costs: readonly (bigint | null)[], effort: Effort): Relaxed | null {
  const { gateCount, childStart, child } = circuit;
  const count = costs.length;
  const paths = openPaths(circuit, costs);
  const value: (bigint | null)[] = costs.map((cost, v) =>
    cost === null || paths[v]! < 2 ? cost : paths[v]! > pathsMax ? 0n : cost / BigInt(paths[v]!),
  );
  const choices: (readonly number[])[] = [];
  for (let g = 0; g < gateCount; g++) {
    const items: Item[] = [];
    for (let e = childStart[g]!; e < childStart[g + 1]!; e++) {
      const price = value[child[e]!]!;
      if (price !== null) items.push({ key: child[e]!, price, weight: weightOf(circuit, g, e) });
    }
    const cover = cheapestCover(items, limitOf(circuit, g), effort);
    value[count + g] = cover?.low ?? null;
    choices.push(cover?.keys ?? []);
  }
  const low = value[count + gateCount - 1]!;
  if (low === null) return null;
  const nodes = follow(circuit, choices);
  let branch: number | null = null;
  for (const v of nodes)
    if (costs[v]! > 0n && paths[v]! > 1 && (branch === null || paths[v]! > paths[branch]!)) branch = v;
  return { low, nodes, branch };
}

/** Beyond this a double does not count paths exactly: then nothing is paid on each. */
const pathsMax = 2 ** 53;

/** Per vertex: paths from the root that do not pass through a gate that the nodes without cost make true. */
function openPaths(circuit: Circuit, costs: readonly (bigint | null)[]): Float64Array {
  const { gateCount, childStart, child } = circuit;
  const count = costs.length;
  const holds = new Uint8Array(count + gateCount);
  for (let v = 0; v < count; v++) holds[v] = costs[v] === 0n ? 1 : 0;
  for (let g = 0; g < gateCount; g++) {
    let rest = limitOf(circuit, g);
    for (let e = childStart[g]!; e < childStart[g + 1]! && rest > 0n; e++)
      if (holds[child[e]!] === 1) rest -= weightOf(circuit, g, e);
    holds[count + g] = rest <= 0n ? 1 : 0;
  }
  const paths = new Float64Array(count + gateCount);
  paths[count + gateCount - 1] = 1;
  for (let g = gateCount - 1; g >= 0; g--) {
    if (holds[count + g] === 1) continue;
    for (let e = childStart[g]!; e < childStart[g + 1]!; e++) paths[child[e]!]! += paths[count + g]!;
  }
  return paths;
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
