import { OneDecision } from "../consensus/monitors.ts";
import type { ConsensusMonitorOptions } from "../consensus/options.ts";
import type { TraceEvent } from "../event.ts";
import type { Monitor } from "../monitor.ts";
import { Bounds } from "./bounds.ts";
import { Durability } from "./durability.ts";

/**
 * Monitors of what shows only inside of the processes: P9 consensus, P10 durability, P12 bounded state. They stand beside
 * `broadcastMonitors`, whose events do not show these.
 *
 * @example
 * const monitors = [...broadcastMonitors(), ...processMonitors({ globalOrder: true })];
 */
export function processMonitors(
  options: Pick<ConsensusMonitorOptions, "globalOrder" | "isProposer"> = {},
): Monitor<TraceEvent>[] {
  return [new OneDecision(options), new Durability(), new Bounds()] as Monitor<TraceEvent>[];
}
