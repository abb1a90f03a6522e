import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readmeBlocks, runReadme } from "../src/index.ts";

test("the README's examples run", async () => {
  expect(await runReadme(new URL("../README.md", import.meta.url))).toBeGreaterThan(0);
});

test("blocks are found in order, and only ts ones", () => {
  const markdown = "# x\n```ts\none\n```\n```sh\nno\n```\n```ts no-run\nno\n```\n```ts\ntwo\n```\n";
  expect(readmeBlocks(markdown)).toEqual(["one\n", "two\n"]);
});

test("a README without an example, or with one that throws, is refused, and nothing is left behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  const path = join(folder, "README.md");
  try {
    writeFileSync(path, "# nothing\n");
    await expect(runReadme(path)).rejects.toThrow(/no ts block/);
    writeFileSync(path, '```ts\nconst one: number = 1;\n```\n\n```ts\nthrow new Error("drifted");\n```\n');
    await expect(runReadme(path)).rejects.toThrow(/block 2 of .*: Error: drifted/);
    expect(readdirSync(folder)).toEqual(["README.md"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
