import {
  and,
  type Cost,
  dual,
  type Engines,
  type Expr,
  edgeHolds,
  type Limits,
  majority,
  node,
  normalize,
  restrictByzantine,
  threshold,
  thresholdOf,
  widestLabel,
} from "@eunomia/quorum-algebra";
import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import { Cadical, loadCadical } from "cadical-wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leastCost } from "../src/cover/least-cost.ts";
import { pricedQuorum, pricedSplit } from "../src/cover/priced.ts";
import { lexLeader } from "../src/sat/symmetry.ts";
import { anyExpr, naiveHas, naiveMask, refuted, seeded, subsets, without } from "./naive.ts";

const ids = ["a", "b", "c", "d", "e"];
const everybody = 2 ** ids.length - 1;
const sets = [...subsets(ids)];
const maskOf = (set: ReadonlySet<string>): number =>
  ids.reduce((mask, id, i) => mask | (Number(set.has(id)) << i), 0);

const splits = (left: Expr, right: Expr, set: ReadonlySet<string>): boolean => {
  const [p, q] = [naiveMask(left, ids), naiveMask(right, ids)];
  const b = maskOf(set);
  for (let mine = 0; mine <= everybody; mine++) if (p(mine) && q((everybody & ~mine) | b)) return true;
  return false;
};

const priceOf = (cost: Cost, set: Iterable<string>): number =>
  [...set].reduce((sum, id) => sum + cost(id), 0);
const least = (cost: Cost, good: (set: ReadonlySet<string>) => boolean): number =>
  Math.min(...sets.filter(good).map((set) => priceOf(cost, set)));

const costs = fc.array(fc.oneof(fc.constant(1), fc.nat(9)), { minLength: 5, maxLength: 5 }).map(
  (list): Cost =>
    (id) =>
      list[ids.indexOf(id)] ?? 1,
);
const unit = fc.constant<Cost>(() => 1);
const anyCost = fc.oneof(unit, costs);

interface Least {
  readonly low: number;
  readonly high: number;
  readonly nodes: readonly string[] | null;
}
type Ask = (left: Expr, right: Expr, cost: Cost) => Least;
type Good = (left: Expr, right: Expr) => (set: ReadonlySet<string>) => boolean;

/** The cheapest set by trying all; the nodes named are one, without a member to spare. */
const cheapest = (ask: Ask, good: Good, tally = { some: 0, none: 0 }) =>
  fc.property(anyExpr(ids, 4), anyExpr(ids, 4), anyCost, (left, right, cost) => {
    const { low, high, nodes } = ask(left, right, cost);
    expect([low, high]).toEqual(Array(2).fill(least(cost, good(left, right))));
    if (nodes === null) {
      expect(low).toBe(Infinity);
      tally.none++;
      return;
    }
    expect(priceOf(cost, nodes)).toBe(low);
    expect(good(left, right)(new Set(nodes))).toBe(true);
    for (const id of nodes) expect(good(left, right)(without(nodes, new Set([id])))).toBe(false);
    if (nodes.length > 0) tally.some++;
  });

const isQuorum: Good = (left) => (set) => naiveHas(left, set);
const isSplitting: Good = (left, right) => (set) => splits(left, right, set);

/** The solver's way, where taking apart would come first. */
const solved =
  (build: typeof pricedSplit): Ask =>
  (left, right, cost) => {
    const families = [normalize(left), normalize(right)];
    const prices = ids.map(cost);
    const { nodes, low, high } = leastCost(() => build(families, ids, prices), prices, {}, {});
    return { low, high, nodes: nodes === null ? null : nodes.map((v) => ids[v]!) };
  };
const quorum: typeof pricedSplit = ([left], universe, prices) => pricedQuorum(left!, universe, prices);
const twice: typeof pricedSplit = ([left], universe, prices) => pricedSplit([left!, left!], universe, prices);

