import { type EngineRecord, RecordReader, RecordSealer } from "../line/record.ts";
import { TraceError } from "../parse.ts";
import { nodeTextDigest } from "./digest.ts";
import { LineFile, type LineFileOptions, linesOf, type ReadOptions } from "./lines.ts";

/** Appends the records of an `EngineRecorder` to a file, sealed line by line. */
export class EngineTraceFile {
  readonly #file: LineFile;
  readonly #sealer = new RecordSealer(nodeTextDigest);

  /** Goes on at the end of the file, or makes it. */
  constructor(path: string, options: LineFileOptions = {}) {
    this.#file = new LineFile(path, options);
  }

  /** @throws what the system said, if this or an earlier delayed write failed. */
  write(record: EngineRecord): void {
    this.#file.write(this.#sealer.seal(record), record.kind !== "step");
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * The records of a file that an `EngineTraceFile` wrote, read as a stream. A last line without its end is left out, and
 * `onTorn` is told.
 *
 * @throws TraceError with file and line for anything that is not as it was written.
 */
export async function* readEngineTrace(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<EngineRecord> {
  const reader = new RecordReader(nodeTextDigest);
  let number = 0;
  for await (const lines of linesOf(path, options))
    for (const line of lines) {
      number += 1;
      yield reader.read(line, path, number);
    }
  if (number === 0)
    throw new TraceError("broken-chain", "expected the begin of a life, got nothing", path, 1);
}
