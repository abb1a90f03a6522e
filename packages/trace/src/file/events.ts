import type { TraceEvent } from "../event.ts";
import { parseEvent } from "../parse.ts";
import { LineFile, type LineFileOptions, linesOf, type ReadOptions } from "./lines.ts";

const rare: ReadonlySet<TraceEvent["kind"]> = new Set([
  "install",
  "recover",
  "crash",
  "faulty",
  "stable",
  "quiesced",
]);

/**
 * Appends events to a file as JSON lines. What was written survives a `kill -9` of the process (the system holds it), so the
 * kill loses the lines of at most the last `flushAfterMs`, and may tear the last one. Not synced: losing power loses more.
 * `install`, `recover`, `crash`, `faulty`, `stable` and `quiesced` are written at once.
 */
export class TraceWriter {
  readonly #file: LineFile;

  /** Goes on at the end of the file, or makes it. */
  constructor(path: string, options: LineFileOptions = {}) {
    this.#file = new LineFile(path, options);
  }

  /** Bytes of an unfinished last line of an earlier life that were cut off when the file was opened. */
  get tornBytes(): number {
    return this.#file.tornBytes;
  }

  /** @throws what the system said, if this or an earlier delayed write failed. */
  write(event: TraceEvent): void {
    this.#file.write(JSON.stringify(event), rare.has(event.kind));
  }

  flush(): void {
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * The events of a file, in order, read as a stream: memory is bounded by the longest line. A last line without its end (the
 * writer was killed) is left out, and `onTorn` is told.
 *
 * @throws TraceError with file and line for anything else that is not an event.
 */
export async function* readTrace(path: string, options: ReadOptions = {}): AsyncGenerator<TraceEvent> {
  let line = 0;
  for await (const lines of linesOf(path, options))
    for (const text of lines) {
      line += 1;
      if (text !== "") yield parseEvent(text, path, line);
    }
}
