import { runReadme } from "@eunomia/conformance";
import { expect, test } from "vitest";

test("the README's examples run", async () => {
  expect(await runReadme(new URL("../README.md", import.meta.url))).toBe(2);
});
