import { readFileSync } from "node:fs";
import { runReadmeBlocks } from "@eunomia/vitest/readme";
import { expect, test } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the examples of the README run", async () => {
  expect(await runReadmeBlocks(new URL("../README.md", import.meta.url))).toBeGreaterThan(0);
});

test("the README names tests that exist", () => {
  const named = [...readme.matchAll(/`(test\/[a-z]+(?:\.test)?\.ts)`/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow();
});
