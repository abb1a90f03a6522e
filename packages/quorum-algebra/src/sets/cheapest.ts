import type { Limits } from "../answers.ts";
import { universeOf } from "../circuit/bits.ts";
import { shareNodes } from "../cover/cover.ts";
import { leastCost } from "../cover/least-cost.ts";
import { pricedSplit } from "../cover/priced.ts";
import type { Engines } from "../engines.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { support } from "../expressions/transform.ts";
import { Budget, running, withinLimits } from "../limits.ts";
import { areWhole, type Cheapest, type Cost, checkedCost } from "../toolkit/cheapest.ts";
import { no, yes } from "../toolkit/diagram.ts";
import { maxStepsDefault, methodOf } from "./list.ts";
import type { Part } from "./parts.ts";
import { splittingQuestion } from "./questions.ts";

const stepsBeforeSolver = 100_000;

/**
 * A cheapest splitting set, where a set costs as much as its nodes together; by default each costs 1, so it is a smallest one. Exact,
 * from the parts of the systems and from decision diagrams. If those grow too large and costs are whole numbers, a SAT solver takes
 * over (`engines.sat`, else the built-in one): where each node costs 1 it proves sizes impossible one after the other, so that
 * a limit leaves a lower bound. `nodes` is null if one of the systems has no quorum (then the
 * cost is exactly Infinity), or if nothing was found within the limits.
 *
 * @example
 * cheapestSplittingSet(parse("{a, b, c, d} >= 3")).cost; // { kind: "exact", value: 2, method: "product form" }
 * @throws QuorumError `quantity` for a cost that is negative or no number.
 */
export function cheapestSplittingSet(
  left: Quorums,
  right: Quorums = left,
  cost: Cost = () => 1,
  limits: Limits = {},
  engines: Engines = {},
): Cheapest {
  const question = splittingQuestion(left, right, limits, engines);
  const { ids } = question.universe;
  const costs = ids.map((id) => checkedCost(id, cost(id)));
  const remaining = running(limits);
  const whole = areWhole(costs);
  // With a solver at hand a diagram that grows is soon given up: the time is better left to the solver.
  const most = whole && engines.sat !== undefined ? stepsBeforeSolver : maxStepsDefault;
  const budget = new Budget({ ...limits, maxSteps: Math.min(limits.maxSteps ?? most, most) }, most);
  const found = withinLimits(() => {
    const part = question.parts(budget);
    return { method: methodOf(part), set: cheapestOf(part, costs) };
  });
  if (found !== null) {
    const { cost: value, indices } = found.set;
    const nodes = value === Infinity ? null : indices.toSorted((a, b) => a - b).map((index) => ids[index]!);
    return { nodes, cost: { kind: "exact", value, method: found.method } };
  }
  if (!whole)
    return { nodes: null, cost: { kind: "bounds", low: 0, high: Infinity, method: "decision diagram" } };
  return bySolver([exprOf(left), exprOf(right)], cost, remaining(), engines);
}

/** A node that one side does not know is never in quorums of both, so only those are asked about that both know. */
function bySolver(sides: readonly Expr[], cost: Cost, limits: Limits, engines: Engines): Cheapest {
  const { shared } = shareNodes(sides.map(normalize));
  const { ids } = universeOf(shared.flatMap(support));
  const costs = ids.map(cost);
  const { low, high, nodes, method } = leastCost(
    () => pricedSplit(shared, ids, costs),
    costs,
    limits,
    engines,
  );
  return {
    nodes: nodes === null ? null : nodes.map((index) => ids[index]!),
    cost: low === high ? { kind: "exact", value: low, method } : { kind: "bounds", low, high, method },
  };
}

interface Priced {
  readonly cost: number;
  readonly indices: readonly number[];
}

const nothing: Priced = { cost: 0, indices: [] };
const impossible: Priced = { cost: Infinity, indices: [] };

function cheapestOf(part: Part, costs: readonly number[]): Priced {
  switch (part.t) {
    case "const":
      return part.v ? nothing : impossible;
    case "node":
      return { cost: costs[part.index]!, indices: [part.index] };
    case "thr":
      return part.of
        .map((child) => cheapestOf(child, costs))
        .sort((a, b) => a.cost - b.cost)
        .slice(0, part.k)
        .reduce(together, nothing);
    case "core":
      return cheapestPath(
        part,
        part.of.map((child) => cheapestOf(child, costs)),
      );
    case "wthr":
      throw new Error("fault: splitting a weighted gate gives a core");
  }
}

function together(a: Priced, b: Priced): Priced {
  return { cost: a.cost + b.cost, indices: [...a.indices, ...b.indices] };
}

function cheapestPath({ diagram, root }: Extract<Part, { t: "core" }>, children: readonly Priced[]): Priced {
  const done = new Map<number, Priced>([
    [no, impossible],
    [yes, nothing],
  ]);
  const visit = (node: number): Priced => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const without = visit(diagram.low(node));
    const below = visit(diagram.high(node));
    const child = children[diagram.level(node)]!;
    const made = below.cost + child.cost < without.cost ? together(below, child) : without;
    done.set(node, made);
    return made;
  };
  return visit(root);
}
