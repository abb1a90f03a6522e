import type { NodeId } from "@eunomia/engine";
import { type Expr, node, thresholdOf } from "../expressions/expr.ts";

/**
 * An expression in which every node occurs once, with what the search asks of each at once. Leaves are kinds of nodes, numbered;
 * a gate's children stand in the order of `compareTrees`. No OR stands directly under OR, no AND under AND.
 */
export interface Tree {
  /** The kind of a leaf; -1 for a gate. */
  readonly kind: number;
  readonly k: number;
  readonly children: readonly Tree[];
  /** Fewest nodes of a quorum, of a blocking set, and fewest that two quorums have in common. */
  readonly quorum: number;
  readonly cut: number;
  readonly overlap: number;
  readonly leaves: number;
}

export function leafOf(kind: number): Tree {
  return { kind, k: 1, children: [], quorum: 1, cut: 1, overlap: 1, leaves: 1 };
}

/** `k` of two children or more, which must be in order. */
export function gateOf(k: number, children: readonly Tree[]): Tree {
  const n = children.length;
  return {
    kind: -1,
    k,
    children,
    quorum: cheapest(children, k, quorumOf),
    cut: cheapest(children, n - k + 1, cutOf),
    overlap: cheapest(children, 2 * k - n, overlapOf),
    leaves: children.reduce((sum, child) => sum + child.leaves, 0),
  };
}

const quorumOf = (tree: Tree): number => tree.quorum;
const cutOf = (tree: Tree): number => tree.cut;
const overlapOf = (tree: Tree): number => tree.overlap;

/** The sum of the `count` smallest values. */
function cheapest(children: readonly Tree[], count: number, value: (tree: Tree) => number): number {
  if (count <= 0) return 0;
  const values = children.map(value).sort((a, b) => a - b);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  return sum;
}

/** Whether a gate is an OR or an AND that has swallowed its children of the same sort. */
export function isFlat(k: number, children: readonly Tree[]): boolean {
  const n = children.length;
  if (k === 1 && children.some((child) => child.kind < 0 && child.k === 1)) return false;
  return !(k === n && children.some((child) => child.kind < 0 && child.k === child.children.length));
}

/** A total order of trees: equal exactly if they are the same up to the order of children. */
export function compareTrees(a: Tree, b: Tree): number {
  if (a === b) return 0;
  const first = a.kind - b.kind || a.k - b.k || a.children.length - b.children.length;
  if (first !== 0) return first;
  for (let i = 0; i < a.children.length; i++) {
    const order = compareTrees(a.children[i]!, b.children[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** The same text exactly for the same tree. */
export function keyOf({ kind, k, children }: Tree): string {
  return kind >= 0 ? String(kind) : `${k}(${children.map(keyOf).join()})`;
}

/** The expression; each kind gives its nodes in their order, the last ones to the first leaves. */
export function exprOfTree(tree: Tree, kinds: readonly (readonly NodeId[])[]): Expr {
  return build(tree, kinds, ({ k }) => k);
}

/** The dual of the same expression. */
export function dualExprOfTree(tree: Tree, kinds: readonly (readonly NodeId[])[]): Expr {
  return build(tree, kinds, ({ k, children }) => children.length - k + 1);
}

function build(tree: Tree, kinds: readonly (readonly NodeId[])[], need: (gate: Tree) => number): Expr {
  const left = kinds.map((ids) => [...ids]);
  const visit = (t: Tree): Expr =>
    t.kind >= 0 ? node(left[t.kind]!.pop()!) : thresholdOf(need(t), t.children.map(visit));
  return visit(tree);
}
