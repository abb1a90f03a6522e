import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import { Cadical, loadCadical } from "cadical-wasm";
import loadHighs from "highs";
import type { Tools } from "../report/tools.ts";

// The types of `highs` describe its CommonJS form: there the function is one step further down.
const load = loadHighs as unknown as () => Promise<Highs>;

/** The solvers of this machine, and its clock. `seconds`: for each question. */
export async function toolsOf(seconds: number): Promise<Tools> {
  const [sat, lp] = await Promise.all([loadCadical(), load()]);
  return {
    engines: { sat: cadicalSolver(Cadical, sat), lp: highsSolver(lp) },
    now: () => performance.now(),
    questionMs: seconds * 1000,
  };
}
