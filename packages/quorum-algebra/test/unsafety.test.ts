import type { NodeId } from "@eunomia/engine";
import {
  type Expr,
  majority,
  node,
  parse,
  quorumSystem,
  threshold,
  thresholdOf,
  weighted,
} from "@eunomia/quorum-algebra";
import {
  estimateUnavailability,
  nines,
  reliability,
  unavailability,
  unavailabilityBounds,
  unavailabilityByCounts,
  unsafety,
  wilson,
} from "@eunomia/quorum-algebra/probability";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Budget } from "../src/limits.ts";
import { evaluate } from "../src/probability/evaluation.ts";
import { type LightPlan, planSplit } from "../src/probability/gates.ts";
import { blocks, chanceOfSets, close, naiveSplits } from "./chances.ts";
import { refuted, seeded, seriousExpr } from "./naive.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const chance = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e-3, 1e-9));
const chances = fc.record(Object.fromEntries(ids.map((id) => [id, chance])));
const exact = (answer: { kind: string; value?: unknown }): number => {
  if (answer.kind !== "exact") throw new Error(`expected an exact answer, got ${answer.kind}`);
  return answer.value as number;
};

/** xorshift, as the `Random` of the engine. */
const randomFrom = (seed: number) => {
  let s = seed | 1;
  return {
    next() {
      s ^= s << 13;
      s ^= s >>> 17;
      s ^= s << 5;
      return s >>> 0;
    },
  };
};

describe("unsafety", () => {
  const isTheChanceToSplit = (ask: typeof unsafety, pair: boolean) =>
    fc.property(seriousExpr(ids), seriousExpr(ids), chances, (left, right, p) => {
      const truth = chanceOfSets(ids, p, naiveSplits(left, pair ? right : left, ids));
      return close(exact(ask(left, p, pair ? { other: right } : {})), truth);
    });
  test("is the chance of the sets that split, for one system and for two", () => {
    fc.assert(isTheChanceToSplit(unsafety, false), seeded(300));
    fc.assert(isTheChanceToSplit(unsafety, true), seeded(150));
  });
  test("broken twins are refused: k - 1 of 2k - n, and one system in the place of two", () => {
    const byBlocking: typeof unsafety = (system, p) => unavailability(system, p);
    expect(refuted(isTheChanceToSplit(byBlocking, false))).toBe(true);
    expect(refuted(isTheChanceToSplit((left, p) => unsafety(left, p), true))).toBe(true);
  });
  /** Trees of one shape over nine nodes with their own thresholds. */
  const tree = fc
    .tuple(
      fc.integer({ min: 2, max: 3 }),
      fc.array(fc.integer({ min: 2, max: 2 }), { minLength: 3, maxLength: 3 }),
    )
    .map(
      ([k, ks]): Expr =>
        thresholdOf(
          k,
          ks.map((inner, g) =>
            threshold(
              [1, 2, 3].map((i) => `${"abc"[g]}${i}`),
              inner,
            ),
          ),
        ),
    );
  const nine = ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"];
  test("trees of one shape are answered gate by gate", () => {
    const methods: string[] = [];
    fc.assert(
      fc.property(tree, tree, fc.double({ min: 0.001, max: 0.9, noNaN: true }), (left, right, p) => {
        const answer = unsafety(left, p, { other: right });
        if (answer.kind !== "exact") return false;
        methods.push(answer.method);
        const all = Object.fromEntries(nine.map((id) => [id, p]));
        return close(answer.value, chanceOfSets(nine, all, naiveSplits(left, right, nine)));
      }),
      seeded(25),
    );
    expect(methods.filter((method) => method !== "diagram").length).toBeGreaterThan(5);
  });
  test("large weights: the bounds hold the truth", () => {
    let nonTrivial = 0;
    const boundsHold = (lower: (low: number) => number) =>
      fc.property(
        fc.array(fc.bigInt(1n, 60n), { minLength: 41, maxLength: 43 }),
        fc.double({ min: 0.02, max: 0.3, noNaN: true }),
        (weights, p) => {
          const total = weights.reduce((a, b) => a + b);
          const expr = weighted(new Map(weights.map((w, i) => [`v${i}`, w])), (total * 2n) / 3n + 1n);
          const answer = unsafety(expr, p, { units: 300 });
          const fine = unsafety(expr, p);
          if (answer.kind !== "bounds" || fine.kind !== "bounds") return answer.kind === "exact";
          nonTrivial++;
          // Subset sums of so many small weights divide anything: the weight decides.
          const truth = fine.high;
          return answer.low <= truth && truth <= lower(answer.high) * (1 + 1e-9);
        },
      );
    fc.assert(
      boundsHold((high) => high),
      seeded(60),
    );
    expect(nonTrivial).toBeGreaterThan(40);
    expect(
      refuted(
        boundsHold((high) => high * 0.9),
        100,
      ),
    ).toBe(true);
  });
  test("the bound by light children holds, and is better than the plain one, on chains small enough to be divided", () => {
    let better = 0;
    const isBelow = (change: (light: LightPlan) => LightPlan) =>
      fc.property(
        fc.array(fc.bigInt(5n, 20n), { minLength: 2, maxLength: 3 }),
        fc.array(fc.bigInt(1n, 6n), { minLength: 6, maxLength: 7 }),
        fc.integer({ min: 55, max: 75 }),
        fc.double({ min: 0.01, max: 0.6, noNaN: true }),
        fc.double({ min: 0.01, max: 0.95, noNaN: true }),
        (heavy, light, percent, ofHeavy, ofLight) => {
          const weights = [...heavy, ...light];
          const total = weights.reduce((a, b) => a + b);
          const expr = weighted(
            new Map(weights.map((w, i) => [`v${i}`, w])),
            (total * BigInt(percent)) / 100n,
          );
          if (expr.t !== "wthr") return true;
          const plan = planSplit(weights, expr.k, 1e6);
          if (plan === null || plan.light === null) return true;
          const names = weights.map((_, i) => `v${i}`);
          const low = (bound: LightPlan | null): number => {
            const parts = Int32Array.from(names, (_, i) => i);
            const step = { kind: "gate", slot: names.length, parts, plan, light: bound } as const;
            const up = Float64Array.from(names, (_, i) => (i < heavy.length ? ofHeavy : ofLight));
            const nodes = { up, down: up.map((chance) => 1 - chance) };
            const whole = { ids: names, slots: names.length + 1, steps: [step], exact: false, method: "" };
            return evaluate(whole, nodes, "low", new Budget({}, 1e9))!.up.at(-1)!;
          };
          const all = Object.fromEntries(names.map((id, i) => [id, i < heavy.length ? ofHeavy : ofLight]));
          const truth = chanceOfSets(names, all, naiveSplits(expr, expr, names));
          const bound = low(change(plan.light));
          if (bound > low(null) * 1.01) better++;
          return bound <= truth * (1 + 1e-9);
        },
      );
    fc.assert(
      isBelow((light) => light),
      seeded(60),
    );
    expect(better).toBeGreaterThan(15);
    // A twin that never minds how many of the light ones are Byzantine.
    const careless = (light: LightPlan): LightPlan => ({
      ...light,
      spoil: { side: "up", cap: 1, weights: light.spoil.weights.map(() => 0) },
    });
    expect(refuted(isBelow(careless), 300)).toBe(true);
  });
  test("known cases", () => {
    expect(exact(unsafety(threshold(["a", "b", "c", "d"], 3), 0.01))).toBeCloseTo(
      6 * 1e-4 * 0.9801 + 4e-6 * 0.99 + 1e-8,
      12,
    );
    expect(unsafety(threshold(["a", "b", "c", "d"], 2), 0.01)).toEqual({
      kind: "exact",
      value: 1,
      method: "disjoint quorums",
    });
    expect(exact(unsafety(parse("false"), 0.5))).toBe(0);
    expect(exact(unsafety(parse("true"), 0.5))).toBe(1);
    expect(() => unsafety(node("a"), {})).toThrow(expect.objectContaining({ code: "chance" }));
    const groups = Array.from({ length: 21 }, (_, i) => ({ id: `g${i}`, members: ["a"], chance: 0.1 }));
    expect(() => unsafety(node("a"), 0.1, { groups })).toThrow(expect.objectContaining({ code: "limit" }));
  });
});

