import { fromHex, sha256, toHex } from "@eunomia/codec";
import type { DeliveredVector, Runs } from "./event.ts";

/** Bytes of a body that a trace keeps. */
export const bodyBytes = 8;

/** What a trace keeps of a body: the first 8 bytes of its SHA-256, as 16 hex digits. */
export function bodyDigest(body: Uint8Array): string {
  return toHex(sha256(body).subarray(0, bodyBytes));
}

/** The digest of a whole vector: the first 16 bytes of SHA-256 over the 8-byte body digests of its entries in order. */
export function vectorDigest(bodies: Uint8Array): string {
  return toHex(sha256(bodies).subarray(0, 16));
}

/** The digest of a delivered vector, whichever way its bodies are given. */
export function digestOf(vec: DeliveredVector): string {
  return "digest" in vec ? vec.digest : vectorDigest(fromHex(vec.bodies));
}

/**
 * Runs of single entries, put together where they follow each other.
 *
 * @example
 * runsOf([{ client: "c1", seq: 1 }, { client: "c1", seq: 2 }, { client: "c2", seq: 7 }]); // ["c1", 1, 2, "c2", 7, 1]
 */
export function runsOf(
  entries: Iterable<{ readonly client: string; readonly seq: number }>,
): (string | number)[] {
  const runs: (string | number)[] = [];
  for (const { client, seq } of entries) push(runs, client, seq, 1);
  return runs;
}

/** The same entries in the fewest runs: two traces may cut them differently. */
export function canonicalRuns(runs: Runs): Runs {
  const out: (string | number)[] = [];
  for (let at = 0; at < runs.length; at += 3)
    push(out, runs[at] as string, runs[at + 1] as number, runs[at + 2] as number);
  return out;
}

function push(runs: (string | number)[], client: string, seq: number, count: number): void {
  const last = runs.length - 3;
  if (last >= 0 && runs[last] === client && (runs[last + 1] as number) + (runs[last + 2] as number) === seq)
    runs[last + 2] = (runs[last + 2] as number) + count;
  else runs.push(client, seq, count);
}
