import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// `runReadme` of the conformance package does the same; that package stands on this one.
test("the README's example runs", async () => {
  const markdown = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const blocks = [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  expect(blocks.length).toBe(1);
  const file = fileURLToPath(new URL(`readme-block-${process.pid}.tmp.ts`, import.meta.url));
  writeFileSync(file, blocks[0]!);
  try {
    await import(/* @vite-ignore */ file);
  } finally {
    rmSync(file);
  }
});
