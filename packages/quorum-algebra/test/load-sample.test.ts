import type { Random } from "@eunomia/engine";
import { type Expr, parse, thresholdOf } from "@eunomia/quorum-algebra";
import { bestStrategy, type Choice, figuresOf, marginals, sample } from "@eunomia/quorum-algebra/load";
import fc from "fast-check";
import { expect, test } from "vitest";
import { questions, treeExpr } from "./load-naive.ts";
import { naiveHas, seeded } from "./naive.ts";
import { highs } from "./solvers.ts";

/** Numbers from a seed. */
function chance(seed: number): Random {
  let state = seed;
  return {
    next() {
      state = (state + 0x9e3779b9) >>> 0;
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    },
  };
}

const draws = 2_000;

type Sampler = (choice: Choice, random: Random) => readonly string[];

/** How far the frequencies of nodes lie from their probabilities, in standard deviations. */
function deviation(choice: Choice, sampler: Sampler): number {
  const counts = new Map<string, number>();
  const random = chance(7);
  for (let i = 0; i < draws; i++)
    for (const id of sampler(choice, random)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Math.max(
    ...marginals(choice).map(([id, p]) => {
      const spread = Math.sqrt(draws * p * (1 - p));
      const distance = Math.abs((counts.get(id) ?? 0) - draws * p);
      return distance < 1e-6 * draws ? 0 : spread === 0 ? Infinity : distance / spread;
    }),
  );
}

test("every point of a gate falls on each unit once: marginals are exact", () => {
  const uses = [1, 4, 2, 5, 3];
  const choice: Choice = { use: 5, of: uses.map((use, i) => ({ use, node: `n${i}` })) };
  const counts = new Map<string, number>();
  for (let point = 0; point < 5; point++) {
    const numbers = [0, point];
    const drawn = sample(choice, { next: () => numbers.shift()! });
    expect(drawn.length).toBe(3);
    for (const id of drawn) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  expect(uses.map((_, i) => counts.get(`n${i}`))).toEqual(uses);
});

test("sets drawn are quorums, as often as the strategy says; latency is the mean of what they take", () => {
  const asked = questions(treeExpr(["a", "b", "c", "d", "e", "f"], 1), fc.constant(0)).map((question) => ({
    ...question,
    objective: "load" as const,
  }));
  let mixed = 0;
  fc.assert(
    fc.property(asked, (question) => {
      const answer = bestStrategy(question, { lp: highs });
      if (!("strategy" in answer)) return;
      const { reads } = answer.strategy;
      if (reads === null) return;
      const random = chance(question.readFraction.length);
      let slowest = 0;
      for (let i = 0; i < draws; i++) {
        const set = sample(reads, random);
        expect(naiveHas(question.reads, new Set(set))).toBe(true);
        slowest += Math.max(...set.map((id) => question.nodes[id]!.latency));
      }
      if (marginals(reads).some(([, p]) => p > 0 && p < 1)) mixed++;
      expect(deviation(reads, sample)).toBeLessThan(5);
      const { latency } = figuresOf({ ...question, readFraction: 1 }, answer.strategy);
      expect(Math.abs(slowest / draws - latency)).toBeLessThan(0.15);
    }),
    seeded(20),
  );
  expect(mixed).toBeGreaterThan(7);
});

test("a twin that takes any k children alike is refused", () => {
  const alike: Sampler = (choice, random) => {
    if ("node" in choice) return [choice.node];
    const k = choice.of.reduce((sum, { use }) => sum + use, 0) / choice.use;
    const order = choice.of.map((child) => [random.next(), child] as const).sort(([a], [b]) => a - b);
    return order.slice(0, k).flatMap(([, child]) => alike(child, random));
  };
  const reads: Expr = thresholdOf(2, [parse("a | b"), parse("c"), parse("d & e")]);
  const answer = bestStrategy({ reads, readFraction: 1, nodes: { a: { readCapacity: 3 } } }, { lp: highs });
  if (!("strategy" in answer)) throw new Error(answer.kind);
  expect(deviation(answer.strategy.reads!, sample)).toBeLessThan(5);
  expect(deviation(answer.strategy.reads!, alike)).toBeGreaterThan(10);
});