describe("reliability", () => {
  test("safety by Byzantine nodes, liveness by all that do not answer", () => {
    const system = threshold(["a", "b", "c", "d", "e", "f", "g"], 5);
    const found = reliability(system, { crash: 0.01, byzantine: 0.001 });
    expect(found.unsafety).toEqual(unsafety(system, 0.001));
    expect(exact(found.unavailability)).toBeCloseTo(exact(unavailability(system, 0.011)), 15);
    expect(found.safetyNines).toBeCloseTo(-Math.log10(exact(found.unsafety)), 12);
    // Larger quorums: more nines of safety, fewer of liveness.
    const larger = reliability(threshold(["a", "b", "c", "d", "e", "f", "g"], 6), {
      crash: 0.01,
      byzantine: 0.001,
    });
    expect(larger.safetyNines!).toBeGreaterThan(found.safetyNines!);
    expect(larger.livenessNines!).toBeLessThan(found.livenessNines!);
    expect(() => reliability(system, { crash: 0.6, byzantine: 0.6 })).toThrow(
      expect.objectContaining({ code: "chance" }),
    );
    expect(reliability(system, { crash: 0, byzantine: 0 }).safetyNines).toBe(Number.POSITIVE_INFINITY);
    expect([nines(0.001), nines(1)]).toEqual([3, 0]);
  });
});

