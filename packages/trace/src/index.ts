/** Traces of ordered broadcast as JSON lines, and monitors of what it promises. */
export { broadcastMonitors, verdicts } from "./broadcast/monitors.ts";
export type { BroadcastMonitorOptions } from "./broadcast/options.ts";
export {
  bodyDigest,
  bodyDigests,
  broadcastEvent,
  canonicalRuns,
  type DeliveredEntry,
  type DeliveredSource,
  deliverEvent,
} from "./digest.ts";
export { type BroadcastEvent, type DeliverEvent, parseEvent, type Runs, TraceError } from "./event.ts";
export { goodTrace, type ViolatingTrace, violatingTraces } from "./examples.ts";
export {
  mergeTraces,
  type ReadOptions,
  readTrace,
  type TornLine,
  TraceWriter,
  type TraceWriterOptions,
} from "./file.ts";
export { formatJudgement, type JudgedCounts, type Judgement, judge } from "./judge.ts";
export type { Monitor, Verdict } from "./monitor.ts";
