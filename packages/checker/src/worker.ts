/** The entry of a worker thread: not for import by hand. */
import { parentPort, workerData } from "node:worker_threads";
import { CheckerError } from "./error.ts";
import type { Task, Word } from "./node/task.ts";
import { work } from "./node/work.ts";

const say = (word: Word) => parentPort?.postMessage(word);

work(workerData as Task, say).catch((error: unknown) => {
  const code = error instanceof CheckerError ? error.code : "worker";
  say({ kind: "error", code, message: error instanceof Error ? error.message : String(error) });
});
