import type { LinearProgram, LpResult, LpSolver } from "../engines.ts";

/** What the adapter uses of the module `yalps` (0.6.4 or later). */
export interface Yalps {
  solve(
    model: YalpsModel,
    options: YalpsOptions,
  ): {
    readonly status: "optimal" | "infeasible" | "unbounded" | "timedout" | "cycled";
    readonly result: number;
    readonly variables: [number, number][];
  };
}

/** One program by columns. Row -1 is the objective. */
export interface YalpsModel {
  readonly direction: "minimize";
  readonly objective: number;
  readonly constraints: Iterable<readonly [number, { readonly min?: number; readonly max?: number }]>;
  readonly variables: Iterable<readonly [number, Iterable<readonly [number, number]>]>;
  readonly integers: Iterable<number>;
}

/** `precision`: what counts as zero. */
export interface YalpsOptions {
  readonly precision: number;
  readonly maxPivots: number;
}

const objective = -1;

/**
 * YALPS in plain JavaScript, for programs of up to about a hundred variables. It gives no duals: who needs them has the dual
 * program solved.
 *
 * @example
 * import * as yalps from "yalps";
 * const engines = { lp: yalpsSolver(yalps) };
 */
export function yalpsSolver(yalps: Yalps): LpSolver {
  return (program) => {
    const { status, result, variables } = yalps.solve(model(program), { precision: 1e-9, maxPivots: 50_000 });
    if (status === "timedout" || status === "cycled") return failed("limit");
    if (status !== "optimal") return failed(status);
    const x = new Array<number>(program.min.length).fill(0);
    for (const [variable, value] of variables) x[variable] = value;
    return { status, x, dual: [], value: result };
  };
}

function failed(status: LpResult["status"]): LpResult {
  return { status, x: [], dual: [], value: Number.NaN };
}

function model({ min, rows, upper, integer }: LinearProgram): YalpsModel {
  const columns = min.map((cost): [number, number][] => [[objective, cost]]);
  const constraints: [number, { min?: number; max?: number }][] = [];
  const bounded = (lo: number, hi: number): { min?: number; max?: number } => ({
    ...(lo > -Infinity ? { min: lo } : {}),
    ...(hi < Infinity ? { max: hi } : {}),
  });
  rows.forEach(({ a, lo, hi }, row) => {
    constraints.push([row, bounded(lo, hi)]);
    for (const [variable, coefficient] of a) columns[variable]!.push([row, coefficient]);
  });
  for (const [variable, bound] of upper ?? []) {
    if (bound === Infinity) continue;
    columns[variable]!.push([constraints.length, 1]);
    constraints.push([constraints.length, { max: bound }]);
  }
  return {
    direction: "minimize",
    objective,
    constraints,
    variables: columns.map((column, variable) => [variable, column]),
    integers: integer ?? [],
  };
}
