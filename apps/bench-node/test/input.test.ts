import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { linesOf, spool } from "../src/demo/input.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const directory = temporaryDirectory("input");
afterAll(() => directory.remove());

const pieceBytes = 256 * 1024;

async function linesIn(content: Uint8Array | string): Promise<Buffer[]> {
  const file = join(directory.path, "input");
  writeFileSync(file, content);
  const lines: Buffer[] = [];
  // Copied at once: a line must not depend on what the reader does to its buffer afterwards, nor on when it is looked at.
  for await (const line of linesOf(file)) lines.push(Buffer.from(line));
  return lines;
}
const texts = async (content: string): Promise<string[]> =>
  (await linesIn(content)).map((line) => line.toString("utf8"));

describe("the lines of a file", () => {
  test("keep their ends; the last one need not have any", async () => {
    expect(await texts("one\ntwo\n")).toEqual(["one\n", "two\n"]);
    expect(await texts("one\ntwo")).toEqual(["one\n", "two"]);
    expect(await texts("one\r\ntwo\r\n")).toEqual(["one\r\n", "two\r\n"]);
    expect(await texts("\n\n")).toEqual(["\n", "\n"]);
    expect(await texts("")).toEqual([]);
  });

  test("one line of 3 MB travels in pieces", async () => {
    const content = Buffer.alloc(3_000_000, "x");
    const lines = await linesIn(content);
    expect(lines.length).toBe(Math.ceil(content.length / pieceBytes));
    expect(lines.every((line) => line.length <= pieceBytes && line.length > 0)).toBe(true);
    expect(Buffer.concat(lines).equals(content)).toBe(true);
  });

  test("together are the file again, whatever it holds", async () => {
    let longLines = 0;
    let openEnds = 0;
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom("\n", "\r\n", "\0", "\ufeff", "ä\n").map((text) => new Uint8Array(Buffer.from(text))),
      fc
        .integer({ min: pieceBytes - 2, max: (1 << 20) + 2 })
        .map((bytes) => new Uint8Array(bytes).fill(0x61)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
        const content = Buffer.concat(parts);
        const lines = await linesIn(content);
        expect(Buffer.concat(lines).equals(content)).toBe(true);
        for (const line of lines) {
          expect(line.length > 0 && line.length <= pieceBytes).toBe(true);
          // A line end stands only at the end.
          const end = line.indexOf(10);
          expect(end === -1 || end === line.length - 1).toBe(true);
        }
        if (content.length > pieceBytes) longLines += 1;
        if (content.length > 0 && content.at(-1) !== 10) openEnds += 1;
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(longLines).toBeGreaterThan(10);
    expect(openEnds).toBeGreaterThan(10);
  });
});

describe("the input", () => {
  test("is the file itself", async () => {
    const file = join(directory.path, "some");
    writeFileSync(file, "some");
    expect(await spool(file, () => join(directory.path, "copy"))).toBe(file);
  });

  test("is refused if it is no file or is not there", async () => {
    await expect(spool(directory.path, () => "copy")).rejects.toMatchObject({ code: "input" });
    await expect(spool(directory.path, () => "copy")).rejects.toThrow(
      "expected a file to broadcast line by line",
    );
    const absent = join(directory.path, "absent");
    await expect(spool(absent, () => "copy")).rejects.toThrow(
      `"${absent}" expected a readable file, or - for standard input`,
    );
  });
});
