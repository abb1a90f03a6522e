import type { LinearProgram, LpResult, LpSolver } from "../engines.ts";

/** What the adapter uses of the loaded module `highs` (1.15.3 or later). */
export interface Highs {
  readonly infinity: number;
  createModel(source: HighsModelData): HighsModel;
}

/** One program by rows. The coefficients pass as doubles, so nothing is rounded as it would be in a text. */
export interface HighsModelData {
  readonly numCols: number;
  readonly numRows: number;
  readonly colCost: readonly number[];
  readonly colLower: Float64Array;
  readonly colUpper: Float64Array;
  readonly rowLower: readonly number[];
  readonly rowUpper: readonly number[];
  readonly matrix: {
    readonly format: "csr";
    readonly numRows: number;
    readonly numCols: number;
    readonly starts: Int32Array;
    readonly indices: Int32Array;
    readonly values: Float64Array;
  };
  readonly integrality?: Int32Array;
}

/** A program that the solver holds until `dispose`. */
export interface HighsModel {
  readonly options: { set(name: string, value: boolean | number | string): unknown };
  run(): { readonly modelStatus: number };
  getObjectiveValue(): number;
  getSolution(): { readonly colValue: Float64Array; readonly rowDual: Float64Array };
  dispose(): void;
}

const statuses: ReadonlyMap<number, LpResult["status"]> = new Map([
  [6, "optimal"],
  [7, "optimal"],
  [8, "infeasible"],
  [10, "unbounded"],
]);

/** Tighter than the solver's own 1e-7: answers are checked exactly, and the gap that is found is the user's. */
const tolerance = 1e-9;

/**
 * HiGHS as WASM, for programs of any size, with duals. Loading is the caller's, since it waits.
 *
 * @example
 * import loadHighs from "highs";
 * const engines = { lp: highsSolver(await loadHighs()) };
 */
export function highsSolver(highs: Highs): LpSolver {
  return (program) => {
    const model = highs.createModel(modelData(highs, program));
    try {
      model.options.set("output_flag", false);
      model.options.set("primal_feasibility_tolerance", tolerance);
      model.options.set("dual_feasibility_tolerance", tolerance);
      const whole = program.integer !== undefined && program.integer.length > 0;
      if (whole) model.options.set("mip_rel_gap", 0);
      const status = statuses.get(model.run().modelStatus) ?? "limit";
      if (status !== "optimal") return { status, x: [], dual: [], value: Number.NaN };
      const { colValue, rowDual } = model.getSolution();
      return {
        status,
        x: [...colValue],
        dual: whole ? [] : [...rowDual],
        value: model.getObjectiveValue(),
      };
    } finally {
      model.dispose();
    }
  };
}

function modelData({ infinity }: Highs, { min, rows, upper, integer }: LinearProgram): HighsModelData {
  const numCols = min.length;
  const entries = rows.reduce((sum, { a }) => sum + a.length, 0);
  const starts = new Int32Array(rows.length + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  let at = 0;
  rows.forEach(({ a }, row) => {
    for (const [variable, coefficient] of a) {
      indices[at] = variable;
      values[at++] = coefficient;
    }
    starts[row + 1] = at;
  });
  const colUpper = new Float64Array(numCols).fill(infinity);
  for (const [variable, bound] of upper ?? []) colUpper[variable] = bound;
  const data: HighsModelData = {
    numCols,
    numRows: rows.length,
    colCost: min,
    colLower: new Float64Array(numCols),
    colUpper,
    rowLower: rows.map(({ lo }) => lo),
    rowUpper: rows.map(({ hi }) => hi),
    matrix: { format: "csr", numRows: rows.length, numCols, starts, indices, values },
  };
  if (integer === undefined || integer.length === 0) return data;
  const integrality = new Int32Array(numCols);
  for (const variable of integer) integrality[variable] = 1;
  return { ...data, integrality };
}
