import type { NodeId } from "@eunomia/engine";
import type { Answer, Limits } from "../answers.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { Budget, withinLimits } from "../limits.ts";
import { build, leafOrder } from "./build.ts";
import { Diagram, no, yes } from "./diagram.ts";

const maxStepsDefault = 1_000_000;

/** A reduced ordered decision diagram: one walk from the root answers for a set, one pass over the nodes for all sets. */
export interface DecisionDiagram {
  /** The nodes of the system in the order in which they are tested. */
  readonly order: readonly NodeId[];
  /** Numbered from 0, the first one to be made in front. */
  readonly tests: readonly DecisionTest[];
  /** Where to begin. */
  readonly root: Next;
}

/** The number of the test to go on with, or the answer: is there a quorum? */
export type Next = number | boolean;

/** Is the node in the set? */
export interface DecisionTest {
  readonly node: NodeId;
  readonly absent: Next;
  readonly present: Next;
}

/**
 * The decision diagram of a system, its nodes in the order in which the normal form first names them. Small for most real
 * systems, exponential for some; `maxSteps` (1 000 000 by default) counts results on the way, and there
 * are never more than 300 000 nodes.
 *
 * @example
 * const answer = decisionDiagram(parse("a & (b | c)"));
 * answer.kind === "exact" && answer.value.order; // ["a", "b", "c"]
 */
export function decisionDiagram(quorums: Quorums, limits: Limits = {}): Answer<DecisionDiagram> {
  const value = withinLimits(() => {
    const { diagram, root, order } = diagramOf(
      normalize(exprOf(quorums)),
      new Budget(limits, maxStepsDefault),
    );
    return exported(diagram, root, order);
  });
  return value === null
    ? { kind: "unknown", reason: "limit" }
    : { kind: "exact", value, method: "decision diagram" };
}

/** A normal form as a diagram of its own over its nodes. @throws OverLimit */
function diagramOf(
  normal: Expr,
  budget: Budget,
): { readonly diagram: Diagram; readonly root: number; readonly order: readonly NodeId[] } {
  const diagram = new Diagram(budget);
  const order = leafOrder(normal, () => false).flatMap((leaf) => (leaf.t === "node" ? [leaf.id] : []));
  const levels = new Map(order.map((id, level) => [id, level]));
  const root = build(diagram, normal, (e) =>
    e.t === "node" ? diagram.variable(levels.get(e.id)!) : undefined,
  );
  return { diagram, root, order };
}

function exported(diagram: Diagram, root: number, order: readonly NodeId[]): DecisionDiagram {
  const numbers = new Map<number, Next>([
    [no, false],
    [yes, true],
  ]);
  const met: number[] = [];
  const visit = (node: number): void => {
    if (numbers.has(node)) return;
    numbers.set(node, met.length);
    met.push(node);
    visit(diagram.high(node));
    visit(diagram.low(node));
  };
  visit(root);
  const tests = met.map((node) => ({
    node: order[diagram.level(node)]!,
    absent: numbers.get(diagram.low(node))!,
    present: numbers.get(diagram.high(node))!,
  }));
  return { order, tests, root: numbers.get(root)! };
}
