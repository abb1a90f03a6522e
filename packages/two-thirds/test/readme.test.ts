import { runReadme } from "@eunomia/conformance";
import { expect, test, vi } from "vitest";

test("the README's example runs, and everybody decides", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  expect(await runReadme(new URL("../README.md", import.meta.url))).toBe(1);
  const decided = log.mock.calls
    .filter(([, output]) => output.kind === "decided")
    .map(([process]) => process);
  log.mockRestore();
  expect(decided.sort()).toEqual(["a", "b", "c", "d", "r"]);
});
