/** Traces in files: needs Node. */
export { nodeBodyDigest, nodeTextDigest } from "./file/digest.ts";
export { EngineTraceFile, readEngineTrace } from "./file/engines.ts";
export { readTrace, TraceWriter } from "./file/events.ts";
export type {
  LineFileOptions,
  LineFileOptions as TraceWriterOptions,
  ReadOptions,
  TornLine,
} from "./file/lines.ts";
