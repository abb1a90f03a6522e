import { livenessModels, SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { checkLiveness, type ModelProperty } from "../../src/liveness/check.ts";
import { checkFairCycles } from "../../src/liveness/fair-cycles.ts";
import type { LivenessGraph } from "../../src/liveness/graph.ts";
import { transitionsOfModel } from "../../src/liveness/model-transitions.ts";
import type { LivenessProperty } from "../../src/liveness/property.ts";
import { type Product, toSafety, transitionsOf, type Watched } from "../../src/liveness/to-safety.ts";
import { callModel } from "./engines.ts";
import { asGraph, randomCase } from "./support.ts";

/** A plain search for a bad state; null if there is none, else the way to it. */
function search<State>(product: Product<State>): readonly Watched<State>[] | null {
  const before = new Map<string, Watched<State> | null>();
  const queue: Watched<State>[] = [];
  const reach = (watched: Watched<State>, from: Watched<State> | null): void => {
    const key = product.key(watched);
    if (before.has(key)) return;
    before.set(key, from);
    queue.push(watched);
  };
  for (const watched of product.initial) reach(watched, null);
  for (const watched of queue) {
    if (product.bad(watched)) {
      const way: Watched<State>[] = [];
      for (let at: Watched<State> | null = watched; at !== null; at = before.get(product.key(at))!)
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

const answered: ModelProperty = {
  name: "a call is answered",
  kind: "leads-to",
  from: (view) => view.of("a").observation.asked,
  goal: (view) => view.of("a").observation.answered,
};

test("models on the fly: the same violations as by fair cycles", () => {
  const models = [
    callModel({ retryMs: 0 }),
    callModel({ retryMs: 0, network: { loss: true } }),
    callModel({ retryMs: 0, onlyOnce: true, callers: ["c", "a"] }),
    callModel({ retryMs: 0, callers: ["c", "a"] }),
    callModel({ network: { loss: 1 } }),
  ];
  const found = models.map((model) => {
    const { system, property } = transitionsOfModel(model, answered);
    const violates = search(toSafety(system, property)) !== null;
    expect(violates).toBe(checkLiveness(model, answered).result === "violated");
    return violates;
  });
  expect(found).toEqual([false, true, true, false, false]);
});

test("a walk finds a violation in a scope that it does not explore", () => {
  const model = callModel({ retryMs: 0, network: { loss: true }, callers: ["a", "b1", "b2", "b3", "b4"] });
  const { system, property } = transitionsOfModel(model, answered);
  const product = toSafety(system, property);
  const random = new SeededRandom(5);
  let found = 0;
  for (let walk = 0; walk < 200; walk += 1) {
    let at = random.pick(product.initial);
    for (let step = 0; step < 60 && !product.bad(at); step += 1) {
      const next = product.next(at);
      if (next.length === 0) break;
      at = random.pick(next).target;
    }
    if (product.bad(at)) found += 1;
  }
  console.log(`${found} of 200 walks found the violation`);
  expect(found).toBeGreaterThan(0);
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
