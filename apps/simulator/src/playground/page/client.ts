import { WorkerClient } from "../../web/client.ts";
import type { Calls } from "../worker/messages.ts";
import Session from "../worker/worker.ts?worker&inline";

/** The page's end of the wire to the worker, which computes everything. */
export const client: WorkerClient<Calls> = new WorkerClient(() => new Session());
