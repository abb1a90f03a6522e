import { WorkerClient } from "../../web/client.ts";
import type { Calls, SearchProgress } from "../worker/messages.ts";
import Session from "../worker/worker.ts?worker&inline";

/** The page's end of the wire to the worker, which owns engines, checker and simulation. */
export const client: WorkerClient<Calls, SearchProgress> = new WorkerClient(() => new Session());