describe("a solver finds the cheapest set", () => {
  test("of quorums and of splitting sets, for any costs", () => {
    const tally = { some: 0, none: 0 };
    fc.assert(cheapest(solved(quorum), isQuorum, tally), seeded(120));
    fc.assert(cheapest(solved(pricedSplit), isSplitting, tally), seeded(150));
    fc.assert(
      cheapest(solved(twice), (left) => isSplitting(left, left), tally),
      seeded(100),
    );
    expect(tally.some).toBeGreaterThan(100);
  });

  test("twins are refused: costs forgotten, one system for both, classes of nodes that cannot be swapped", () => {
    expect(refuted(cheapest((left, right) => solved(quorum)(left, right, () => 1), isQuorum))).toBe(true);
    expect(refuted(cheapest(solved(twice), isSplitting))).toBe(true);
    const careless: typeof pricedSplit = (families, universe, prices) => {
      const priced = quorum(families, universe, prices);
      lexLeader(priced.formula, [priced.chosen.map((literal) => [literal])]);
      return priced;
    };
    expect(refuted(cheapest(solved(careless), isQuorum))).toBe(true);
  });

  test("nodes that are not to be had are left out, and a limit leaves bounds", () => {
    const ask = (expr: Expr, prices: number[], limits: Limits = {}) =>
      leastCost(() => pricedQuorum(expr, ["a", "b", "c"], prices), prices, limits, {});
    const two = threshold(["a", "b", "c"], 2);
    expect(ask(two, [1, Infinity, 5])).toMatchObject({ low: 6, high: 6, nodes: [0, 2] });
    expect(ask(two, [1, Infinity, Infinity])).toMatchObject({ low: Infinity, nodes: null });
    expect(ask(two, [1, 1, 1], { maxSteps: 0 })).toMatchObject({ low: 0, high: Infinity, nodes: null });
    const { expr, universe } = entwined;
    const costs = universe.map(() => 1);
    const hurried = [100, 200, 400, 800].map((maxSteps) =>
      leastCost(() => pricedSplit([expr, expr], universe, costs), costs, { maxSteps }, {}),
    );
    for (const { low, high } of hurried) expect(low <= 4 && 4 <= high).toBe(true);
    expect(hurried.some(({ low, high }) => 0 < low && low < high)).toBe(true);
  });

  test("the built-in solver and CaDiCaL prove the same size", async () => {
    const { expr, universe } = entwined;
    const costs = universe.map(() => 1);
    const size = (engines: Engines) =>
      leastCost(() => pricedSplit([expr, expr], universe, costs), costs, {}, engines);
    expect(size({ sat: cadicalSolver(Cadical, await loadCadical()) })).toMatchObject({
      low: 4,
      high: 4,
      method: "solver",
    });
    expect(size({})).toMatchObject({ low: 4, high: 4, method: "built-in solver" });
  });
});

/** Organisations of three that share members with their neighbours. */
const entwined = ((): { expr: Expr; universe: readonly string[] } => {
  const universe = Array.from({ length: 24 }, (_, i) => `n${String(i).padStart(2, "0")}`);
  const gates = Array.from({ length: 12 }, (_, o) =>
    majority([0, 1, 6].map((shift) => universe[(2 * o + shift) % 24]!)),
  );
  return { expr: normalize(thresholdOf(10, gates)), universe };
})();

/** Half of the members or more, so that many pairs meet. */
const crowded = fc.oneof(
  anyExpr(ids, 4),
  fc
    .tuple(fc.integer({ min: 3, max: 5 }), fc.array(anyExpr(ids, 2), { minLength: 1, maxLength: 2 }))
    .map(([k, more]) => thresholdOf(k, [...ids.map(node), ...more])),
);

const isWidest = (label: (left: Expr, right: Expr) => Expr, tally = { some: 0 }) =>
  fc.property(crowded, crowded, (left, right) => {
    const widest = label(left, right);
    for (const safe of sets) expect(naiveHas(widest, safe)).toBe(!splits(left, right, without(ids, safe)));
    if (widest.t !== "const") tally.some++;
  });

const widest = (left: Expr, right: Expr): Expr => {
  const answer = widestLabel(left, right);
  if (answer.kind !== "exact") throw new Error("five nodes are no effort");
  return answer.value;
};

describe("the widest label", () => {
  test("holds exactly where no splitting set is left", () => {
    const tally = { some: 0 };
    fc.assert(isWidest(widest, tally), seeded(300));
    expect(tally.some).toBeGreaterThan(60);
  });

  test("is valid, and no set can be added to it", () => {
    const [five, four] = [threshold([..."abcdefg"], 5), threshold([..."abcdefg"], 4)];
    expect(widest(five, four)).toEqual(threshold([..."abcdefg"], 6));
    expect(edgeHolds(five, four, widest(five, four)).holds).toBe(true);
    expect(edgeHolds(five, four, threshold([..."abcdefg"], 5)).holds).toBe(false);
    expect(edgeHolds(five, four, and(...[..."abcdef"].map(node))).holds).toBe(true);
  });

  test("twins are refused: one node fewer, the splitting sets themselves", () => {
    expect(refuted(isWidest((left, right) => restrictByzantine(widest(left, right), ["a"])))).toBe(true);
    expect(refuted(isWidest((left, right) => dual(widest(left, right))))).toBe(true);
  });

  test("a limit is an answer", () => {
    expect(widestLabel(seriousPair[0], seriousPair[1], { maxSteps: 1 })).toEqual({
      kind: "unknown",
      reason: "limit",
    });
  });
});

const seriousPair = [
  thresholdOf(2, [majority(["a", "b", "c"]), majority(["c", "d", "e"]), majority(["e", "a", "b"])]),
  thresholdOf(2, [majority(["a", "d", "c"]), majority(["b", "d", "e"]), majority(["e", "a", "c"])]),
] as const;
