import { and, type Expr, type LpSolver, node, or, threshold, weightedOf } from "@eunomia/quorum-algebra";
import {
  bestStrategy,
  type LoadAnswer,
  type LoadQuestion,
  toNumber,
  verifyLoad,
} from "@eunomia/quorum-algebra/load";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Asked, naiveOptimum, naiveSets, questions, treeExpr } from "./load-naive.ts";
import { refuted, seeded, seriousExpr } from "./naive.ts";
import { highs, smallLp } from "./solvers.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const few = ["a", "b", "c", "d"];

type Solve = (question: LoadQuestion) => LoadAnswer;
const withHighs: Solve = (question) => bestStrategy(question, { lp: highs });

/** Several quorums. */
const manySets = (failures: number): fc.Arbitrary<Expr> =>
  seriousExpr(few).filter((e) => naiveSets(e, failures).length >= 3);

/** What of the runs was not trivial. */
function counts() {
  return { exact: 0, bounds: 0, impossible: 0, unknown: 0 };
}

/** Value of the strategy = bound of the certificate = optimum over all listed sets. */
const isOptimal = (
  asked: fc.Arbitrary<Asked>,
  solve: Solve,
  seen = counts(),
  methods = new Map<string, number>(),
) =>
  fc.property(asked, (question) => {
    const answer = solve(question);
    const optimum = naiveOptimum(question, highs);
    seen[answer.kind]++;
    if (answer.kind === "unknown") throw new Error("nothing is known");
    methods.set(answer.method, (methods.get(answer.method) ?? 0) + 1);
    if (answer.kind === "impossible") {
      expect(optimum).toBe(null);
      return;
    }
    expect(optimum).not.toBe(null);
    expect(Math.abs(answer.value - optimum!)).toBeLessThan(1e-6 * Math.max(1, optimum!));
    const proof = verifyLoad(question, answer);
    if (!proof.holds) throw new Error(proof.reason);
    expect(toNumber(proof.high)).toBe(answer.value);
    expect(answer.value - toNumber(proof.low!)).toBeLessThan(1e-6 * Math.max(1, answer.value));
    // Exactly, but for the part in 10^9 by which a limit may be missed.
    if (Object.keys(question.atMost).length === 0)
      expect(toNumber(proof.low!)).toBeLessThanOrEqual(answer.value);
    expect(answer.kind === "exact").toBe(
      proof.low!.num === proof.high.num && proof.low!.den === proof.high.den,
    );
  });

test("trees: the compact program is enumeration is certificate", () => {
  const seen = counts();
  const methods = new Map<string, number>();
  fc.assert(isOptimal(questions(treeExpr(ids), fc.constant(0)), withHighs, seen, methods), seeded(80));
  expect(seen.exact).toBeGreaterThan(40);
  expect(seen.impossible).toBeGreaterThan(5);
  expect(methods.get("compact program")).toBeGreaterThan(25);
});

test("any expression: column generation is enumeration is certificate", () => {
  const seen = counts();
  const methods = new Map<string, number>();
  fc.assert(isOptimal(questions(manySets(0), fc.constant(0)), withHighs, seen, methods), seeded(100));
  expect(seen.exact).toBeGreaterThan(50);
  expect(methods.get("column generation")).toBeGreaterThan(25);
});

test("stakes, and sets that hit lines: cheapest quorums by search are those of enumeration", () => {
  const nodes = ["a", "b", "c", "d", "e", "f", "g"];
  const stakes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 7, maxLength: 7 }).map((weights) =>
    weightedOf(
      BigInt(Math.floor((2 * weights.reduce((sum, weight) => sum + weight, 0)) / 3) + 1),
      weights.map((weight, i) => [BigInt(weight), node(nodes[i]!)] as const),
    ),
  );
  const hitting = fc
    .array(fc.uniqueArray(fc.constantFrom(...nodes), { minLength: 2, maxLength: 3 }), {
      minLength: 3,
      maxLength: 7,
    })
    .map((lines) => and(...lines.map((line) => or(...line.map(node)))));
  const seen = counts();
  fc.assert(isOptimal(questions(fc.oneof(stakes, hitting), fc.constant(0)), withHighs, seen), seeded(40));
  expect(seen.exact + seen.bounds).toBeGreaterThan(20);
});

