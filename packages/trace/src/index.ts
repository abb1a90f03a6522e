/** Traces of ordered broadcast as JSON lines, and monitors of what it promises. */
export { broadcastMonitors, verdicts } from "./broadcast/monitors.ts";
export type { BroadcastMonitorOptions } from "./broadcast/options.ts";
export { bodyDigest, runsOf, vectorDigest } from "./digest.ts";
export {
  type BroadcastEvent,
  controlClient,
  type DeliveredVector,
  parseEvent,
  type Runs,
  TraceError,
} from "./event.ts";
export { goodTrace, type ViolatingTrace, violatingTraces } from "./examples.ts";
export { mergeTraces, readTrace, TraceWriter } from "./file.ts";
export type { Monitor, Verdict } from "./monitor.ts";
