import {
  closeSync,
  createReadStream,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { TraceError } from "../parse.ts";

export interface LineFileOptions {
  /** Text that is kept back at most before it is written. Default 65,536 characters. */
  readonly bufferChars?: number;
  /** Milliseconds that a line is kept back at most; 0: every line is written at once. Default 5. */
  readonly flushAfterMs?: number;
}

/**
 * Appends lines to a file. What was written survives a `kill -9` of the process (the system holds it), so the kill loses the
 * lines of at most the last `flushAfterMs`, and may tear the last one. Not synced: losing power loses more.
 */
export class LineFile {
  /** Bytes of an unfinished last line of an earlier life that were cut off when the file was opened. */
  readonly tornBytes: number;
  readonly #file: number;
  readonly #bufferChars: number;
  readonly #flushAfterMs: number;
  #text = "";
  #timer: NodeJS.Timeout | null = null;
  #failure: unknown = null;

  /** Goes on at the end of the file, or makes it. */
  constructor(path: string, options: LineFileOptions = {}) {
    this.#bufferChars = options.bufferChars ?? 65_536;
    this.#flushAfterMs = options.flushAfterMs ?? 5;
    this.#file = openSync(path, "a+");
    this.tornBytes = cutTornLine(this.#file);
  }

  /**
   * @param atOnce nothing is kept back.
   * @throws what the system said, if this or an earlier delayed write failed.
   */
  write(line: string, atOnce: boolean): void {
    if (this.#failure !== null) throw this.#failure;
    this.#text += `${line}\n`;
    if (atOnce || this.#flushAfterMs === 0 || this.#text.length >= this.#bufferChars) this.flush();
    else this.#timer ??= setTimeout(() => this.#flushLater(), this.#flushAfterMs).unref();
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#text === "") return;
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }

  close(): void {
    try {
      this.flush();
      if (this.#failure !== null) throw this.#failure;
    } finally {
      closeSync(this.#file);
    }
  }

  /** Nobody stands above a timer to catch an error: the next `write` or `close` throws it. */
  #flushLater(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** Cuts off what follows the last line end, so that the next line does not continue a torn one. Answers how many bytes. */
function cutTornLine(file: number): number {
  const size = fstatSync(file).size;
  const chunk = Buffer.alloc(65_536);
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - chunk.length);
    const read = readSync(file, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, read).lastIndexOf(0x0a);
    if (newline >= 0) {
      end = start + newline + 1;
      break;
    }
    end = start;
  }
  if (end < size) ftruncateSync(file, end);
  return size - end;
}

/** A last line without its end: the writer was killed while it wrote. */
export interface TornLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface ReadOptions {
  /** Told of a torn last line, which is left out. */
  readonly onTorn?: (torn: TornLine) => void;
  /** Longest line that is read, in characters. Default 64 Mi. */
  readonly lineCharsMax?: number;
}

/** The complete lines of a file, read as a stream, a chunk's worth at a time. */
export async function* linesOf(path: string, options: ReadOptions): AsyncGenerator<readonly string[]> {
  const lineCharsMax = options.lineCharsMax ?? 1 << 26;
  let rest: string[] = [];
  let restChars = 0;
  let line = 1;
  const stream = createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18 });
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = chunk.split("\n");
    rest.push(lines[0]!);
    restChars += lines[0]!.length;
    if (restChars > lineCharsMax)
      throw new TraceError("line-too-long", `expected at most ${lineCharsMax} characters`, path, line);
    if (lines.length === 1) continue;
    lines[0] = rest.join("");
    rest = [lines.pop()!];
    restChars = rest[0]!.length;
    line += lines.length;
    yield lines;
  }
  if (restChars > 0) options.onTorn?.({ file: path, line, text: rest.join("") });
}
