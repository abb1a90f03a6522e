import type { NodeId } from "@eunomia/engine";
import type { Limits, Verdict } from "../answers.ts";
import { universeOf } from "../circuit/bits.ts";
import { neverCovered } from "../cover/intersection.ts";
import { minimalWithin } from "../cover/witness.ts";
import type { Engines } from "../engines.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { sameExpr } from "../expressions/order.ts";
import { dual, support } from "../expressions/transform.ts";
import { Budget, withinLimits } from "../limits.ts";
import { build, leafOrder } from "./build.ts";
import { Diagram, no, yes } from "./diagram.ts";

const maxStepsDefault = 1_000_000;

/**
 * Does every quorum of `left` contain a quorum of `right`? If not, the witness is a minimal quorum of `left` that contains none of
 * `right`.
 *
 * In turn: equal normal forms; closed forms and short lists, since "left entails right" says the same as "every
 * quorum of left meets every blocking set of right"; a decision diagram of both; a SAT solver, if `engines.sat` is given,
 * or the search of the intersection test.
 *
 * @example
 * entails(parse("a & b"), parse("a | c")); // { holds: true, … }
 * entails(parse("a | b"), parse("a")); // { holds: false, witness: ["b"], … }
 */
export function entails(
  left: Quorums,
  right: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<readonly NodeId[]> {
  const [f, g] = [normalize(exprOf(left)), normalize(exprOf(right))];
  if (sameExpr(f, g)) return { holds: true, method: "normal form" };
  const quick = meets(f, g, { ...limits, maxSteps: 0 }, {});
  if (quick.holds !== null) return quick;
  return byDiagram(f, g, limits) ?? meets(f, g, limits, engines);
}

/**
 * Do both say the same: is every quorum of one a quorum of the other? If not, the witness is a set that contains a quorum of one
 * of them only. Methods as for `entails`.
 *
 * @example
 * equalQuorums(parse("a & b | a & c"), parse("a & (b | c)")); // { holds: true, … }
 */
export function equalQuorums(
  left: Quorums,
  right: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<readonly NodeId[]> {
  const forth = entails(left, right, limits, engines);
  if (forth.holds === false) return forth;
  const back = entails(right, left, limits, engines);
  return forth.holds === null && back.holds !== false ? forth : back;
}

/** A quorum of `f` without a common node with a blocking set of `g` contains no quorum of `g`. */
function meets(f: Expr, g: Expr, limits: Limits, engines: Engines): Verdict<readonly NodeId[]> {
  const verdict = neverCovered([f, dual(g)], [], limits, engines);
  return verdict.holds === false ? { ...verdict, witness: verdict.witness.quorums[0]! } : verdict;
}

/** Null: the diagram would be too large. */
function byDiagram(f: Expr, g: Expr, limits: Limits): Verdict<readonly NodeId[]> | null {
  const universe = universeOf([...support(f), ...support(g)]);
  return withinLimits(() => {
    const diagram = new Diagram(new Budget(limits, maxStepsDefault));
    const levels = new Map<NodeId, number>();
    for (const expr of [f, g])
      for (const leaf of leafOrder(expr, () => false))
        if (leaf.t === "node" && !levels.has(leaf.id)) levels.set(leaf.id, levels.size);
    const rootOf = (expr: Expr): number =>
      build(diagram, expr, (e) => (e.t === "node" ? diagram.variable(levels.get(e.id)!) : undefined));
    const counterexample = diagram.ite(rootOf(g), no, rootOf(f));
    const method = "decision diagram";
    if (counterexample === no) return { holds: true, method };
    const names = [...levels.keys()];
    const found = trueOnPath(diagram, counterexample).map((level) => names[level]!);
    return { holds: false, method, witness: minimalWithin(f, universe, found.sort()) };
  });
}

/** The variables that are true on a path to `yes`. From every node but `no` one leads there. */
function trueOnPath(diagram: Diagram, root: number): number[] {
  const found: number[] = [];
  let node = root;
  while (node !== yes) {
    const isTrue = diagram.low(node) === no;
    if (isTrue) found.push(diagram.level(node));
    node = isTrue ? diagram.high(node) : diagram.low(node);
  }
  return found;
}
