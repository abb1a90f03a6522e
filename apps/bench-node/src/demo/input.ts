import { createReadStream, createWriteStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";

/** Longer lines travel in pieces of this size: what subscribers write is the same. */
const pieceBytes = 256 * 1024;

/** An input that cannot be read. */
class InputError extends Error {
  readonly code = "input";
}

/** Answers a file that holds the whole input: the file itself, or for `-` a copy of standard input, at the place that `copyTo` makes. */
export async function spool(input: string, copyTo: () => string): Promise<string> {
  if (input === "-") {
    const copy = copyTo();
    await pipeline(process.stdin, createWriteStream(copy));
    return copy;
  }
  try {
    if (!statSync(input).isFile())
      throw new InputError(`"${input}" expected a file to broadcast line by line, got something else`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `"${input}" expected a readable file, or - for standard input: ${(error as Error).message}`,
    );
  }
  return input;
}

/** The lines of a file with their line ends, so that all of them together are the file again, byte for byte. */
export async function* linesOf(file: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, start)) {
      yield* pieces(text.subarray(start, end + 1));
      start = end + 1;
    }
    rest = text.subarray(start);
    while (rest.length >= pieceBytes) {
      yield rest.subarray(0, pieceBytes);
      rest = rest.subarray(pieceBytes);
    }
  }
  if (rest.length > 0) yield* pieces(rest);
}

function* pieces(line: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < line.length; at += pieceBytes) yield line.subarray(at, at + pieceBytes);
}
