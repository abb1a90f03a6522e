import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { checkMembers, majority, threshold } from "../expressions/constructors.ts";
import { type Expr, node, thresholdOf } from "../expressions/expr.ts";

/** One node that decides alone: the best system when nodes fail more often than not. */
export function singleton(id: NodeId): Expr {
  return node(id);
}

/**
 * So many organisations, each by so many of its members: `k` of the organisations (a majority by default), and inside each
 * `inner` of its members, given as a number or found from their number (a majority by default).
 *
 * @example
 * hierarchical([["a1", "a2", "a3"], ["b1", "b2", "b3"], ["c1", "c2", "c3"]]); // two of each of two
 * @throws QuorumError `empty`, `duplicate-member`, or `threshold` for a count that cannot be reached.
 */
export function hierarchical(
  organisations: readonly (readonly NodeId[])[],
  k = Math.floor(organisations.length / 2) + 1,
  inner?: number | ((members: number) => number),
): Expr {
  for (const members of organisations) checkMembers(members);
  checkMembers(organisations.flat());
  if (!Number.isSafeInteger(k) || k < 1 || k > organisations.length)
    throw new QuorumError("threshold", "k", `an integer from 1 to ${organisations.length}`, k);
  const innerK = typeof inner === "number" ? () => inner : inner;
  return thresholdOf(
    k,
    organisations.map((members) =>
      innerK === undefined ? majority(members) : threshold(members, innerK(members.length)),
    ),
  );
}

/**
 * Majorities of majorities (Kumar, 1991: hierarchical quorum consensus): the members are the leaves of a tree in which
 * every gate has `arity` children. Quorums of `arity` 3 have 2^h of the 3^h members, fewer than any majority.
 *
 * @throws QuorumError `shape` unless the number of members is a power of `arity`, `quantity` unless `arity` is at least 2.
 */
export function recursiveMajority(members: readonly NodeId[], arity = 3): Expr {
  checkMembers(members);
  if (!Number.isSafeInteger(arity) || arity < 2)
    throw new QuorumError("quantity", "arity", "an integer of at least 2", arity);
  let level: readonly Expr[] = members.map(node);
  while (level.length > 1) {
    if (level.length % arity !== 0)
      throw new QuorumError("shape", "members", `a power of ${arity} of them`, members);
    const below = level;
    level = Array.from({ length: below.length / arity }, (_, i) =>
      thresholdOf(Math.floor(arity / 2) + 1, below.slice(i * arity, (i + 1) * arity)),
    );
  }
  return level[0]!;
}

/**
 * The tree protocol (Agrawal, El Abbadi, 1991): members are the vertices of a binary tree, root first, then level by level. A
 * quorum is a path from the root to a leaf, where a vertex that is missing is made up for by a path from each of its children.
 * That is 2 of 3 at every inner vertex, so every node occurs once.
 *
 * @throws QuorumError `shape` unless there are 2^h - 1 members.
 */
export function binaryTree(members: readonly NodeId[]): Expr {
  checkMembers(members);
  const count = members.length;
  if (((count + 1) & count) !== 0)
    throw new QuorumError("shape", "members", "2^h - 1 of them, as 1, 3, 7, 15", members);
  const visit = (at: number): Expr => {
    const self = node(members[at]!);
    return 2 * at + 1 < count ? thresholdOf(2, [self, visit(2 * at + 1), visit(2 * at + 2)]) : self;
  };
  return visit(0);
}
