import type { NodeId } from "@eunomia/engine";
import type { Expr } from "../expressions/expr.ts";

/** How a node is: it answers, it is down, or it may say anything. */
export type NodeState = "alive" | "failed" | "byzantine";

/**
 * Whether each subexpression holds for the nodes that answer, those that lie among them: they help anybody. Shared
 * subexpressions are looked at once.
 */
export function satisfaction(states: ReadonlyMap<NodeId, NodeState>): (expr: Expr) => boolean {
  const known = new Map<Expr, boolean>();
  const holds = (expr: Expr): boolean => {
    const before = known.get(expr);
    if (before !== undefined) return before;
    const value = decide(expr);
    known.set(expr, value);
    return value;
  };
  const decide = (expr: Expr): boolean => {
    if (expr.t === "node") return states.get(expr.id) !== "failed";
    if (expr.t === "const") return expr.v;
    if (expr.t === "thr") return expr.of.filter(holds).length >= expr.k;
    return expr.of.reduce((sum, [weight, child]) => (holds(child) ? sum + weight : sum), 0n) >= expr.k;
  };
  return holds;
}
