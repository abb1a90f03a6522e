import type { Expr } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { support } from "../expressions/transform.ts";
import { smallSetMax, type Universe, universeOf, wordsFor } from "./bits.ts";

/**
 * An expression as flat arrays. Vertices are the nodes 0 … n-1 and then the gates n … n+g-1, children before parents;
 * the last gate is the root. Equal gates are one gate.
 */
export interface Circuit {
  readonly universe: Universe;
  /** Not null: the expression holds always or never, and there is no gate. */
  readonly constant: boolean | null;
  readonly gateCount: number;
  /** Per gate: weight of true children that makes it true; and behind them, per gate: weight of false children that makes it false. */
  readonly limits: Float64Array;
  /** Edges to the children of gate g: childStart[g] … childStart[g+1]-1. */
  readonly childStart: Int32Array;
  readonly child: Int32Array;
  readonly childWeight: Float64Array;
  /** Edges to the parents of vertex v: parentStart[v] … parentStart[v+1]-1; `parent` numbers gates from 0. */
  readonly parentStart: Int32Array;
  readonly parent: Int32Array;
  readonly parentWeight: Float64Array;
  /** Gates that only count: leaf children as masks of `maskWords` words, and the edges to child gates come first. */
  readonly counting: Uint8Array;
  readonly maskWords: number;
  readonly mask: Uint32Array;
  readonly gateChildEnd: Int32Array;
  /** Gates whose weights do not fit a double exactly; null when there are none. */
  readonly wide: WideWeights | null;
}

/** Exact weights of the gates that need them, parallel to the arrays of the circuit. */
interface WideWeights {
  readonly isWide: Uint8Array;
  readonly limits: readonly bigint[];
  readonly childWeight: readonly bigint[];
  readonly parentWeight: readonly bigint[];
}

interface Gate {
  readonly need: bigint;
  readonly total: bigint;
  /** Vertex and weight; child gates first. */
  readonly children: readonly (readonly [number, bigint])[];
}

/** Compiles the normal form of `expr`. The universe must hold every node of it; by default it is exactly those. */
export function compile(expr: Expr, universe?: Universe): Circuit {
  const normal = normalize(expr);
  const nodes = universe ?? universeOf(support(normal));
  const gates = normal.t === "const" ? [] : collectGates(normal, nodes);
  const gateCount = gates.length;
  const edges = gates.flatMap((gate, g) => gate.children.map(([vertex, weight]) => ({ g, vertex, weight })));
  const upward = [...edges].sort((a, b) => a.vertex - b.vertex || a.g - b.g);
  const bySide = [...gates.map(({ need }) => need), ...gates.map(({ need, total }) => total - need + 1n)];
  const vertexCount = nodes.ids.length + gateCount;
  const isWide = Uint8Array.from(gates, ({ total }) => Number(total > BigInt(Number.MAX_SAFE_INTEGER)));
  return {
    universe: nodes,
    constant: normal.t === "const" ? normal.v : null,
    gateCount,
    limits: Float64Array.from(bySide, Number),
    childStart: starts(
      gateCount,
      edges.map(({ g }) => g),
    ),
    child: Int32Array.from(edges, ({ vertex }) => vertex),
    childWeight: Float64Array.from(edges, ({ weight }) => Number(weight)),
    parentStart: starts(
      vertexCount,
      upward.map(({ vertex }) => vertex),
    ),
    parent: Int32Array.from(upward, ({ g }) => g),
    parentWeight: Float64Array.from(upward, ({ weight }) => Number(weight)),
    ...countingParts(gates, nodes.ids.length),
    wide: isWide.includes(1)
      ? {
          isWide,
          limits: bySide,
          childWeight: edges.map(({ weight }) => weight),
          parentWeight: upward.map(({ weight }) => weight),
        }
      : null,
  };
}

/** Gates of a normal form in topological order. */
function collectGates(normal: Expr, { ids, indexOf }: Universe): Gate[] {
  const gates: Gate[] = [];
  const vertices = new Map<Expr, number>();
  const visit = (expr: Expr): number => {
    const known = vertices.get(expr);
    if (known !== undefined) return known;
    const vertex = expr.t === "node" ? indexOf.get(expr.id)! : addGate(expr);
    vertices.set(expr, vertex);
    return vertex;
  };
  const addGate = (expr: Expr): number => {
    const pairs: (readonly [bigint, Expr])[] =
      expr.t === "wthr" ? [...expr.of] : expr.t === "thr" ? expr.of.map((c) => [1n, c]) : [[1n, expr]];
    const weights = new Map<number, bigint>();
    for (const [weight, childExpr] of pairs) {
      const vertex = visit(childExpr);
      weights.set(vertex, (weights.get(vertex) ?? 0n) + weight);
    }
    const need = expr.t === "wthr" ? expr.k : expr.t === "thr" ? BigInt(expr.k) : 1n;
    const isGate = (vertex: number): number => Number(vertex >= ids.length);
    const children = [...weights].sort(([a], [b]) => isGate(b) - isGate(a) || a - b);
    const total = children.reduce((sum, [, weight]) => sum + weight, 0n);
    gates.push({ need, total, children });
    return ids.length + gates.length - 1;
  };
  // A lone node gets a gate of its own: then every circuit that is not constant has a root gate.
  if (normal.t === "node") addGate(normal);
  else visit(normal);
  return gates;
}

function countingParts(gates: readonly Gate[], nodeCount: number) {
  const maskWords = nodeCount <= smallSetMax ? 1 : wordsFor(nodeCount);
  const counting = new Uint8Array(gates.length);
  const mask = new Uint32Array(gates.length * maskWords);
  const gateChildEnd = new Int32Array(gates.length);
  let edge = 0;
  gates.forEach(({ children }, g) => {
    counting[g] = Number(children.every(([, weight]) => weight === 1n));
    gateChildEnd[g] = edge + children.filter(([vertex]) => vertex >= nodeCount).length;
    for (const [vertex] of children) {
      if (vertex < nodeCount) mask[g * maskWords + (vertex >>> 5)]! |= 1 << (vertex & 31);
    }
    edge += children.length;
  });
  return { counting, maskWords, mask, gateChildEnd };
}

/** Where the run of each key begins in a list of ascending keys; one more entry closes the last run. */
function starts(count: number, keys: readonly number[]): Int32Array {
  const start = new Int32Array(count + 1);
  for (const key of keys) start[key + 1]!++;
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  return start;
}
