import { runReadme } from "@eunomia/conformance";
import { expect, test, vi } from "vitest";

test("the README's example runs, and everybody decides for both chains", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  expect(await runReadme(new URL("../README.md", import.meta.url))).toBe(1);
  const decided = log.mock.calls.map(([process, { kind, learner }]) => `${process} ${kind} ${learner}`);
  log.mockRestore();
  const processes = ["b", "r", "s1", "s2", "s3", "w"];
  expect(decided.sort()).toEqual(
    processes.flatMap((process) => ["blue", "red"].map((learner) => `${process} decided ${learner}`)),
  );
});
