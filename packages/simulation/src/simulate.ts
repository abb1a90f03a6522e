import type { RunEyes, RunPlan } from "./run-types.ts";
import { Simulation } from "./simulation.ts";
import type { RunResult } from "./types.ts";

/** Promises may have to wait for others: so often in a row they get their turn after one event. */
const turnsOfPromises = 4;

/**
 * One whole run. The same plan gives the same result, record by record.
 *
 * @throws SimulationError when the plan or its system cannot be run, or something of the caller fails that no watch, client or
 * node is to blame for. Always as a rejection.
 * @example
 * const { outcome, steps } = await simulate({ system, seed: "1" });
 */
export async function simulate<C>(plan: RunPlan<C>, eyes: RunEyes = {}): Promise<RunResult> {
  return finishRun(new Simulation(plan, eyes), plan.system.promises === true);
}

/** Takes a run to its end. */
export async function finishRun<C>(simulation: Simulation<C>, promises: boolean): Promise<RunResult> {
  if (!promises) while (simulation.turn());
  else {
    while (simulation.turn()) {
      do for (let turn = 0; turn < turnsOfPromises; turn += 1) await null;
      while (simulation.settle());
    }
  }
  return simulation.result();
}
