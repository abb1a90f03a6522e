import { expect, test } from "vitest";
import { runGuide } from "./support/guide.ts";

test("embed ordered broadcast in a Node service", async () => {
  expect(await runGuide("embed")).toEqual(["counters", "node", "service", "reading", "dying", "stopping"]);
});

test("write a new protocol", async () => {
  expect(await runGuide("new-protocol")).toEqual([
    "words",
    "chair",
    "seat",
    "suites",
    "check",
    "simulated",
    "binding",
    "cluster",
  ]);
});

test("assemble your own stack", async () => {
  expect(await runGuide("assemble")).toEqual(["ports", "suite", "stack", "page"]);
});
