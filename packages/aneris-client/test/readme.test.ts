import { readFileSync } from "node:fs";
import { runReadme } from "@eunomia/conformance";
import { expect, test } from "vitest";

const readme = new URL("../README.md", import.meta.url);

test("the README's examples run", async () => {
  expect(await runReadme(readme)).toBeGreaterThan(0);
});

test("the README names tests that exist", () => {
  const named = [...readFileSync(readme, "utf8").matchAll(/`(test\/[a-z-]+\.test\.ts)`/g)].map((m) => m[1]!);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow();
});
