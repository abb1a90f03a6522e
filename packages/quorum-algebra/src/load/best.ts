import type { Limits, Method, Unknown } from "../answers.ts";
import type { Engines, LpSolver } from "../engines.ts";
import type { Expr } from "../expressions/expr.ts";
import { type Column, generateColumns } from "./columns.ts";
import { compactProgram } from "./compact.ts";
import { solveWithPrices } from "./dual.ts";
import { type Effort, effortsOf } from "./effort.ts";
import { isPromising, withoutSolver } from "./free.ts";
import { certificatesOf, judge, type LoadPlan, pairedStrategies } from "./judge.ts";
import { isCountingTree, type Pricing, pricingOf } from "./pricing.ts";
import { type LoadQuestion, type Problem, problemOf, type Side } from "./question.ts";
import { toNumber } from "./rational.ts";
import { type Choice, setChoice } from "./strategy.ts";
import { apportion, treeChoice, unitsFor } from "./units.ts";

/** The best strategy with its proof, or what is known instead. */
export type LoadAnswer =
  | LoadPlan
  /** There is no quorum (that outlasts so many failures), or, as the solver says, the limits exclude each other. */
  | { readonly kind: "impossible"; readonly method: Method }
  | { readonly kind: "unknown"; readonly reason: Unknown };

/**
 * The best strategy of a read-write system. Trees in which every node occurs once go to the solver as one small program, without
 * any quorum being listed; all others by column generation. Answers of solvers are rounded to whole units and measured exactly, and so
 * is the bound below which no strategy can go. Without a solver, symmetric systems, reads alone and writes alone are answered
 * exactly, other trees with bounds.
 *
 * @example
 * const plan = bestStrategy({ reads: parse("a & b & c | d & e & f"), readFraction: 0.75 }, { lp });
 * // value 11/24
 * @throws QuorumError `quantity`, `empty`, `limit`, or as `normalize`.
 */
export function bestStrategy(question: LoadQuestion, engines: Engines = {}, limits: Limits = {}): LoadAnswer {
  const problem = problemOf(question);
  const effort = effortsOf(limits);
  const pricings: Pricing[] = [];
  const start: (readonly number[])[] = [];
  for (const side of problem.sides) {
    const pricing = pricingOf(problem, side, effort());
    if (pricing === null) return { kind: "unknown", reason: "limit" };
    const first = pricing(
      problem.universe.ids.map(() => 1n),
      problem.levels.map(() => 0n),
      effort(),
    );
    if (first === null) return { kind: "impossible", method: `no ${side.name}` };
    pricings.push(pricing);
    start.push(first.nodes);
  }
  const free =
    engines.lp === undefined || isPromising(problem) ? withoutSolver(problem, pricings, effort) : null;
  if (free?.kind === "exact") return withinOwnLimit(problem, free);
  if (engines.lp === undefined)
    return free === null ? { kind: "unknown", reason: "noEngine" } : withinOwnLimit(problem, free);
  const solved =
    problem.failures === 0 && problem.sides.every(isCountingTree)
      ? byCompactProgram(problem, pricings, engines.lp, effort)
      : byColumns(problem, pricings, engines.lp, start, effort);
  return withinOwnLimit(problem, solved.kind === "unknown" && free !== null ? free : solved);
}

/** A limit of what is minimised needs no program: the minimum keeps to it or nothing does. */
function withinOwnLimit({ objective, atMost }: Problem, answer: LoadAnswer): LoadAnswer {
  const limit = atMost[objective];
  if (limit === null || !("strategy" in answer) || answer.value <= toNumber(limit) * (1 + 1e-9))
    return answer;
  if (answer.low > toNumber(limit)) return { kind: "impossible", method: answer.method };
  return { kind: "unknown", reason: "limit" };
}

function byCompactProgram(
  problem: Problem,
  pricings: readonly Pricing[],
  lp: LpSolver,
  effort: () => Effort,
): LoadAnswer {
  const method = "compact program";
  const { program, uses } = compactProgram(problem);
  const { status, x, dual } = solveWithPrices(lp, program.build("objective"));
  if (status === "infeasible") return { kind: "impossible", method };
  if (status !== "optimal") return { kind: "unknown", reason: "limit" };
  const units = unitsFor(x.slice(problem.shares.length));
  const { weights, measures } = program.prices(dual, "objective");
  const choices = problem.sides.map((side, s) =>
    units.map((unit) => levelsChoice(problem, side, unit, (level, vertex) => uses[s]!(x, level, vertex))),
  );
  return (
    judge(
      problem,
      pricings,
      method,
      pairedStrategies(problem, choices),
      certificatesOf(problem, weights, measures),
      effort,
    ) ?? { kind: "unknown", reason: "limit" }
  );
}

/** One way per latency level. */
function levelsChoice(
  problem: Problem,
  side: Side,
  unit: number,
  use: (level: number, vertex: Expr) => number,
): Choice {
  const levels = [...problem.levels.keys()];
  const owns = apportion(
    levels.map((level) => use(level, side.expr) * unit),
    unit,
    unit,
  );
  return {
    use: unit,
    of: levels.map((level) =>
      treeChoice(side.expr, owns[level]!, (gate) => gate.of.map((child) => use(level, child) * unit)),
    ),
  };
}

function byColumns(
  problem: Problem,
  pricings: readonly Pricing[],
  lp: LpSolver,
  start: readonly (readonly number[])[],
  effort: (most?: number) => Effort,
): LoadAnswer {
  const method = "column generation";
  const { status, columns, prices } = generateColumns(problem, lp, pricings, start, effort);
  if (status === "infeasible") return { kind: "impossible", method };
  if (prices === null) return { kind: "unknown", reason: "limit" };
  const choices = columns.map((side) => setsChoices(problem, side));
  return (
    judge(
      problem,
      pricings,
      method,
      pairedStrategies(problem, choices),
      certificatesOf(problem, prices.weights, prices.measures),
      effort,
    ) ?? { kind: "unknown", reason: "limit" }
  );
}

/** One way per set, in each of the units to try. */
function setsChoices({ universe }: Problem, columns: readonly Column[]): readonly Choice[] {
  return unitsFor(columns.map(({ use }) => use)).map((unit) => {
    const owns = apportion(
      columns.map(({ use }) => use * unit),
      unit,
      unit,
    );
    const ways = columns.map(({ nodes }, i) =>
      setChoice(
        owns[i]!,
        nodes.map((v) => universe.ids[v]!),
      ),
    );
    return { use: unit, of: ways.filter((way) => way.use > 0) };
  });
}
