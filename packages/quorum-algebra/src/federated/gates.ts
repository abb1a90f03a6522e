import type { Universe } from "../circuit/bits.ts";
import { QuorumError } from "../errors.ts";
import type { Expr } from "../expressions/expr.ts";

/** Condition of a node that is always, or never, met. Otherwise a condition is a vertex. */
export const alwaysMet = -1;
export const neverMet = -2;

/**
 * The conditions of all nodes as one set of gates: vertices are the nodes 0 … n-1 and then the gates, children before parents; equal
 * gates are one gate, whoever asks them.
 */
export interface Gates {
  readonly universe: Universe;
  readonly gateCount: number;
  /** Per gate: the weight of true children that makes it true. */
  readonly need: Float64Array;
  /** Children of gate g: childStart[g] … childStart[g+1]-1. */
  readonly childStart: Int32Array;
  readonly child: Int32Array;
  readonly childWeight: Float64Array;
  /** Gates above vertex v: parentStart[v] … parentStart[v+1]-1; `parent` numbers gates from 0. */
  readonly parentStart: Int32Array;
  readonly parent: Int32Array;
  readonly parentWeight: Float64Array;
  /** Per node the vertex of its condition, `alwaysMet` or `neverMet`. */
  readonly root: Int32Array;
  /** Nodes whose condition is vertex v: ownerStart[v] … ownerStart[v+1]-1. */
  readonly ownerStart: Int32Array;
  readonly owner: Int32Array;
}

interface Gate {
  readonly need: number;
  readonly children: readonly (readonly [vertex: number, weight: number])[];
}

/**
 * `conditions` are normal forms, one per node of the universe.
 *
 * @throws QuorumError `weight` if the weights of one gate add up to more than a double holds exactly.
 */
export function gatesOf(universe: Universe, conditions: readonly Expr[]): Gates {
  const nodeCount = universe.ids.length;
  const gates: Gate[] = [];
  const byKey = new Map<string, number>();
  const vertices = new Map<Expr, number>();
  const visit = (expr: Expr): number => {
    const known = vertices.get(expr);
    if (known !== undefined) return known;
    const vertex = expr.t === "node" ? universe.indexOf.get(expr.id)! : gateVertex(expr);
    vertices.set(expr, vertex);
    return vertex;
  };
  const gateVertex = (expr: Expr): number => {
    const gate = gateOf(expr, visit);
    const key = `${gate.need}:${gate.children.map(([vertex, weight]) => `${vertex}*${weight}`).join()}`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const vertex = nodeCount + gates.push(gate) - 1;
    byKey.set(key, vertex);
    return vertex;
  };
  const root = Int32Array.from(conditions, (expr) =>
    expr.t === "const" ? (expr.v ? alwaysMet : neverMet) : visit(expr),
  );
  return { universe, root, ...flatten(gates, root, nodeCount) };
}

function gateOf(expr: Expr, visit: (child: Expr) => number): Gate {
  const weights = new Map<number, number>();
  const bear = (child: Expr, weight: number): void => {
    const vertex = visit(child);
    weights.set(vertex, (weights.get(vertex) ?? 0) + weight);
  };
  let need = 0;
  if (expr.t === "thr") {
    need = expr.k;
    for (const child of expr.of) bear(child, 1);
  } else if (expr.t === "wthr") {
    const total = expr.of.reduce((sum, [weight]) => sum + weight, 0n);
    if (total > BigInt(Number.MAX_SAFE_INTEGER))
      throw new QuorumError("weight", "weights of one condition", "a total below 2^53", total);
    need = Number(expr.k);
    for (const [weight, child] of expr.of) bear(child, Number(weight));
  }
  return { need, children: [...weights].sort(([a], [b]) => a - b) };
}

function flatten(gates: readonly Gate[], root: Int32Array, nodeCount: number) {
  const edges = gates.flatMap(({ children }, g) =>
    children.map(([vertex, weight]) => ({ g, vertex, weight })),
  );
  const upward = [...edges].sort((a, b) => a.vertex - b.vertex || a.g - b.g);
  const vertexCount = nodeCount + gates.length;
  const owned = [...root.keys()].filter((v) => root[v]! >= 0).sort((a, b) => root[a]! - root[b]! || a - b);
  return {
    gateCount: gates.length,
    need: Float64Array.from(gates, ({ need }) => need),
    childStart: starts(gates.length, edges, ({ g }) => g),
    child: Int32Array.from(edges, ({ vertex }) => vertex),
    childWeight: Float64Array.from(edges, ({ weight }) => weight),
    parentStart: starts(vertexCount, upward, ({ vertex }) => vertex),
    parent: Int32Array.from(upward, ({ g }) => g),
    parentWeight: Float64Array.from(upward, ({ weight }) => weight),
    ownerStart: starts(vertexCount, owned, (v) => root[v]!),
    owner: Int32Array.from(owned),
  };
}

/** Where the run of each key begins in a list of ascending keys; one more entry closes the last run. */
function starts<T>(count: number, items: readonly T[], key: (item: T) => number): Int32Array {
  const start = new Int32Array(count + 1);
  for (const item of items) start[key(item) + 1]!++;
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  return start;
}
