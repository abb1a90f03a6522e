import type { Random } from "@eunomia/engine";
import { ClientOptionError, type SessionLostError } from "./errors.ts";
import type { GatewayLink, LinkOptions } from "./link.ts";

/** Where a command stands in the order. */
export interface Receipt {
  readonly seq: number;
  readonly slot: number;
  /** Place within the slot, from 0. */
  readonly index: number;
}

export interface ClientOptions {
  /** For nonces and jitter. Must differ from client to client: two equal nonces would share a session. */
  readonly random: Random;
  /** An id (from 1) out of the cluster's configuration. Without it the client registers a session of its own. */
  readonly clientId?: number;
  /** First number of a static client. Numbers that were used before are duplicates for the cluster. Default 1. */
  readonly firstSeq?: number;
  /** Most commands without an answer, at most the cluster's session window. Default and maximum 1024. */
  readonly window?: number;
  /** Most commands that wait for their turn. Default 65 536. */
  readonly maxQueued?: number;
  /** Longest body, in bytes; less than the cluster's `maxBatchBytes`. Default 512 KiB - 64. */
  readonly maxBodyBytes?: number;
  /** Most commands in one request. Default 4096. */
  readonly maxBatch?: number;
  /** Bounds of the adaptive timeout, and its value before the first answer. Defaults 50, 10 000 and 1000 ms. */
  readonly rtoMinMs?: number;
  readonly rtoMaxMs?: number;
  readonly rtoInitialMs?: number;
  /** Hears of every answered run of commands, those of `broadcast` included: `seq` … `seq + count - 1` at `index` …. */
  onSettled?(run: {
    readonly seq: number;
    readonly count: number;
    readonly slot: number;
    readonly index: number;
  }): void;
  /** The cluster knows the session no more. Commands given to `send` that were not settled have an unknown outcome. */
  onLost?(error: SessionLostError): void;
}

/** A transport of its own (`LinkOptions`), or a link shared with other participants. */
export type LinkChoice = LinkOptions | { readonly link: GatewayLink };

/** @throws ClientOptionError on the first option that cannot work. */
export function settingsOf(options: ClientOptions): {
  window: number;
  firstSeq: number;
  maxQueued: number;
  maxBatch: number;
  rtoMinMs: number;
  rtoMaxMs: number;
  rtoInitialMs: number;
} {
  const whole = (option: keyof ClientOptions, fallback: number, min: number, max: number): number => {
    const value = (options[option] as number | undefined) ?? fallback;
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw new ClientOptionError(option, `an integer from ${min} to ${max}`, value);
    return value;
  };
  if (options.clientId !== undefined) whole("clientId", 1, 1, Number.MAX_SAFE_INTEGER);
  if (options.maxBodyBytes !== undefined) whole("maxBodyBytes", 1, 1, 1 << 30);
  const rtoMinMs = whole("rtoMinMs", 50, 1, 1 << 30);
  return {
    window: whole("window", 1024, 1, 1024),
    firstSeq: whole("firstSeq", 1, 1, Number.MAX_SAFE_INTEGER - 2 ** 32),
    maxQueued: whole("maxQueued", 65_536, 1, 1 << 30),
    maxBatch: whole("maxBatch", 4096, 1, 65_536),
    rtoMinMs,
    rtoMaxMs: whole("rtoMaxMs", Math.max(10_000, rtoMinMs), rtoMinMs, 1 << 30),
    rtoInitialMs: whole("rtoInitialMs", Math.max(1000, rtoMinMs), rtoMinMs, 1 << 30),
  };
}
