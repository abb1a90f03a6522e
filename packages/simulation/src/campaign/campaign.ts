import { refuse } from "../errors.ts";
import { checkPlan, mustBeFunction, mustCount, onlyKeys } from "../plan-checks.ts";
import type { RunPlan } from "../run-types.ts";
import { simulate } from "../simulate.ts";
import type { RunResult } from "../types.ts";
import { Corpus } from "./corpus.ts";
import { Coverage } from "./coverage.ts";

/** Many runs of one system. */
export interface CampaignOptions<C> {
  /** What all runs share; the seed of each follows from `seed` here and its number. */
  readonly plan: RunPlan<C>;
  readonly runs: number;
  /** Every other run is made of earlier ones that reached something new. Default true. */
  readonly feedback?: boolean;
  /** Stop after so many runs that are not ok. Default 1. */
  readonly failuresMax?: number;
  /** One run in so many is run twice and compared. Default 50; 0: none. */
  readonly twiceEvery?: number;
  /** After each run; true: stop. */
  onRun?(run: number, result: RunResult, coverage: number): boolean;
}

/** A run that is not ok. */
export interface Failure<C> {
  readonly plan: RunPlan<C>;
  readonly result: RunResult;
}

/** What many runs add up to. */
export interface CampaignReport<C> {
  readonly runs: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly failures: readonly Failure<C>[];
  readonly counts: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, number>>;
  readonly fired: Readonly<Record<string, number>>;
  /** How many different things were reached, and by how many runs that something was reached for the first time. */
  readonly coverage: number;
  readonly kept: number;
}

/**
 * Runs one seed after the other, and with feedback runs that are made of those which reached something new.
 *
 * @throws SimulationError as `simulate`, and `bad-option` for options that cannot be.
 * @example
 * const { failures, counts } = await campaign({ plan: { system, seed: "night" }, runs: 1000 });
 */
export async function campaign<C>(options: CampaignOptions<C>): Promise<CampaignReport<C>> {
  checkOptions(options);
  const { plan, feedback = true, failuresMax = 1, twiceEvery = 50 } = options;
  const coverage = new Coverage();
  const corpus = new Corpus<C>();
  const failures: Failure<C>[] = [];
  const sums = {
    counts: new Map<string, number>(),
    marks: new Map<string, number>(),
    fired: new Map<string, number>(),
  };
  let runs = 0;
  let steps = 0;
  let virtualMs = 0;
  let kept = 0;
  while (runs < options.runs && failures.length < failuresMax) {
    const seed = `${plan.seed}-${runs}`;
    const made = feedback && runs % 2 === 1 ? corpus.next(seed) : null;
    const mine: RunPlan<C> = made ?? { ...plan, seed };
    const before = coverage.size;
    const result = await simulate(mine, { coverage });
    if (coverage.size > before && result.outcome.kind === "ok") {
      kept += 1;
      if (feedback) corpus.keep(mine, result);
    }
    const differs = twiceEvery > 0 && runs % twiceEvery === 0 ? await otherwise(mine, result) : null;
    if (differs !== null || result.outcome.kind !== "ok")
      failures.push({ plan: mine, result: differs ?? result });
    runs += 1;
    steps += result.steps;
    virtualMs += result.virtualMs;
    for (const name of ["counts", "marks", "fired"] as const)
      for (const [what, count] of Object.entries(result[name]))
        sums[name].set(what, (sums[name].get(what) ?? 0) + count);
    if (options.onRun?.(runs, result, coverage.size) === true) break;
  }
  return {
    runs,
    steps,
    virtualMs,
    failures,
    counts: Object.fromEntries(sums.counts),
    marks: Object.fromEntries(sums.marks),
    fired: Object.fromEntries(sums.fired),
    coverage: coverage.size,
    kept,
  };
}

function checkOptions<C>(options: CampaignOptions<C>): void {
  onlyKeys("options", options, ["plan", "runs", "feedback", "failuresMax", "twiceEvery", "onRun"]);
  const { plan, runs, feedback = true, failuresMax = 1, twiceEvery = 0, onRun } = options;
  checkPlan(plan);
  mustCount("runs", runs, 1);
  mustCount("failuresMax", failuresMax, 1);
  mustCount("twiceEvery", twiceEvery, 0);
  if (typeof feedback !== "boolean") refuse(`"feedback" expected true or false, got ${String(feedback)}`);
  if (onRun !== undefined) mustBeFunction("onRun", onRun);
}

/** The same plan once more: a result that says so if it went another way, error path included. */
async function otherwise<C>(plan: RunPlan<C>, first: RunResult): Promise<RunResult | null> {
  const second = await simulate(plan);
  const same =
    first.digest === second.digest &&
    first.steps === second.steps &&
    JSON.stringify([first.outcome, first.counts, first.marks]) ===
      JSON.stringify([second.outcome, second.counts, second.marks]);
  if (same) return null;
  return {
    ...second,
    outcome: {
      kind: "violated",
      property: "a run is a function of its plan",
      detail: `digest ${first.digest} after ${first.steps} steps, then ${second.digest} after ${second.steps}`,
      atMs: second.virtualMs,
    },
  };
}
