import { runReadmeBlocks } from "@eunomia/vitest/readme";
import { expect, test } from "vitest";

test("the example in the README runs", async () => {
  expect(await runReadmeBlocks(new URL("../README.md", import.meta.url))).toBeGreaterThan(0);
});
