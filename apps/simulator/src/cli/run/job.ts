import {
  type AdversaryPlan,
  Corpus,
  Coverage,
  type Outcome,
  type Profile,
  type RunPlan,
  type RunResult,
  Simulation,
  simulate,
  stormProfile,
} from "@eunomia/simulation";
import { partsOf } from "../systems.ts";
import { firstDifference } from "./difference.ts";

/**
 * What the surroundings do. `swarm`: each class of faults on or off by the seed, every other run with a core that is healed in
 * the end. `safety`: every class at once. `liveness`: as swarm, always with a core. `beyond`: more than the protocol claims to
 * bear; only what is still promised is judged.
 */
export const runProfiles = ["swarm", "safety", "liveness", "beyond"] as const;
export type RunProfile = (typeof runProfiles)[number];

/** One run, as plain JSON. */
export interface RunJob {
  readonly system: string;
  readonly seed: string;
  readonly profile: RunProfile;
  /** A mutant to run in the place of its engine; null: none. */
  readonly mutant: string | null;
  /** Who does not keep to the protocol; null: everybody does. */
  readonly adversary: AdversaryPlan | null;
  readonly virtualMs: number;
  readonly maxSteps: number;
  /** Run it a second time and compare the two record by record. */
  readonly twice: boolean;
  /** Make it of earlier runs of the same worker that reached something new, where there are any. */
  readonly feedback: boolean;
}

/** Everything that a run is a function of, beside its system: enough to make it again. Plain JSON. */
export type RunRecipe = Pick<RunPlan, "seed" | "config" | "profile" | "limits" | "wire" | "choices"> & {
  readonly adversary?: AdversaryPlan;
};

/** What became of one run, as plain JSON; features are those that the worker had not seen before. */
export interface RunSummary {
  readonly outcome: Outcome;
  /** What is violated was not promised, since too many nodes lied. */
  readonly excused: boolean;
  /** Was anything promised for so many liars? */
  readonly promised: boolean;
  readonly settled: boolean;
  readonly steps: number;
  readonly virtualMs: number;
  readonly counts: RunResult["counts"];
  readonly marks: RunResult["marks"];
  readonly requests: RunResult["requests"];
  readonly fired: RunResult["fired"];
  readonly features: readonly number[];
  readonly cpuSeconds: number;
  /** How to make the run again; null if nothing is wrong with it. */
  readonly recipe: RunRecipe | null;
}

/** Is this seed one whose core is healed in the end? Swarm runs alternate. */
function isLiveness({ profile, seed }: RunJob): boolean {
  if (profile !== "swarm") return profile === "liveness";
  return Number.parseInt(/(\d)\D*$/.exec(seed)?.[1] ?? "0", 10) % 2 === 1;
}

/** The plan of a job: everything that the run is a function of. */
export function planOf(job: RunJob): RunPlan {
  const mode = isLiveness(job) ? "liveness" : "safety";
  const plan: RunPlan = {
    ...partsOf(job.system, job.mutant),
    seed: job.seed,
    limits: { mode, virtualMs: job.virtualMs, maxSteps: job.maxSteps },
    ...(job.adversary !== null && { adversary: job.adversary }),
  };
  return { ...plan, ...profileOf(job, plan) };
}

function profileOf({ profile }: RunJob, plan: RunPlan): { readonly profile?: Profile } {
  if (profile === "safety") return { profile: stormProfile };
  if (profile !== "beyond") return {};
  return { profile: { ...new Simulation(plan).profile, beyond: true } };
}

/** Runs jobs one after the other; remembers what was reached, so that each summary tells what is new. */
export class Runner {
  readonly #seen = new Coverage();
  /** Runs that reached something new, by system, mutant and adversary. */
  readonly #corpora = new Map<string, Corpus<unknown>>();

  async run(job: RunJob): Promise<RunSummary> {
    const before = process.cpuUsage();
    const corpus = this.#corpusOf(job);
    const plan = (job.feedback ? corpus.next(job.seed) : null) ?? planOf(job);
    const coverage = new Coverage();
    const result = await simulate(plan, { coverage });
    const features = coverage.features().filter((feature) => this.#seen.merge([feature]) > 0);
    const ok = result.outcome.kind === "ok";
    if (ok && features.length > 0) corpus.keep(plan, result);
    const difference = job.twice && ok ? await firstDifference(plan, result) : null;
    const { user, system } = process.cpuUsage(before);
    const { excused, promised, settled, steps, virtualMs, counts, marks, requests, fired } = result;
    return {
      outcome:
        difference === null
          ? result.outcome
          : { kind: "violated", property: "a run is a function of its choices", detail: difference, atMs: 0 },
      excused,
      promised,
      settled,
      steps,
      virtualMs,
      counts,
      marks,
      requests,
      fired,
      features,
      cpuSeconds: (user + system) / 1e6,
      recipe: ok && difference === null ? null : recipeOf(plan, result),
    };
  }

  #corpusOf({ system, mutant, adversary }: RunJob): Corpus<unknown> {
    const key = JSON.stringify([system, mutant, adversary]);
    const corpus = this.#corpora.get(key) ?? new Corpus<unknown>();
    this.#corpora.set(key, corpus);
    return corpus;
  }
}

function recipeOf(
  { seed, limits, adversary }: RunPlan,
  { config, profile, wire, choices }: RunResult,
): RunRecipe {
  return {
    seed,
    config,
    profile,
    wire,
    choices,
    ...(limits === undefined ? {} : { limits }),
    ...(typeof adversary === "object" && { adversary }),
  };
}