test("sets that bear failures: tables and listing are enumeration is certificate", () => {
  const seen = counts();
  const failing = fc.oneof(
    questions(treeExpr(ids, 1), fc.constantFrom(1, 1, 2)),
    questions(manySets(1), fc.constant(1)),
  );
  fc.assert(isOptimal(failing, withHighs, seen), seeded(120));
  expect(seen.exact).toBeGreaterThan(30);
  expect(seen.impossible).toBeGreaterThan(20);
});

test("a solver without prices of rows serves as well", () => {
  const seen = counts();
  const solve: Solve = (question) => bestStrategy(question, { lp: smallLp });
  fc.assert(isOptimal(questions(treeExpr(few), fc.constant(0)), solve, seen), seeded(60));
  fc.assert(isOptimal(questions(manySets(0), fc.constant(0)), solve, seen), seeded(60));
  expect(seen.exact).toBeGreaterThan(60);
});

test("twins that are not optimal are refused", () => {
  const trees = questions(treeExpr(ids), fc.constant(0));
  // Only what needs no solver.
  const free: Solve = (question) => bestStrategy(question);
  expect(refuted(isOptimal(trees, free))).toBe(true);
  // One price of the program is lost.
  const forgetful: LpSolver = (program) => {
    const result = highs(program);
    return { ...result, dual: result.dual.map((price, row) => (row === result.dual.length - 1 ? 0 : price)) };
  };
  expect(refuted(isOptimal(trees, (question) => bestStrategy(question, { lp: forgetful })))).toBe(true);
  // The failures are forgotten.
  const careless: Solve = (question) => withHighs({ ...question, failures: 0 });
  expect(refuted(isOptimal(questions(treeExpr(ids, 1), fc.constant(1)), careless))).toBe(true);
});

test("without a solver: bounds that hold, and no wrong answer", () => {
  const seen = counts();
  fc.assert(
    fc.property(questions(treeExpr(ids), fc.constant(0)), (question) => {
      const answer = bestStrategy(question);
      seen[answer.kind]++;
      if (!("strategy" in answer)) return;
      const optimum = naiveOptimum(question, highs)!;
      expect(answer.low).toBeLessThanOrEqual(optimum + 1e-9);
      expect(answer.value).toBeGreaterThanOrEqual(optimum - 1e-9);
      if (answer.kind === "exact") expect(answer.value).toBeCloseTo(optimum, 9);
    }),
    seeded(120),
  );
  expect(seen.exact).toBeGreaterThan(30);
  expect(seen.bounds).toBeGreaterThan(15);
});

/** Naor and Wool: with the smallest quorum of c nodes out of n, load >= max(1 / c, c / n). */
const keepsBounds = (load: (reads: Expr) => number) =>
  fc.property(seriousExpr(few), (reads) => {
    const sets = naiveSets(reads, 0);
    const c = Math.min(...sets.map((set) => set.size));
    const n = new Set(sets.flatMap((set) => [...set])).size;
    const intersecting = sets.every((p) => sets.every((q) => [...p].some((id) => q.has(id))));
    expect(load(reads) * n).toBeGreaterThanOrEqual(c - 1e-9);
    if (intersecting) expect(load(reads) * c).toBeGreaterThanOrEqual(1 - 1e-9);
  });

/** Malkhi and Reiter: quorums that mask b of n Byzantine nodes have a load of sqrt((2 b + 1) / n) at least. */
test("the bound of masking quorums", () => {
  for (const [n, b] of [
    [5, 1],
    [9, 2],
    [20, 3],
  ] as const) {
    const members = Array.from({ length: n }, (_, i) => `n${i}`);
    const answer = bestStrategy({
      reads: threshold(members, Math.ceil((n + 2 * b + 1) / 2)),
      readFraction: 1,
    });
    if (!("value" in answer)) throw new Error(answer.kind);
    expect(answer.value).toBeGreaterThanOrEqual(Math.sqrt((2 * b + 1) / n));
  }
});

test("general bounds of the load", () => {
  const load = (reads: Expr): number => {
    const answer = withHighs({ reads, readFraction: 1 });
    return "value" in answer ? answer.value : Number.NaN;
  };
  fc.assert(keepsBounds(load), seeded(150));
  expect(refuted(keepsBounds((reads) => load(reads) * 0.9))).toBe(true);
});
