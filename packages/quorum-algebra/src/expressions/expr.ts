import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { sortChildren, sortWeighted } from "./order.ts";

/**
 * A monotone condition on a set S of nodes, read as "S contains a quorum". Immutable plain data.
 *
 * - `node`: the node is in S;
 * - `thr`: at least `k` of the children hold, each entry of `of` counted separately (so `{a, a, b} >= 2` holds for {a});
 *   `k` 1 is OR, `k` = number of children is AND;
 * - `wthr`: the weights of the children that hold add up to at least `k`; a child named twice counts with both weights;
 * - `const`: always, or never.
 */
export type Expr =
  | { readonly t: "node"; readonly id: NodeId }
  | { readonly t: "thr"; readonly k: number; readonly of: readonly Expr[] }
  | { readonly t: "wthr"; readonly k: bigint; readonly of: readonly (readonly [bigint, Expr])[] }
  | { readonly t: "const"; readonly v: boolean };

const always: Expr = Object.freeze({ t: "const", v: true });
const never: Expr = Object.freeze({ t: "const", v: false });

/** Half of a surrogate pair: such an id has no UTF-8 form, so it could be neither encoded nor compared with a peer's. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * The condition "this node is in the set".
 *
 * @throws QuorumError `id` if the id is no non-empty, well-formed string.
 */
export function node(id: NodeId): Expr {
  if (typeof id !== "string" || id === "" || loneSurrogate.test(id))
    throw new QuorumError("id", "node id", "a non-empty well-formed string", id);
  return Object.freeze({ t: "node", id });
}

/** Always (true) or never (false). */
export function constant(v: boolean): Expr {
  return v ? always : never;
}

/**
 * At least `k` of the children, every entry counted separately. Children are kept as given but for their order, which is
 * that of their encoded bytes. `k` 0 always holds, `k` above the number of children never does.
 *
 * @example
 * thresholdOf(2, [node("a"), node("b"), node("c")]);
 * @throws QuorumError `threshold` if `k` is no safe integer >= 0.
 */
export function thresholdOf(k: number, children: readonly Expr[]): Expr {
  checkCountGate(k, children);
  return Object.freeze({ t: "thr", k, of: Object.freeze(sortChildren(children)) });
}

/** Every child holds. Of no children: always. */
export function and(...children: readonly Expr[]): Expr {
  return children.length === 0 ? always : thresholdOf(children.length, children);
}

/** Some child holds. Of no children: never. */
export function or(...children: readonly Expr[]): Expr {
  return children.length === 0 ? never : thresholdOf(1, children);
}

/**
 * Children whose weights add up to at least `k`. Weights are exact, so "more than 2/3 of W" is `k` = 2W/3 + 1 (rounded down).
 *
 * @example
 * weightedOf(4n, [[3n, node("a")], [2n, node("b")], [1n, node("c")]]);
 * @throws QuorumError `threshold` if `k` is no bigint >= 0; `weight` if a weight is none; `empty` without children.
 */
export function weightedOf(k: bigint, children: readonly (readonly [bigint, Expr])[]): Expr {
  checkWeightGate(k, children);
  const pairs = sortWeighted(children).map((pair) => Object.freeze([pair[0], pair[1]] as const));
  return Object.freeze({ t: "wthr", k, of: Object.freeze(pairs) });
}

export function checkCountGate(k: number, children: readonly Expr[]): void {
  if (!Number.isSafeInteger(k) || k < 0)
    throw new QuorumError("threshold", "k", "a safe integer of at least 0", k);
  if (!Array.isArray(children)) throw new QuorumError("shape", "of", "an array of expressions", children);
}

export function checkWeightGate(k: bigint, children: readonly (readonly [bigint, Expr])[]): void {
  if (typeof k !== "bigint" || k < 0n) throw new QuorumError("threshold", "k", "a bigint of at least 0n", k);
  if (!Array.isArray(children)) throw new QuorumError("shape", "of", "an array of pairs", children);
  if (children.length === 0)
    throw new QuorumError("empty", "children", "at least one weighted child", children);
  for (const [weight] of children) {
    if (typeof weight !== "bigint" || weight < 0n)
      throw new QuorumError("weight", "weight", "a bigint of at least 0n", weight);
  }
}

/** An expression, or a system made from one: what the questions of this package take. */
export type Quorums = Expr | { readonly expr: Expr };

/** The expression behind either. */
export function exprOf(quorums: Quorums): Expr {
  return "expr" in quorums ? quorums.expr : quorums;
}
