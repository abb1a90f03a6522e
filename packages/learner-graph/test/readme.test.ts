import { runReadmeBlocks } from "@eunomia/vitest/readme";
import { expect, test } from "vitest";

test("the examples in the README run", async () => {
  expect(await runReadmeBlocks(new URL("../README.md", import.meta.url))).toBe(3);
});