describe("without an expression", () => {
  const classes = [["a", "b", "c"], ["d", "e"], ["f"]];
  const symmetric = fc
    .tuple(fc.nat(6), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }))
    .map(
      ([k, x, y]): Expr =>
        parse(`{({a,b,c}>=${x})*2, ({d,e}>=${y})*3, f*1, ({a,b,c}>=3)*1} >= ${Math.max(1, k)}`),
    );
  const countsAreExact = (ask: typeof unavailabilityByCounts) =>
    fc.property(symmetric, chances, (expr, p) =>
      close(exact(ask(quorumSystem(expr), classes, p)), chanceOfSets(ids, p, blocks(expr, ids))),
    );
  test("counts per class are exact, members of a class with different chances", () => {
    fc.assert(countsAreExact(unavailabilityByCounts), seeded(200));
  });
  test("a broken twin is refused: classes that are not interchangeable", () => {
    const wrong: typeof unavailabilityByCounts = (system, _, p) =>
      unavailabilityByCounts(
        system,
        [
          ["a", "b", "c", "d"],
          ["e", "f"],
        ],
        p,
      );
    expect(refuted(countsAreExact(wrong))).toBe(true);
  });
  test("classes must divide the members; limits end it", () => {
    const system = quorumSystem(majority(ids));
    expect(() => unavailabilityByCounts(system, [["a"]], 0.1)).toThrow(
      expect.objectContaining({ code: "shape" }),
    );
    expect(() => unavailabilityByCounts(system, [ids, ["a"]], 0.1)).toThrow(
      expect.objectContaining({ code: "duplicate-member" }),
    );
    expect(
      unavailabilityByCounts(
        system,
        [
          ["a", "b"],
          ["c", "d"],
          ["e", "f"],
        ],
        0.1,
        { maxSteps: 3 },
      ).kind,
    ).toBe("unknown");
  });
  test("draws: the interval of 200 runs holds the truth as often as it says, groups included", () => {
    const system = quorumSystem(majority(ids));
    const groups = [{ id: "g", members: ["a", "b"], chance: 0.2 }];
    const truth = exact(unavailability(majority(ids), 0.2, { groups }));
    let inside = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const found = estimateUnavailability(system, 0.2, {
        random: randomFrom(seed * 7919),
        seed,
        draws: 400,
        groups,
      });
      if (found.low <= truth && truth <= found.high) inside++;
    }
    expect(inside).toBeGreaterThan(180);
    expect(inside).toBeLessThan(200);
    const one = estimateUnavailability(system, 0.2, {
      random: randomFrom(5),
      seed: 5,
      draws: 1000,
      maxSteps: 100,
    });
    expect(one.draws).toBe(100);
    expect(one.method).toBe("Monte Carlo, 100 draws, 1.96 deviations, seed 5");
  });
  test("Wilson's interval", () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilson(0, 10).high).toBeCloseTo(0.2775, 4);
    const { low, high } = wilson(10, 100);
    expect([low, high]).toEqual([expect.closeTo(0.0552, 4), expect.closeTo(0.1744, 4)]);
    expect(wilson(10, 10).high).toBe(1);
  });
  const boundsHold = (ask: typeof unavailabilityBounds) =>
    fc.property(
      fc.array(fc.subarray([...ids], { minLength: 1 }), { minLength: 1, maxLength: 8 }),
      chances,
      (sets, p) => {
        const masks = sets.map((set) => set.reduce((sum, id) => sum | (1 << ids.indexOf(id)), 0));
        const truth = chanceOfSets(ids, p, (failed) => masks.some((mask) => (mask & failed) === mask));
        const answer = ask(sets, p);
        return (
          answer.kind === "bounds" && answer.low <= truth * (1 + 1e-9) && truth <= answer.high * (1 + 1e-9)
        );
      },
    );
  test("Bonferroni bounds hold the truth and close in on it when failures are rare", () => {
    fc.assert(boundsHold(unavailabilityBounds), seeded(500));
    const triples = ids.flatMap((x, i) =>
      ids.slice(i + 1).flatMap((y, j) => ids.slice(i + j + 2).map((z): NodeId[] => [x, y, z])),
    );
    const answer = unavailabilityBounds(triples, 1e-4);
    const truth = exact(unavailability(threshold(ids, 4), 1e-4));
    expect(answer.kind === "bounds" && answer.high / answer.low).toBeLessThan(1.001);
    expect(answer.kind === "bounds" && answer.low <= truth && truth <= answer.high).toBe(true);
    expect(unavailabilityBounds(triples, 1e-4, { maxSteps: 5 })).toMatchObject({
      method: "Bonferroni, one sum",
      low: 1e-12,
    });
  });
  test("broken twins are refused: sets as if they excluded each other, and pairs left out of the lower bound", () => {
    const exclusive: typeof unavailabilityBounds = (sets, p) => {
      const answer = unavailabilityBounds(sets, p);
      return answer.kind === "bounds" ? { ...answer, low: answer.high } : answer;
    };
    expect(refuted(boundsHold(exclusive))).toBe(true);
    const one: typeof unavailabilityBounds = (sets, p) => {
      const answer = unavailabilityBounds(sets, p);
      return answer.kind === "bounds" ? { ...answer, high: answer.low } : answer;
    };
    expect(refuted(boundsHold(one))).toBe(true);
  });
});
