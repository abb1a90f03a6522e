import { expect, test } from "vitest";
import { readmeBlocks, runReadme } from "../src/index.ts";

test("the README's examples run", async () => {
  expect(await runReadme(new URL("../README.md", import.meta.url))).toBeGreaterThan(0);
});

test("blocks are found in order, and only ts ones", () => {
  const markdown = "# x\n```ts\none\n```\n```sh\nno\n```\n```ts no-run\nno\n```\n```ts\ntwo\n```\n";
  expect(readmeBlocks(markdown)).toEqual(["one\n", "two\n"]);
});
