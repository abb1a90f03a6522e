import { livenessModels } from "@eunomia/conformance";
import { expect, test } from "vitest";
import type { Lasso } from "../../src/liveness/property.ts";
import { verifyLasso } from "../../src/liveness/verify-lasso.ts";
import { asGraph } from "./support.ts";

function verify(name: string, lasso: Lasso): string | null {
  const { graph, property } = asGraph(livenessModels.find((model) => model.name === name)!);
  return verifyLasso(graph, property, lasso);
}

test("the shortest cycle of a fair component is refused where it is unfair itself", () => {
  const name = "unfair loop inside a fair component";
  expect(verify(name, { states: [0, 1], labels: [0, 0], loop: 0 })).toContain("detour is enabled in all");
  expect(verify(name, { states: [0, 1, 2], labels: [0, 1, 2], loop: 0 })).toBeNull();
});

test("a run that is none is refused", () => {
  const name = "goal only once";
  const right: Lasso = { states: [0, 1, 2], labels: [0, 1, -1], loop: 2 };
  expect(verify(name, right)).toBeNull();
  const wrong: readonly (readonly [Partial<Lasso>, string])[] = [
    [{ states: [] }, "no lasso"],
    [{ loop: 3 }, "no lasso"],
    [{ loop: 1 }, "a stutter step leads from 2 to 1"],
    [{ states: [1, 2], labels: [1, -1], loop: 1 }, "not initial"],
    [{ labels: [0, 0, -1] }, "no step go leads from 1 to 2"],
    [{ states: [0, 2], labels: [0, -1], loop: 1 }, "no step go leads from 0 to 2"],
    [{ states: [0], labels: [-1], loop: 0 }, "go is enabled in all its states"],
    [{ states: [0, 1], labels: [0, -1], loop: 1 }, "keeps the property"],
  ];
  for (const [change, reason] of wrong) expect(verify(name, { ...right, ...change })).toContain(reason);
});

test("a strongly fair action that is enabled once in the loop must be taken", () => {
  const lasso = { states: [0, 1], labels: [0, 1], loop: 0 };
  expect(verify("enabled again and again, strongly", lasso)).toContain("deliver is enabled in one");
  expect(verify("enabled again and again, weakly", lasso)).toBeNull();
});

test("a loop through a state that was not fully explored says nothing", () => {
  const lasso = { states: [0, 1, 2], labels: [0, 0, -1], loop: 2 };
  expect(verify("cut-off state", lasso)).toContain("not explored");
});
