import type { Client } from "@eunomia/aneris-client";
import { linesOf } from "./input.ts";
import type { Steps } from "./steps.ts";

/** Commands that wait in the client; few, so that a latency is the cluster's and not the queue's. */
export const maxQueued = 1024;
/** Commands that are handed in together when there is no reason to wait. */
const together = 256;

/** Hands the input in: no faster than over `seconds`, and never past a step that has not been taken. */
export async function feed(
  client: Client,
  input: string,
  total: number,
  seconds: number,
  steps: Steps,
  handedIn: (firstSeq: number, bodies: readonly Uint8Array[]) => void,
): Promise<void> {
  const started = performance.now();
  const due = (): number =>
    Math.min(steps.allowed(), (performance.now() - started) / (seconds * 1000)) * total;
  let seq = 1;
  let bodies: Uint8Array[] = [];
  const flush = async (): Promise<void> => {
    // Waits for room first, so that no command is refused.
    while (client.queued + bodies.length > maxQueued) await client.drained();
    if (bodies.length > 0) handedIn(seq, bodies);
    for (const body of bodies) client.send(body);
    seq += bodies.length;
    bodies = [];
  };
  for await (const body of linesOf(input)) {
    bodies.push(body);
    if (bodies.length < together && seq - 1 + bodies.length < due()) continue;
    await flush();
    while (seq - 1 > due() && !steps.failed()) await new Promise((resolve) => setTimeout(resolve, 2));
    if (steps.failed()) return;
  }
  await flush();
}
