import { runReadmeBlocks } from "@eunomia/vitest/readme";
import { expect, test } from "vitest";

test("the stack in the README of the repository runs", async () => {
  const blocks = await runReadmeBlocks(
    new URL("../../../README.md", import.meta.url),
    new URL(".", import.meta.url),
  );
  expect(blocks).toBe(1);
});
