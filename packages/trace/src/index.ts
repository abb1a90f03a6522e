/** What a run did, as lines of JSON, and monitors of what it promises: broadcast, consensus, durability, bounds. */
export { goodTrace, type ViolatingTrace, violatingTraces } from "./broadcast/examples.ts";
export { broadcastMonitors, verdicts } from "./broadcast/monitors.ts";
export type { BroadcastMonitorOptions } from "./broadcast/options.ts";
export {
  goodConsensusTrace,
  type ViolatingConsensusTrace,
  violatingConsensusTraces,
} from "./consensus/examples.ts";
export { consensusMonitors, OneDecision } from "./consensus/monitors.ts";
export type { ConsensusMonitorOptions, FaultySets } from "./consensus/options.ts";
export {
  type BodyDigest,
  bodyDigest,
  bodyDigests,
  broadcastEvent,
  canonicalRuns,
  type DeliveredEntry,
  type DeliveredSource,
  deliverEvent,
  type TextDigest,
  textDigest,
} from "./digest.ts";
export type {
  BroadcastEvent,
  ConsensusEvent,
  DeliverEvent,
  DurabilityEvent,
  FaultKind,
  HistoryEvent,
  OperationReturn,
  ReleaseEvent,
  RunEvent,
  Runs,
  SizeEvent,
  TraceEvent,
} from "./event.ts";
export { type ExampleHistory, goodHistories, violatingHistories } from "./history/examples.ts";
export { Linearizability, type LinearizabilityOptions } from "./history/monitor.ts";
export {
  appendLog,
  type Operation,
  register,
  type SequentialObject,
  type SequentialRun,
} from "./history/object.ts";
export { type Linearization, linearize } from "./history/search.ts";
export { formatJudgement, type JudgedCounts, type Judgement, type JudgeOptions, judge } from "./judge.ts";
export { type EngineRecord, RecordReader, RecordSealer, type StepRecord } from "./line/record.ts";
export { EngineRecorder, type EngineRecorderOptions, stateDigest } from "./line/recorder.ts";
export {
  EngineReplay,
  formatReplay,
  type ReplayDifference,
  type ReplayOptions,
  type ReplayReport,
} from "./line/replay.ts";
export { fromJson, type Json, NotPlainError, textOf, toJson } from "./line/value.ts";
export { mergeTraces } from "./merge.ts";
export type { Monitor, Verdict } from "./monitor.ts";
export { parseEvent, TraceError } from "./parse.ts";
export { Bounds } from "./process/bounds.ts";
export { Durability } from "./process/durability.ts";
export { goodProcessTrace, type ViolatingProcessTrace, violatingProcessTraces } from "./process/examples.ts";
export { processMonitors } from "./process/monitors.ts";
