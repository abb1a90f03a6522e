import type { Answer, Limits } from "../answers.ts";
import type { Universe } from "../circuit/bits.ts";
import {
  and,
  constant,
  type Expr,
  exprOf,
  node,
  or,
  type Quorums,
  thresholdOf,
  weightedOf,
} from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { dual } from "../expressions/transform.ts";
import { Budget, withinLimits } from "../limits.ts";
import { methodOf } from "../sets/list.ts";
import type { Part } from "../sets/parts.ts";
import { splittingQuestion } from "../sets/questions.ts";
import { type Diagram, no, yes } from "../toolkit/diagram.ts";
import { shareNodes } from "./cover.ts";

const maxStepsDefault = 1_000_000;

/**
 * The widest label that an edge between two learners can carry: it holds for a set S of safe nodes exactly if every quorum of
 * the one and every quorum of the other share a member of S. Never, if they have disjoint quorums. It is the dual of "contains
 * a splitting set", which is put together gate by gate where both systems divide their nodes alike (of n children k1 and k2
 * are used, so k1 + k2 - n are used by both), and read from a decision diagram elsewhere.
 *
 * Unknown when the diagram grows beyond the limits; then ask for single sets:
 * `edgeHolds(left, right, and(...safe.map(node)))`.
 *
 * @example
 * widestLabel(parse("{a..g} >= 5"), parse("{a..g} >= 4")); // at least six of a to g
 */
export function widestLabel(left: Quorums, right: Quorums, limits: Limits = {}): Answer<Expr> {
  const { shared } = shareNodes([normalize(exprOf(left)), normalize(exprOf(right))]);
  const question = splittingQuestion(shared[0]!, shared[1]!, limits, {});
  const part = withinLimits(() => question.parts(new Budget(limits, maxStepsDefault)));
  if (part === null) return { kind: "unknown", reason: "limit" };
  const value = normalize(dual(exprOfPart(part, question.universe)));
  return { kind: "exact", value, method: methodOf(part) };
}

function exprOfPart(part: Part, universe: Universe): Expr {
  const visit = (one: Part): Expr => {
    switch (one.t) {
      case "const":
        return constant(one.v);
      case "node":
        return node(universe.ids[one.index]!);
      case "thr":
        return thresholdOf(one.k, one.of.map(visit));
      case "wthr":
        return weightedOf(
          one.k,
          one.of.map(([weight, child]) => [weight, visit(child)] as const),
        );
      case "core":
        return exprOfDiagram(one.diagram, one.root, one.of.map(visit));
    }
  };
  return visit(part);
}

/** Monotone, so the branch without a variable is contained in the branch with it. Shared nodes become shared objects. */
function exprOfDiagram(diagram: Diagram, root: number, variables: readonly Expr[]): Expr {
  const done = new Map<number, Expr>([
    [no, constant(false)],
    [yes, constant(true)],
  ]);
  const visit = (at: number): Expr => {
    const known = done.get(at);
    if (known !== undefined) return known;
    const made = or(visit(diagram.low(at)), and(variables[diagram.level(at)]!, visit(diagram.high(at))));
    done.set(at, made);
    return made;
  };
  return visit(root);
}
