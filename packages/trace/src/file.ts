import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { type BroadcastEvent, parseEvent } from "./event.ts";

/** Text kept back before it is written. */
const bufferChars = 1 << 16;

/** Writes events as JSON lines. Not durable: a process that is killed loses the lines since the last `flush`. */
export class TraceWriter {
  readonly #file: number;
  #text = "";

  /** Appends to the file, or makes it. */
  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  write(event: BroadcastEvent): void {
    this.#text += `${JSON.stringify(event)}\n`;
    if (this.#text.length >= bufferChars) this.flush();
  }

  flush(): void {
    if (this.#text === "") return;
    const bytes = Buffer.from(this.#text);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#text = "";
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

/**
 * The events of a file, in order, read as a stream. A last line without its end (the writer was killed) is left out.
 *
 * @throws TraceError with the number of the line for anything else that is not an event.
 */
export async function* readTrace(path: string): AsyncGenerator<BroadcastEvent> {
  let rest = "";
  let line = 0;
  for await (const chunk of createReadStream(path, {
    encoding: "utf8",
    highWaterMark: 1 << 18,
  }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const text of lines) {
      line += 1;
      if (text !== "") yield parseEvent(text, line);
    }
  }
}

/** Merges sources by `at`, keeping the order of each: the earliest head comes first, ties by the order of the sources. */
export async function* mergeTraces(
  sources: readonly AsyncIterable<BroadcastEvent>[],
): AsyncGenerator<BroadcastEvent> {
  const heads: { readonly source: AsyncIterator<BroadcastEvent>; event: BroadcastEvent }[] = [];
  for (const one of sources) {
    const source = one[Symbol.asyncIterator]();
    const first = await source.next();
    if (first.done !== true) heads.push({ source, event: first.value });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let at = 1; at < heads.length; at += 1) if (heads[at]!.event.at < heads[least]!.event.at) least = at;
    const head = heads[least]!;
    yield head.event;
    const next = await head.source.next();
    if (next.done === true) heads.splice(least, 1);
    else head.event = next.value;
  }
}
