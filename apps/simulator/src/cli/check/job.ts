import { getHeapStatistics } from "node:v8";
import {
  type CheckOptions,
  check,
  configurationSymmetry,
  eagerSteps,
  inertMessages,
  type Mode,
  type Model,
  quorumTransitions,
  type Reduction,
  type Report,
} from "@eunomia/checker";
import { checkInWorkers, type LoadedModel } from "@eunomia/checker/node";
import { storyListing } from "../../explorer/story/listing.ts";
import { stepLine } from "../../explorer/story/tell.ts";
import type { Tree } from "../../explorer/story/types.ts";
import { ModelGround } from "../../explorer/worker/model-ground.ts";
import { writeModelFile } from "../../replay/model-file.ts";
import { modelOf } from "../models.ts";
import { fromSources } from "../place.ts";
import { refuse } from "../refusal.ts";

/** Ways to visit fewer states, by name. */
export const reductions: Readonly<Record<string, Reduction>> = {
  inert: inertMessages,
  symmetry: configurationSymmetry(),
  quorum: quorumTransitions,
  eager: eagerSteps,
};

/** One model to be checked, as plain JSON. */
export interface CheckJob {
  readonly model: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly mutant: string | null;
  readonly mode: Mode;
  readonly memory: number;
  /** Null: no such end. */
  readonly states: number | null;
  readonly depth: number | null;
  readonly walks: { readonly count: number; readonly steps: number; readonly seed: number } | null;
  readonly reductions: readonly string[];
  /** More than one: they search together, breadth first. */
  readonly threads: number;
  /** A folder for checkpoints; null: none are written. */
  readonly checkpoint: string | null;
  /** Checkpoints are written between levels, not more often than this. */
  readonly everyMs: number;
  /** Go on from the checkpoint. */
  readonly resume: boolean;
  readonly engines: string;
}

/** What a thread has to know of a job to make its model. */
type ThreadParams = Pick<CheckJob, "model" | "params" | "mutant" | "reductions">;

const modelOfJob = ({ model, params, mutant }: ThreadParams): Model =>
  modelOf({ scope: model, params, ...(mutant === null ? {} : { mutant }) });

/** @throws Refusal with the names there are */
export const reductionsOf = (names: readonly string[]): readonly Reduction[] =>
  names.map(
    (name) =>
      reductions[name] ??
      refuse(
        "unknown-reduction",
        `there is no reduction "${name}"`,
        `choose among ${Object.keys(reductions).join(", ")}`,
      ),
  );

/** What threads of the checker load by name. */
export const loadedModel = (params: ThreadParams): LoadedModel => ({
  model: modelOfJob(params),
  reductions: reductionsOf(params.reductions),
});

/** What was found, as plain JSON. */
export interface CheckAnswer {
  readonly report: Report;
  /** The counterexample as a replay file, and in words. */
  readonly replay: string | null;
  readonly listing: string | null;
}

/** Processor time: what a search costs, whoever else uses the machine. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function optionsOf(job: CheckJob, progress: CheckOptions["progress"]): CheckOptions {
  const { mode, memory, states, depth, walks } = job;
  return {
    mode,
    memory,
    ...(states === null ? {} : { states }),
    ...(depth === null ? {} : { depth }),
    ...(walks === null ? {} : { walks }),
    reductions: reductionsOf(job.reductions),
    now: cpuMs,
    ...(progress === undefined ? {} : { progress }),
  };
}

/** This module, or the program that it was built into: what threads load the model from. */
const module = import.meta.url;

/** How threads come to understand TypeScript: what was given to this process reaches its main thread only. */
function threadArgv(): readonly string[] | null {
  if (!fromSources) return null;
  const register = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
  return ["--import", `data:text/javascript,${encodeURIComponent(register)}`, "--conditions=@eunomia/source"];
}

async function inThreads(job: CheckJob, progress: CheckOptions["progress"]): Promise<Report> {
  const { model, params, mutant, reductions: names, threads, memory, states, depth, mode } = job;
  if (mode !== "bfs")
    refuse(
      "other-mode",
      `threads and checkpoints are for breadth-first search, not for ${mode}`,
      "leave them out",
    );
  const checkpoint =
    job.checkpoint === null
      ? null
      : { folder: job.checkpoint, engineHash: job.engines, everyMs: job.everyMs };
  const source = {
    module,
    export: "loadedModel",
    params: { model, params, mutant, reductions: names },
  };
  const execArgv = threadArgv();
  return await checkInWorkers(source, {
    ...(execArgv === null ? {} : { execArgv }),
    workers: threads,
    memory,
    ...(states === null ? {} : { states }),
    ...(depth === null ? {} : { depth }),
    ...(progress === undefined ? {} : { progress }),
    ...(checkpoint === null ? {} : { checkpoint }),
    ...(checkpoint !== null && job.resume ? { resume: checkpoint } : {}),
  });
}

/**
 * Why a search has to stop before its process has no heap left, which V8 ends without a report; undefined: it may go on. What
 * is kept of single processes lies there, states and tables beside it.
 */
export function fullHeap(used: number, limit: number): string | undefined {
  if (used < 0.8 * limit) return undefined;
  const megabytes = Math.round(limit / 2 ** 20);
  return `memory: the heap of ${megabytes} MiB is nearly full; NODE_OPTIONS=--max-old-space-size=${2 * megabytes} gives more`;
}

/** Checks one model; a counterexample is followed step by step to the state that violates. */
export async function checkModel(job: CheckJob, progress?: CheckOptions["progress"]): Promise<CheckAnswer> {
  const make = (): Model => modelOfJob(job);
  const shared = job.threads > 1 || job.checkpoint !== null;
  const watch: CheckOptions["progress"] = (now) => {
    const heap = getHeapStatistics();
    return progress?.(now) || fullHeap(heap.used_heap_size, heap.heap_size_limit);
  };
  const report = shared ? await inThreads(job, watch) : check(make(), optionsOf(job, watch));
  const { counterexample } = report;
  if (counterexample === null) return { report, replay: null, listing: null };
  const ground = new ModelGround(make(), {
    kind: "model",
    name: job.model,
    params: job.params as Tree,
    engines: job.engines,
    seed: null,
  });
  ground.followLabels(counterexample.steps);
  const story = ground.story();
  const replay = writeModelFile({
    engines: job.engines,
    node: process.version,
    model: job.model,
    params: job.params,
    mutant: job.mutant,
    turns: story.origin.path.map((turn, at) => ({ ...turn, says: stepLine(story.steps[at]!) })),
    property: counterexample.property,
    detail: counterexample.detail,
  });
  return { report, replay, listing: storyListing(story) };
}
