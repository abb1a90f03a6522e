import type { NodeId } from "@eunomia/engine";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { rename, restrictByzantine, support } from "../expressions/transform.ts";

/**
 * The same system asked of groups (operators, countries, providers): every node is replaced by its group. Blocking sets
 * then tell which groups must fail; a group fails with all of its nodes. Splitting sets do not tell which groups must lie:
 * honest nodes of one group may stand on both sides, and `{a1, a2} >= 1` is split before anybody lies.
 *
 * @example
 * groupBy(parse("{a1, a2, b1} >= 2"), (id) => id[0]!); // {a, a, b} >= 2: alone, a is a quorum
 * @throws QuorumError `id` for a group that is no id.
 */
export function groupBy(quorums: Quorums, groupOf: (id: NodeId) => NodeId): Expr {
  return rename(exprOf(quorums), groupOf);
}

/**
 * What quorums must have among the nodes in `keep`: holds for S if S and some of the other nodes contain a quorum. The
 * minimal sets are those among the intersections of quorums with `keep`. (For what remains a quorum when the others never
 * answer, use `restrictCrash`.)
 *
 * @example
 * project(parse("a & b | c & d"), ["a", "c"]); // a | c
 */
export function project(quorums: Quorums, keep: Iterable<NodeId>): Expr {
  const expr = exprOf(quorums);
  const kept = new Set(keep);
  return restrictByzantine(
    expr,
    support(expr).filter((id) => !kept.has(id)),
  );
}
