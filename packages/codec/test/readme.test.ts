import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the examples of the README run", async () => {
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  expect(blocks.length).toBeGreaterThan(0);
  for (const [at, block] of blocks.entries()) {
    const file = fileURLToPath(new URL(`readme-block-${process.pid}-${at}.tmp.ts`, import.meta.url));
    writeFileSync(file, block.replaceAll('"@eunomia/codec"', '"../src/index.ts"'));
    try {
      await import(/* @vite-ignore */ file);
    } finally {
      rmSync(file, { force: true });
    }
  }
});

test("the README names tests that exist", () => {
  const named = [...readme.matchAll(/`(test\/[a-z]+(?:\.test)?\.ts)`/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow();
});
