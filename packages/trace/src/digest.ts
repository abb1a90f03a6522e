import { sha256, toHex, utf8Encode } from "@eunomia/codec";
import { type BroadcastEvent, type DeliverEvent, digestDigits, type Runs } from "./event.ts";

/**
 * What a trace keeps of a body: the first 8 bytes of its SHA-256, as 16 hex digits. It runs everywhere; on Node the one of
 * `@eunomia/trace/file` does the same many times faster.
 *
 * @example
 * bodyDigest(new Uint8Array()); // "e3b0c44298fc1c14"
 */
export function bodyDigest(body: Uint8Array): string {
  return toHex(sha256(body).subarray(0, digestDigits / 2));
}

/** Makes 16 hex digits of a body: all traces of a run by the same one. */
export type BodyDigest = (body: Uint8Array) => string;

/** Makes 16 hex digits of a text. */
export type TextDigest = (text: string) => string;

/** The `bodyDigest` of the bytes of a text in UTF-8. */
export function textDigest(text: string): string {
  return bodyDigest(utf8Encode(text));
}

/** The `digests` of an event: one digest after the other. */
export function bodyDigests(bodies: Iterable<Uint8Array>, digest: BodyDigest = bodyDigest): string {
  let digests = "";
  for (const body of bodies) digests += digest(body);
  return digests;
}

/**
 * The same commands in the fewest runs: two writers may cut them differently.
 *
 * @example
 * canonicalRuns([65536, 1, 1, 65536, 2, 1, 7, 4, 1]); // [65536, 1, 2, 7, 4, 1]
 */
export function canonicalRuns(runs: Runs): Runs {
  let mergeable = false;
  for (let at = 3; at < runs.length && !mergeable; at += 3)
    mergeable = runs[at] === runs[at - 3] && runs[at + 1] === runs[at - 2]! + runs[at - 1]!;
  if (!mergeable) return runs;
  const merged: number[] = [];
  for (let at = 0; at < runs.length; at += 3) {
    const last = merged.length - 3;
    if (last >= 0 && merged[last] === runs[at] && merged[last + 1]! + merged[last + 2]! === runs[at + 1])
      merged[last + 2]! += runs[at + 2]!;
    else merged.push(runs[at]!, runs[at + 1]!, runs[at + 2]!);
  }
  return merged;
}

/** The event of a client that submits bodies as its commands `seq`, `seq` + 1, … for the first time. */
export function broadcastEvent(
  at: number,
  who: string,
  client: number,
  seq: number,
  bodies: Iterable<Uint8Array>,
  digest: BodyDigest = bodyDigest,
): BroadcastEvent {
  return { kind: "broadcast", at, who, client, seq, digests: bodyDigests(bodies, digest) };
}

/** What `deliverEvent` reads of a delivered slot. A `Delivery` of `@eunomia/aneris-switch` fits. */
export interface DeliveredSource {
  readonly slot: number;
  readonly epoch: number;
  /** Left out: not known, as to a subscriber. */
  readonly protocol?: string;
  readonly vector: Uint8Array;
  readonly chain?: Uint8Array;
}

/** What `deliverEvent` reads of an entry of the vector. The `Entry` of `@eunomia/aneris-switch/messages` fits. */
export type DeliveredEntry =
  | {
      readonly kind: "command";
      readonly client: number;
      readonly seq: number;
      /** The body lies in the vector from `bodyStart` up to `end`. */
      readonly bodyStart: number;
      readonly end: number;
    }
  | { readonly kind: "control"; readonly n: number; readonly operation: Uint8Array }
  | { readonly kind: "register" };

/**
 * The event of a delivered slot. A control is known by the digest of its operation.
 *
 * @example
 * const line = deliverEvent(Date.now(), "n1", delivery, readBatch(delivery.vector) ?? []);
 */
export function deliverEvent(
  at: number,
  who: string,
  delivered: DeliveredSource,
  entries: Iterable<DeliveredEntry>,
  digest: BodyDigest = bodyDigest,
): DeliverEvent {
  const { slot, epoch, protocol = "", vector, chain } = delivered;
  const runs: number[] = [];
  const controls: number[] = [];
  let digests = "";
  let registrations = 0;
  for (const entry of entries) {
    if (entry.kind === "register") registrations += 1;
    else if (entry.kind === "control") {
      controls.push(entry.n);
      digests += digest(entry.operation);
    } else {
      const last = runs.length - 3;
      if (last >= 0 && runs[last] === entry.client && runs[last + 1]! + runs[last + 2]! === entry.seq)
        runs[last + 2]! += 1;
      else runs.push(entry.client, entry.seq, 1);
      digests += digest(vector.subarray(entry.bodyStart, entry.end));
    }
  }
  return {
    kind: "deliver",
    at,
    who,
    slot,
    epoch,
    protocol,
    runs,
    digests,
    ...(controls.length > 0 && { controls }),
    ...(registrations > 0 && { registrations }),
    ...(chain !== undefined && { chain: toHex(chain) }),
  };
}
