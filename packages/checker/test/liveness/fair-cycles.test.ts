import { livenessModels, SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { checkFairCycles } from "../../src/liveness/fair-cycles.ts";
import { graphOf } from "../../src/liveness/graph.ts";
import { verifyLasso } from "../../src/liveness/verify-lasso.ts";
import { naiveVerdict } from "./naive.ts";
import { asGraph, randomCase } from "./support.ts";

describe("corpus", () => {
  for (const model of livenessModels)
    test(`${model.name}: ${model.verdict}`, () => {
      const { graph, property } = asGraph(model);
      const { result, why, lasso } = checkFairCycles(graph, property);
      expect(result, why).toBe(model.verdict);
      if (lasso !== null) expect(verifyLasso(graph, property, lasso)).toBeNull();
      expect(lasso === null).toBe(result !== "violated");
      if (graph.reductions.length === 0) expect(naiveVerdict(graph, property)).toBe(model.verdict);
    });
});

test("random graphs: the same answer as brute force, and every printed run is verified", () => {
  const random = new SeededRandom(2026);
  const count: Record<string, number> = {};
  for (let run = 0; run < 3000; run += 1) {
    const { graph, property } = randomCase(random, run);
    const { result, lasso } = checkFairCycles(graph, property);
    expect(result, JSON.stringify({ run })).toBe(naiveVerdict(graph, property));
    if (lasso !== null) expect(verifyLasso(graph, property, lasso)).toBeNull();
    const key = `${property.kind} ${result}`;
    count[key] = (count[key] ?? 0) + 1;
  }
  console.log(JSON.stringify(count));
  for (const kind of ["eventually", "always-eventually", "eventually-always", "leads-to"])
    for (const result of ["holds", "violated", "unknown"])
      expect(count[`${kind} ${result}`], `${kind} ${result}`).toBeGreaterThan(10);
});

test("the counterexample has a shortest prefix", () => {
  // Two fair cycles: the near one is found last by a depth-first search that starts with the first edge.
  const edges = [
    [0, 0, 1],
    [1, 0, 2],
    [2, 0, 3],
    [3, 0, 2],
    [0, 0, 4],
  ] as const;
  const graph = graphOf({ states: 5, initial: [0], edges, labelNames: ["a"], constraints: [] });
  const weak = { ...graph, constraints: [{ name: "a", kind: "weak" as const, labels: [0] }] };
  const { lasso } = checkFairCycles(weak, { kind: "eventually", goal: () => false });
  expect(lasso).toEqual({ states: [0, 4], labels: [0, -1], loop: 1 });
});

test("a long chain needs no call stack", () => {
  const states = 150_000;
  const edges = Array.from({ length: states - 1 }, (_, at) => [at, 0, at + 1] as const);
  const back = [...edges, [states - 1, 1, 0] as const];
  const constraints = [{ name: "a", kind: "weak" as const, labels: [0, 1] }];
  const graph = graphOf({ states, initial: [0], edges: back, labelNames: ["a", "b"], constraints });
  const goal = (state: number): boolean => state === states - 1;
  expect(checkFairCycles(graph, { kind: "eventually", goal }).result).toBe("holds");
  expect(checkFairCycles(graph, { kind: "always-eventually", goal }).result).toBe("holds");
  expect(checkFairCycles(graph, { kind: "eventually-always", goal }).result).toBe("violated");
});

test("a graph that contradicts itself is refused", () => {
  const parts = { states: 2, initial: [0], edges: [], labelNames: ["a"] };
  for (const bad of [
    { ...parts, states: 0 },
    { ...parts, initial: [2] },
    { ...parts, edges: [[0, 0, 2] as const] },
    { ...parts, edges: [[0, 1, 1] as const] },
    { ...parts, incomplete: [7] },
    { ...parts, constraints: [{ name: "x", kind: "weak" as const, labels: [3] }] },
  ])
    expect(() => graphOf(bad)).toThrow(expect.objectContaining({ code: "model" }));
});
