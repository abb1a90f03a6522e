import type { LinearProgram, LpResult, LpSolver } from "../engines.ts";

/** What the adapter uses of the loaded module `highs` (1.15.3 or later). */
export interface Highs {
  readonly infinity: number;
  createModel(): HighsModel;
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

/** An instance of the solver, with one program at a time. */
export interface HighsModel {
  readonly options: { set(name: string, value: boolean | number | string): unknown };
  passModel(program: HighsModelData): unknown;
  run(): { readonly modelStatus: number };
  getObjectiveValue(): number;
  getSolution(): { readonly colValue: Float64Array; readonly rowDual: Float64Array };
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
 * HiGHS as WASM, for programs of any size, with duals. Loading is the caller's, since it waits. One instance of the solver is
 * kept for all programs: making it costs ten times as much as a small program does.
 *
 * @example
 * import loadHighs from "highs";
 * const engines = { lp: highsSolver(await loadHighs()) };
 */
export function highsSolver(highs: Highs): LpSolver {
  const model = highs.createModel();
  model.options.set("output_flag", false);
  model.options.set("primal_feasibility_tolerance", tolerance);
  model.options.set("dual_feasibility_tolerance", tolerance);
  model.options.set("mip_rel_gap", 0);
  return (program) => {
    model.passModel(modelData(highs, program));
    const status = statuses.get(model.run().modelStatus) ?? "limit";
    if (status !== "optimal") return { status, x: [], dual: [], value: Number.NaN };
    const { colValue, rowDual } = model.getSolution();
    const whole = program.integer !== undefined && program.integer.length > 0;
    return { status, x: [...colValue], dual: whole ? [] : [...rowDual], value: model.getObjectiveValue() };
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
