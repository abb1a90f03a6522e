import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { childrenOf } from "./modules.ts";

/**
 * Does every node occur exactly once in the normal form? Nearly all real configurations do, and many hard questions are
 * easy for them.
 *
 * @example
 * isReadOnce(parse("a & (b | c)")); // true
 * isReadOnce(parse("a & b | a & c")); // false, though it says the same
 */
export function isReadOnce(quorums: Quorums): boolean {
  const { nodes, leaves } = size(quorums);
  return nodes === leaves;
}

/** How large a normal form is. */
export interface Size {
  readonly nodes: number;
  /** Occurrences of nodes, written out in full. A double: shared gates may multiply it beyond what is counted exactly. */
  readonly leaves: number;
  /** Different gates. */
  readonly gates: number;
  /** Gates on the longest way from the root to a node. */
  readonly depth: number;
}

/** Counts the nodes, leaves and gates of the normal form. */
export function size(quorums: Quorums): Size {
  interface Part {
    readonly leaves: number;
    readonly depth: number;
  }
  const done = new Map<Expr, Part>();
  let nodes = 0;
  let gates = 0;
  const visit = (expr: Expr): Part => {
    const known = done.get(expr);
    if (known !== undefined) return known;
    const parts = childrenOf(expr).map(visit);
    if (expr.t === "node") nodes++;
    if (parts.length > 0) gates++;
    const made = {
      leaves: expr.t === "node" ? 1 : parts.reduce((sum, { leaves }) => sum + leaves, 0),
      depth: parts.length === 0 ? 0 : 1 + Math.max(...parts.map(({ depth }) => depth)),
    };
    done.set(expr, made);
    return made;
  };
  const { leaves, depth } = visit(normalize(exprOf(quorums)));
  return { nodes, leaves, gates, depth };
}
