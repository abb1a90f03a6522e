import { refuse } from "../errors.ts";
import { checkPlan, mustBeFunction, mustCount, onlyKeys } from "../plan-checks.ts";
import type { RunPlan } from "../run-types.ts";
import type { RunResult } from "../types.ts";
import { Attempts } from "./attempts.ts";
import { shrinkChoices } from "./choice-shrinker.ts";
import { shrinkScript } from "./script-shrinker.ts";
import { type RunSize, sizeOf } from "./size.ts";

/** How a failing run is made smaller. */
export interface ShrinkOptions {
  /** Runs spent on it. Default 200. */
  readonly replays?: number;
  /** Called after every run with the sizes of the smallest one so far. */
  onProgress?(replays: number, size: RunSize): void;
}

/** A failing run, smaller: the same property is violated. */
export interface Shrunk<C = unknown> {
  readonly plan: RunPlan<C>;
  readonly result: RunResult;
  readonly replays: number;
  readonly before: RunSize;
  readonly after: RunSize;
}

/**
 * Makes a failing run smaller. A violation becomes a script of the fewest moves that show it: faults, turns of clients,
 * arrivals of packets and timers that it does not need never happen. A core that gets stuck needs time to show itself: it
 * stays a run of choices, with as few as possible that are not the calmest.
 *
 * @param result of `plan`. If it is ok there is nothing to shrink, and it is the answer.
 * @throws SimulationError as `simulate`, and `bad-option` for options that cannot be.
 * @example
 * const { plan, after } = await shrink(failing, await simulate(failing));
 */
export async function shrink<C>(
  plan: RunPlan<C>,
  result: RunResult,
  options: ShrinkOptions = {},
): Promise<Shrunk<C>> {
  checkPlan(plan);
  onlyKeys("options", options, ["replays", "onProgress"]);
  const { replays: budget = 200, onProgress } = options;
  mustCount("replays", budget, 0);
  if (onProgress !== undefined) mustBeFunction("onProgress", onProgress);
  if (typeof result?.outcome?.kind !== "string")
    refuse(`"result" expected what "simulate" has answered for the plan, got ${String(result)}`);
  const fixed: RunPlan<C> = {
    ...plan,
    config: result.config as C,
    choices: result.choices,
    drawAfterMs: undefined,
  };
  const attempts = new Attempts(fixed, result, budget, onProgress);
  const { kind } = result.outcome;
  const scripted =
    kind === "violated" && plan.script === undefined && (await shrinkScript(fixed, result, attempts));
  if (kind !== "ok" && !scripted) await shrinkChoices(attempts);
  const { replays, best } = attempts;
  return {
    plan: { ...attempts.plan, choices: best.choices },
    result: best,
    replays,
    before: sizeOf(result),
    after: sizeOf(best),
  };
}
