import type { LinearProgram, LpResult, LpSolver } from "../engines.ts";

/** Solves a program so that the answer has the prices of the rows, from a solver that gives them or not. */
export function solveWithPrices(lp: LpSolver, program: LinearProgram): LpResult {
  const result = lp(program);
  if (result.status !== "optimal" || result.dual.length === program.rows.length) return result;
  const { dual, status } = solveDual(lp, program);
  return status === "optimal" ? { ...result, dual } : { ...result, status: "limit" };
}

/**
 * The dual program: a price u for each lower bound of a row, v for each upper bound, w for each upper bound of a variable; maximise
 * lo u - hi v - upper w such that no variable is worth more than it costs. The price of a row is u - v.
 */
function solveDual(lp: LpSolver, { min, rows, upper }: LinearProgram): Pick<LpResult, "dual" | "status"> {
  const cost: number[] = [];
  const columns: [number, number][][] = min.map(() => []);
  const owners: { readonly row: number; readonly sign: number }[] = [];
  const price = (row: number, sign: number, bound: number): void => {
    if (!Number.isFinite(bound)) return;
    for (const [variable, coefficient] of rows[row]!.a)
      columns[variable]!.push([cost.length, sign * coefficient]);
    owners.push({ row, sign });
    cost.push(-sign * bound);
  };
  rows.forEach(({ lo, hi }, row) => {
    price(row, 1, lo);
    price(row, -1, hi);
  });
  for (const [variable, bound] of upper ?? []) {
    if (bound === Infinity) continue;
    columns[variable]!.push([cost.length, -1]);
    cost.push(bound);
  }
  const { status, x } = lp({
    min: cost,
    rows: columns.map((a, variable) => ({ a, lo: -Infinity, hi: min[variable]! })),
  });
  const dual = new Array<number>(rows.length).fill(0);
  if (status === "optimal")
    owners.forEach(({ row, sign }, i) => {
      dual[row]! += sign * x[i]!;
    });
  return { status, dual };
}
