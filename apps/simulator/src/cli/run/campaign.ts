import { runPool, WorkerLost } from "../pool.ts";
import { Progress } from "../progress.ts";
import { adversaryAt } from "./byzantine.ts";
import type { RunJob, RunSummary } from "./job.ts";
import { type CampaignState, writeCampaign } from "./state.ts";
import { addRun, type FailedRun } from "./totals.ts";

/** When a campaign ends, and what it does besides running. */
export interface CampaignOptions {
  /** Runs in all; null: no such end. */
  readonly count: number | null;
  readonly seconds: number | null;
  /** So many runs are made of each system, however long they take: a slow machine must not prove nothing. */
  readonly least: number;
  readonly workers: number;
  /** Where the state is kept; null: nowhere. */
  readonly folder: string | null;
  /** One run in so many is made twice and compared; 0: none. */
  readonly twiceEvery: number;
  /** Are half of the runs made of earlier ones that reached something new? */
  readonly feedback: boolean;
  readonly keepGoing: boolean;
  readonly quiet: boolean;
}

/** No run takes longer than this: its steps are bounded, so it hangs. */
const patienceSeconds = 600;
const saveEveryMs = 15_000;

/** The n-th run of a campaign. */
function jobAt(
  state: CampaignState,
  n: number,
  { twiceEvery, feedback }: Pick<CampaignOptions, "twiceEvery" | "feedback">,
): RunJob {
  const { systems, seed, profile, mutant, byzantine, virtualMs, maxSteps } = state;
  const round = Math.floor(n / systems.length);
  const system = systems[n % systems.length]!;
  return {
    system,
    seed: `${seed}-${round}`,
    profile,
    mutant,
    adversary: byzantine === null ? null : adversaryAt(byzantine, system, round),
    virtualMs,
    maxSteps,
    twice: twiceEvery > 0 && n % twiceEvery === 0,
    // Pairs of rounds, since swarm runs alternate between safety and liveness.
    feedback: feedback && round % 4 >= 2,
  };
}

/** Runs until an end is reached; the state grows. Answers the run that hung or died, if one did. */
export async function runCampaign(state: CampaignState, options: CampaignOptions): Promise<FailedRun | null> {
  const { count, seconds, least, workers, folder, keepGoing, quiet } = options;
  const progress = new Progress({
    total: count ?? Math.round(seconds ?? 0),
    unit: count === null ? "s" : "runs",
    quiet,
  });
  const features = new Set(state.features);
  const save = (): void => {
    if (folder !== null) writeCampaign(folder, { ...state, features: [...features] });
  };
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let next = state.done;
  let savedAt = started;
  try {
    await runPool<RunJob, RunSummary>({
      kind: "run",
      setup: null,
      workers,
      patienceSeconds,
      next: () =>
        (count !== null && next >= count) ||
        (seconds !== null && elapsed() >= seconds && next >= least * state.systems.length)
          ? null
          : jobAt(state, next++, options),
      done(job, summary) {
        const before = features.size;
        for (const feature of summary.features) features.add(feature);
        addRun(state.totals, job, summary, features.size - before);
        state.done += 1;
        if (performance.now() - savedAt > saveEveryMs) {
          savedAt = performance.now();
          save();
        }
        const steps = Object.values(state.totals.systems).reduce((sum, each) => sum + each.steps, 0);
        progress.update(
          count === null ? Math.round(elapsed()) : state.done,
          `${state.done} runs, ${steps.toLocaleString("en")} steps, ${features.size.toLocaleString("en")} things reached, ${state.totals.failures.length} failures`,
        );
        return state.totals.failures.length > 0 && !keepGoing;
      },
    });
    return null;
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error;
    return { job: error.job as RunJob, property: "the run ends", detail: error.message, recipe: null };
  } finally {
    progress.stop();
    save();
  }
}
