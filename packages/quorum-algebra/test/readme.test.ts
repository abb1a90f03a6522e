import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the examples of the README run", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  expect(blocks.length).toBeGreaterThan(0);
  for (const [index, code] of blocks.entries()) {
    const file = new URL(`./readme-example-${index}.tmp.ts`, import.meta.url);
    writeFileSync(file, code);
    try {
      await import(/* @vite-ignore */ file.href);
    } finally {
      rmSync(file);
    }
  }
});
