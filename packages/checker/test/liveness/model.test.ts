import { expect, test } from "vitest";
import { configurationSymmetry, inertMessages } from "../../src/index.ts";
import { checkLiveness, type ModelProperty } from "../../src/liveness/check.ts";
import type { View } from "../../src/model.ts";
import { goldenModel } from "../support/golden.ts";
import { callModel } from "./engines.ts";

const decides: ModelProperty = {
  name: "the learner decides",
  kind: "eventually",
  goal: (view) => view.of("l").observation.length > 0,
};
const answered: ModelProperty = {
  name: "a call is answered",
  kind: "leads-to",
  from: (view) => view.of("a").observation.asked,
  goal: (view) => view.of("a").observation.answered,
};

test("actor Paxos decides if its proposers begin: every state and edge is there", () => {
  const report = checkLiveness(goldenModel(3, 2), decides, { inputs: "must" });
  expect(report).toMatchObject({ result: "holds", states: 103_676, transitions: 526_674, incomplete: 0 });
  expect(report.fairness.weak).toContain("p0: begin");
});

test("nothing is decided if nobody has to begin", () => {
  const report = checkLiveness(goldenModel(2, 2), decides);
  expect(report.result).toBe("violated");
  expect(report.counterexample).toEqual({ steps: [null], loop: 0 });
});

test("a lower ballot may be shut out for ever", () => {
  const goal: ModelProperty["goal"] = (view) => view.of("p0").observation === 2;
  const low = checkLiveness(goldenModel(2, 2), { name: "p0", kind: "eventually", goal }, { inputs: "must" });
  expect(low.result).toBe("violated");
  expect(low.counterexample!.steps.at(-1)).toBeNull();
  expect(low.counterexample!.steps.length).toBeGreaterThan(5);
  const high = {
    name: "p1",
    kind: "eventually",
    goal: (view: View) => view.of("p1").observation === 2,
  } as const;
  expect(checkLiveness(goldenModel(2, 2), high, { inputs: "must" }).result).toBe("holds");
});

test("a reliable network answers, one that may lose everything does not", () => {
  expect(checkLiveness(callModel({ retryMs: 0 }), answered).result).toBe("holds");
  const lossy = checkLiveness(callModel({ retryMs: 0, network: { loss: true } }), answered);
  expect(lossy.result).toBe("violated");
  expect(lossy.counterexample!.steps.map((step) => step?.kind ?? "stays")).toEqual([
    "input",
    "lose",
    "stays",
  ]);
  expect(lossy.fairness.strong.length).toBeGreaterThan(0);
});

test("a timer whose budget is spent makes the answer unknown, not a deadlock", () => {
  const report = checkLiveness(callModel({ network: { loss: true }, retries: 2 }), answered);
  expect(report.result).toBe("unknown");
  expect(report.incomplete).toBeGreaterThan(0);
});

test("a search that stops says unknown, whatever it did not reach", () => {
  const report = checkLiveness(goldenModel(2, 2), decides, { inputs: "must", states: 500 });
  expect(report).toMatchObject({ result: "unknown", truncated: "more than 500 states" });
  const small = checkLiveness(goldenModel(3, 2), decides, { inputs: "must", memory: 4_000_000 });
  expect(small.result).toBe("unknown");
  expect(small.truncated).toContain("bytes are not enough");
  expect(small.states).toBeGreaterThan(500);
  const never = { name: "x", kind: "leads-to", from: () => false, goal: () => true } as const;
  expect(checkLiveness(goldenModel(2, 2), never, { states: 500 }).result).toBe("unknown");
  expect(checkLiveness(goldenModel(2, 2), never).result).toBe("vacuous");
});

test("a callee that answers only once leaves a second caller without", () => {
  const property: ModelProperty = {
    name: "c is answered",
    kind: "leads-to",
    from: (view) => view.of("c").observation.asked,
    goal: (view) => view.of("c").observation.answered,
  };
  const report = checkLiveness(callModel({ callers: ["a", "c"], retryMs: 0, onlyOnce: true }), property);
  expect(report.result).toBe("violated");
  expect(checkLiveness(callModel({ callers: ["a", "c"], retryMs: 0 }), property).result).toBe("holds");
});

test("forgetting dead messages keeps the answer; representatives of a symmetry make it unknown", () => {
  const plain = checkLiveness(goldenModel(2, 2), decides, { inputs: "must" });
  const inert = checkLiveness(goldenModel(2, 2), decides, { inputs: "must", reductions: [inertMessages] });
  expect(inert.result).toBe(plain.result);
  expect(inert.states).toBeLessThan(plain.states);
  const reductions = [configurationSymmetry()];
  expect(checkLiveness(goldenModel(2, 2), decides, { inputs: "must", reductions }).result).toBe("unknown");
});

test("impossible options are refused", () => {
  for (const options of [{ memory: 0 }, { states: 1.5 }, { inputs: "never" as "may" }])
    expect(() => checkLiveness(callModel(), answered, options)).toThrow(
      expect.objectContaining({ code: "option" }),
    );
});
