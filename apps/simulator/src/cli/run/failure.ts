import { type RunSize, recordRun, replayText, type Shrunk, shrink, simulate } from "@eunomia/simulation";
import { stepLine } from "../../explorer/story/tell.ts";
import type { Story } from "../../explorer/story/types.ts";
import { fileName, writeInto } from "../output.ts";
import { Progress } from "../progress.ts";
import { runStory } from "../replay/run-story.ts";
import { partsOf } from "../systems.ts";
import type { RunJob, RunRecipe } from "./job.ts";

/** A failure made small, as a replay file and in words. */
export interface KeptFailure {
  readonly file: string;
  readonly ending: string;
  readonly before: RunSize;
  readonly after: RunSize;
  readonly replays: number;
}

/** So much is shown at once; the replay tells everything. */
const shownSteps = 20;
const shownColumns = 150;

const cut = (line: string): string =>
  line.length > shownColumns ? `${line.slice(0, shownColumns - 1)}…` : line;

/** The last steps of a story, a line each. */
function lastSteps({ steps }: Story): string {
  const shown = steps.slice(-shownSteps);
  const head = shown.length < steps.length ? [`the last ${shown.length} of ${steps.length} steps:`] : [];
  return [
    ...head,
    ...shown.map((step) => cut(`${String(step.index + 1).padStart(5)}  ${stepLine(step)}`)),
  ].join("\n");
}

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
  const more = [job.mutant, job.adversary?.strategy].filter((part) => part != null);
  const name = `${fileName(job.system, job.seed, ...more)}.jsonl`;
  const file = writeInto(options.out, name, text);
  const story = await runStory(shrunk.plan, { engines: options.engines, mutant: job.mutant });
  return {
    file,
    ending: lastSteps(story),
    before: shrunk.before,
    after: shrunk.after,
    replays: shrunk.replays,
  };
}
