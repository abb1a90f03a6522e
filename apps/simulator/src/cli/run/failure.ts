import { type RunSize, recordRun, replayText, type Shrunk, shrink, simulate } from "@eunomia/simulation";
import { storyListing } from "../../explorer/story/listing.ts";
import { fileName, writeInto } from "../output.ts";
import { Progress } from "../progress.ts";
import { runStory } from "../replay/run-story.ts";
import { partsOf } from "../systems.ts";
import type { RunJob, RunRecipe } from "./job.ts";

/** A failure made small, as a replay file and in words. */
export interface KeptFailure {
  readonly file: string;
  readonly listing: string;
  readonly before: RunSize;
  readonly after: RunSize;
  readonly replays: number;
}

/** Steps of a listing that are shown; a shrunk run is rarely longer. */
const shownSteps = 60;

/** Shrinks a failing run and writes it down. Null: it does not fail when it is run again, which is a fault of its own. */
export async function keepFailure(
  job: RunJob,
  recipe: RunRecipe,
  options: {
    readonly engines: string;
    readonly out: string;
    readonly replays: number;
    readonly quiet: boolean;
  },
): Promise<KeptFailure | null> {
  const plan = { ...partsOf(job.system, job.mutant), ...recipe };
  const result = await simulate(plan);
  if (result.outcome.kind === "ok") return null;
  const progress = new Progress({ total: options.replays, unit: "replays", quiet: options.quiet });
  let shrunk: Shrunk;
  try {
    shrunk = await shrink(plan, result, {
      replays: options.replays,
      onProgress: (replays, { steps, faults, requests }) =>
        progress.update(replays, `${steps} steps, ${faults} faults, ${requests} requests`),
    });
  } finally {
    progress.stop();
  }
  const recorded = await recordRun(shrunk.plan, {
    engines: options.engines,
    node: process.version,
    shrunk: true,
    ...(job.mutant === null ? {} : { mutant: job.mutant }),
  });
  const text = replayText(recorded);
  const name = `${fileName(job.system, job.seed, ...(job.mutant === null ? [] : [job.mutant]))}.jsonl`;
  const file = writeInto(options.out, name, text);
  const story = await runStory(shrunk.plan, { engines: options.engines, mutant: job.mutant });
  return {
    file,
    listing: storyListing({ ...story, steps: story.steps.slice(-shownSteps) }),
    before: shrunk.before,
    after: shrunk.after,
    replays: shrunk.replays,
  };
}
