import { livenessModels, SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { checkFairCycles } from "../../src/liveness/fair-cycles.ts";
import type { LivenessGraph } from "../../src/liveness/graph.ts";
import type { LivenessProperty } from "../../src/liveness/property.ts";
import { type Product, toSafety, transitionsOf, type Watched } from "../../src/liveness/to-safety.ts";
import { asGraph, randomCase } from "./support.ts";

/** A plain search for a bad state; null if there is none, else the way to it. */
function search(product: Product<number>): readonly Watched<number>[] | null {
  const before = new Map<string, Watched<number> | null>();
  const queue: Watched<number>[] = [];
  const reach = (watched: Watched<number>, from: Watched<number> | null): void => {
    const key = product.key(watched);
    if (before.has(key)) return;
    before.set(key, from);
    queue.push(watched);
  };
  for (const watched of product.initial) reach(watched, null);
  for (const watched of queue) {
    if (product.bad(watched)) {
      const way: Watched<number>[] = [];
      for (let at: Watched<number> | null = watched; at !== null; at = before.get(product.key(at))!)
        way.unshift(at);
      return way;
    }
    for (const { target } of product.next(watched)) reach(target, watched);
  }
  return null;
}

type Change = (product: Product<number>) => Product<number>;

function violated(
  graph: LivenessGraph,
  property: LivenessProperty<number>,
  change: Change = (p) => p,
): boolean {
  return search(change(toSafety(transitionsOf(graph), property))) !== null;
}

const whole = livenessModels.filter(({ reductions = [] }) => reductions.length === 0);

describe("corpus", () => {
  for (const model of whole)
    test(`${model.name}: ${model.verdict}`, () => {
      const { graph, property } = asGraph(model);
      expect(violated(graph, property)).toBe(model.verdict === "violated");
    });
});

test("random graphs: the same violations as by fair cycles", () => {
  const random = new SeededRandom(77);
  let found = 0;
  for (let run = 0; run < 800; run += 1) {
    const { graph, property } = randomCase(random, run);
    const answer = checkFairCycles(graph, property).result === "violated";
    expect(violated(graph, property), `run ${run}`).toBe(answer);
    if (answer) found += 1;
  }
  console.log(`800 graphs, ${found} violated`);
  expect(found).toBeGreaterThan(200);
  expect(found).toBeLessThan(700);
});

/** Transformations that are wrong in one way each. */
const twins: readonly (readonly [fault: string, change: Change])[] = [
  [
    "fairness is assumed of single steps, beside the loop",
    (product) => ({
      ...product,
      next: (from) =>
        product.next(from).filter(({ label, target }) => {
          // Every step of the loop has to keep all constraints at once.
          const once = { ...target, saved: target.state, moved: true, visited: true };
          return (
            from.saved === null || label === -1 || product.bad({ ...once, taken: target.taken & ~from.taken })
          );
        }),
    }),
  ],
  [
    "what was taken before the loop counts for it",
    (product) => ({
      ...product,
      next: (from) =>
        product.next(from).map((step) => ({
          ...step,
          // Constraint 0 counts from the start of the run.
          target: {
            ...step.target,
            taken: step.target.taken | (step.label === 0 || (from.taken & 1n) === 1n ? 1n : 0n),
          },
        })),
    }),
  ],
  ["fairness is not asked for", (product) => ({ ...product, bad: (w) => product.bad({ ...w, taken: -1n }) })],
  [
    "staying is not a step",
    (product) => ({
      ...product,
      next: (from) => product.next(from).filter(({ label }) => from.saved === null || label !== -1),
    }),
  ],
  [
    "the loop is closed at once",
    (product) => ({ ...product, bad: (w) => product.bad({ ...w, moved: true, taken: -1n }) }),
  ],
];

for (const [fault, change] of twins)
  test(`the corpus refuses: ${fault}`, () => {
    const wrong = whole.filter((model) => {
      const { graph, property } = asGraph(model);
      return violated(graph, property, change) !== (model.verdict === "violated");
    });
    expect(wrong.length).toBeGreaterThan(0);
  });
