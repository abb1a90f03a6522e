/** Search by several threads, with checkpoints: for Node only. */
export { checkInWorkers, type WorkerOptions } from "./node/check.ts";
export type { CheckpointOptions, LoadedModel } from "./node/task.ts";
