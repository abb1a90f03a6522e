import { Worker } from "node:worker_threads";
import { CheckerError } from "../error.ts";
import { Machine } from "../machine/machine.ts";
import type { ModelSource } from "../model.ts";
import type { Report } from "../report.ts";
import { type CheckOptions, settingsOf } from "../search/options.ts";
import { type Checkpoint, mustBeFree, readCheckpoint } from "./checkpoint.ts";
import { allocate, place, type Shared, stops } from "./shared.ts";
import { type CheckpointOptions, loadModel, type Task, type Word } from "./task.ts";

/** How a search by several workers goes. */
export interface WorkerOptions extends Pick<CheckOptions, "memory" | "states" | "depth" | "progress"> {
  /** Threads; default 1. More pay off above some two million states only. */
  readonly workers?: number;
  /** Arguments for Node in workers; default: those of this process. */
  readonly execArgv?: readonly string[];
  readonly checkpoint?: CheckpointOptions;
  /** A folder with a checkpoint of the same model and engines. */
  readonly resume?: Pick<CheckpointOptions, "folder" | "engineHash">;
}

const workersMax = 64;
/** Threads are for large searches: a small table would be moved soon. */
const tableBits = 22;

/** Beside this file in the sources; bundled, at the top. */
const entry = import.meta.url.endsWith(".ts")
  ? new URL("../worker.ts", import.meta.url)
  : new URL("./worker.js", import.meta.url);

/**
 * Breadth-first search by several threads, with checkpoints. States, verdict and counterexample do not depend on the number of
 * threads. Reductions come with the model: see `LoadedModel`.
 *
 * @throws CheckerError as `check`; with code `checkpoint` for one that does not fit; with code `worker` for a model that does
 * not load.
 * @example
 * const source = { module: import.meta.resolve("./my-models.js"), export: "paxos", params: { acceptors: 5 } };
 * const report = await checkInWorkers(source, { workers: 2, memory: 2 ** 32 });
 */
export async function checkInWorkers(source: ModelSource, options: WorkerOptions = {}): Promise<Report> {
  const { workers = 1, checkpoint = null, resume, execArgv, ...rest } = options;
  const settings = settingsOf(rest);
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > workersMax)
    throw new CheckerError("option", `"workers" expected 1 to ${workersMax}, got ${workers}`);
  if (checkpoint !== null && checkpoint.folder !== resume?.folder) mustBeFree(checkpoint.folder);
  const begun = performance.now();
  const { model, reductions } = await loadModel(source);
  const { width } = new Machine(model, reductions);
  const resumed: Checkpoint | null =
    resume === undefined ? null : readCheckpoint(resume.folder, resume.engineHash, source, width);
  const shared = allocate(workers, width, settings.memory);
  shared.control[place.tableBits] = tableBitsFor(resumed?.progressed.states ?? 0, shared);
  resumed?.load(shared);
  const { states, depth, stopped } = settings;
  let why: string | null = null;
  const task = { source, shared, states, depth, checkpoint, resumed: resumed?.progressed ?? null };
  const report = await run(task, execArgv, (word) => {
    if (word.kind !== "progress") return;
    why ??= stopped(word.progress);
    if (why !== null) Atomics.store(shared.control, place.stop, stops.outside);
  });
  const truncated = report.truncated && { ...report.truncated, why: why ?? report.truncated.why };
  return { ...report, truncated, seconds: (performance.now() - begun) / 1000 };
}

/** As large a table as the states need that are there already. */
function tableBitsFor(states: number, { table }: Shared): number {
  const needed = Math.ceil(Math.log2((states + 1) * 2)) + 1;
  return Math.min(Math.max(tableBits, needed), Math.log2(table.length));
}

function run(
  task: Omit<Task, "worker">,
  execArgv: readonly string[] | undefined,
  hear: (word: Word) => void,
): Promise<Report> {
  const threads: Worker[] = [];
  const told = new Promise<Report>((resolve, reject) => {
    for (let worker = 0; worker < task.shared.workers; worker++) {
      const thread = new Worker(entry, {
        workerData: { ...task, worker },
        ...(execArgv !== undefined && { execArgv: [...execArgv] }),
      });
      threads.push(thread);
      thread.on("message", (word: Word) => {
        hear(word);
        if (word.kind === "report") resolve(word.report);
        if (word.kind === "error") reject(new CheckerError(word.code, word.message));
      });
      thread.on("error", (error) =>
        reject(new CheckerError("worker", `worker ${worker} failed: ${error.message}`)),
      );
      thread.on("exit", (code) => {
        if (code !== 0) reject(new CheckerError("worker", `worker ${worker} ended with code ${code}`));
      });
    }
  });
  return told.finally(() => Promise.all(threads.map((thread) => thread.terminate())));
}
