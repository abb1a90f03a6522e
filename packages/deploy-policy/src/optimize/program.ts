import type { LinearProgram, LpSolver } from "@eunomia/quorum-algebra";
import { PolicyError } from "../errors.ts";
import { type Choices, over, type Solution, taken, totalCost } from "./search.ts";

/** As `bestTwo`, by a solver of integer programs: for more flows than a search goes through. */
export function bestTwoBySolver(choices: Choices, lp: LpSolver): readonly Solution[] {
  const best = solve(choices, lp, []);
  if (best === null) return [];
  const next = solve(choices, lp, [best]);
  return next === null ? [best] : [best, next];
}

type Row = LinearProgram["rows"][number];

/** `cut`: solutions that are not wanted again. */
function solve(choices: Choices, lp: LpSolver, cut: readonly Solution[]): Solution | null {
  const { flows, fixed, limits } = choices;
  const options = flows.flat();
  const columns = new Map(options.map((option, at) => [option, at]));
  const facilities = [...new Set(options.flatMap(({ facility }) => facility ?? []))];
  const opening = (facility: string): number => options.length + facilities.indexOf(facility);
  const rows: Row[] = [
    ...flows.map((own) => ({ a: own.map((option) => [columns.get(option)!, 1] as const), lo: 1, hi: 1 })),
    ...options.flatMap(({ facility }, at) =>
      facility === null
        ? []
        : [{ a: [[at, 1] as const, [opening(facility), -1] as const], lo: Number.NEGATIVE_INFINITY, hi: 0 }],
    ),
    ...limits.map((limit) => ({
      // Shares of the limit: sums of bytes next to ones and zeros would lose the solver its precision.
      a: options.map((option, at) => [at, taken(limit, option) / Math.max(1, limit.most)] as const),
      lo: Number.NEGATIVE_INFINITY,
      hi: limit.most / Math.max(1, limit.most),
    })),
    ...cut.map((solution) => ({
      a: solution.options.map((option) => [columns.get(option)!, 1] as const),
      lo: Number.NEGATIVE_INFINITY,
      hi: flows.length - 1,
    })),
  ];
  const min = [...options.map(({ cost }) => cost), ...facilities.map((facility) => fixed[facility]!)];
  const every = min.map((_, at) => at);
  const { status, x } = lp({ min, rows, upper: new Map(every.map((at) => [at, 1])), integer: every });
  if (status === "infeasible") return null;
  if (status !== "optimal") throw new PolicyError("limit", "engines.lp", "an optimal solution", status);
  const chosen = flows.map((own) => own.find((option) => x[columns.get(option)!]! > 0.5));
  const whole = chosen.filter((option) => option !== undefined);
  const fits = limits.every(
    (limit) =>
      !over(
        whole.reduce((sum, option) => sum + taken(limit, option), 0),
        limit,
      ),
  );
  if (whole.length < flows.length || !fits)
    throw new PolicyError("limit", "engines.lp", "a solution that keeps all limits", status);
  return { options: whole, cost: totalCost(whole, fixed) };
}
