import type { Expr } from "../expressions/expr.ts";
import { type Budget, OverLimit } from "../limits.ts";
import { build } from "../toolkit/build.ts";
import { Diagram, no, yes } from "../toolkit/diagram.ts";

/**
 * A decision diagram as flat arrays. Vertex 0 holds never, 1 always; every other one asks a leaf and goes to `low` if that does
 * not hold, to `high` if it does. Vertices come after those they lead to; the last one is the root.
 */
export interface Graph {
  readonly leaf: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** What stands for a leaf of an expression in a diagram. */
type Variables = (leaf: Expr) => number | undefined;

/** Builds a function in a diagram. */
export type Maker = (diagram: Diagram, variables: Variables) => number;

/**
 * The diagram of a function of `leaves`, tested in their order; null when it grows beyond `nodesMax` or the budget. Nodes are
 * the same leaf if they have the same id, gates if they are the same object.
 */
export function graphOf(
  leaves: readonly Expr[],
  make: Maker,
  budget: Budget,
  nodesMax: number,
): Graph | null {
  try {
    const diagram = new Diagram(budget, nodesMax);
    const keyOf = (e: Expr): unknown => (e.t === "node" ? e.id : e);
    const variables = new Map(leaves.map((leaf, level) => [keyOf(leaf), diagram.variable(level)]));
    return flatten(
      diagram,
      make(diagram, (e) => variables.get(keyOf(e))),
    );
  } catch (error) {
    if (error instanceof OverLimit) return null;
    throw error;
  }
}

/** The function that the expression says. */
export function holds(expr: Expr): Maker {
  return (diagram, variables) => build(diagram, expr, variables);
}

/** Holds for B if a quorum of `left` and one of `right` have nothing in common outside B. */
export function splits(left: Expr, right: Expr, leafCount: number): Maker {
  return (diagram, variables) =>
    diagram.split(
      build(diagram, left, variables),
      build(diagram, right, variables),
      new Uint8Array(leafCount),
    );
}

function flatten(diagram: Diagram, root: number): Graph {
  const reached = new Set<number>([no, yes]);
  const visit = (vertex: number): void => {
    if (reached.has(vertex)) return;
    visit(diagram.low(vertex));
    visit(diagram.high(vertex));
    reached.add(vertex);
  };
  visit(root);
  // A constant function is a root that asks the first leaf and goes to the same end either way.
  const order = root <= yes ? [no, yes, root] : [...reached];
  const position = new Map(order.map((vertex, index) => [vertex, index]));
  const end = (vertex: number): boolean => vertex <= yes;
  return {
    leaf: Int32Array.from(order, (vertex) => (end(vertex) ? 0 : diagram.level(vertex))),
    low: Int32Array.from(order, (vertex) => (end(vertex) ? vertex : position.get(diagram.low(vertex))!)),
    high: Int32Array.from(order, (vertex) => (end(vertex) ? vertex : position.get(diagram.high(vertex))!)),
  };
}
