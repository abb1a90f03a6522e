import type { NodeId } from "@eunomia/engine";
import { PoolError } from "../errors.ts";
import type { SpreadConfig } from "./types.ts";

/** What `spreadConfig` takes. What is left out has the default in brackets. */
export interface SpreadOptions {
  readonly self: NodeId;
  /** Processes that gossip reaches. [none] */
  readonly peers?: readonly NodeId[];
  /** Heartbeat, and unit of all waiting. [100] */
  readonly tickMs?: number;
  /** How long statements are kept for whoever asks. [600 000] */
  readonly historyMs?: number;
  /** [4096] */
  readonly maxHeld?: number;
  /** [256] */
  readonly maxPending?: number;
  /** [256] */
  readonly maxRelayed?: number;
}

/**
 * The configuration of a process that spreads, with the defaults filled in.
 *
 * @throws PoolError `bad-option`
 * @example
 * spreadConfig({ self: "a", peers: ["b", "c"] })
 */
export function spreadConfig(options: SpreadOptions): SpreadConfig {
  const { tickMs = 100, historyMs = 600_000, maxHeld = 4096, maxPending = 256, maxRelayed = 256 } = options;
  for (const [name, value] of Object.entries({ tickMs, historyMs, maxHeld, maxPending, maxRelayed }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new PoolError("bad-option", name, "an integer from 1 on", value);
  const peers = [...new Set(options.peers)].filter((peer) => peer !== options.self).sort();
  return {
    self: options.self,
    peers,
    tickMs,
    historyTicks: Math.ceil(historyMs / tickMs),
    maxHeld,
    maxPending,
    maxRelayed,
  };
}
