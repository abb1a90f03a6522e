/** Traces in files: needs Node. */
export { nodeBodyDigest } from "./file/digest.ts";
export {
  type ReadOptions,
  readTrace,
  type TornLine,
  TraceWriter,
  type TraceWriterOptions,
} from "./file/lines.ts";
