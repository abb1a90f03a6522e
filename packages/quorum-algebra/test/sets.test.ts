import {
  and,
  dpll,
  dual,
  type Expr,
  majority,
  node,
  or,
  parse,
  threshold,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import {
  canonicalForm,
  cheapestSplittingSet,
  collect,
  countMinimalBlockingSets,
  countMinimalQuorums,
  countMinimalSplittingSets,
  minimalBlockingSets,
  minimalHittingSets,
  minimalQuorums,
  minimalSplittingSets,
  type Sets,
  topTier,
} from "@eunomia/quorum-algebra/sets";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Budget } from "../src/limits.ts";
import { generateJointly } from "../src/sets/joint.ts";
import { type Question, quorumQuestion, splittingQuestion } from "../src/sets/questions.ts";
import { searchMinimal } from "../src/sets/search.ts";
import {
  anyExpr,
  entangled,
  naiveMask,
  naiveSupport,
  readOnce,
  refuted,
  sameMeaning,
  seeded,
} from "./naive.ts";

const ids = ["a", "b", "c", "d", "e", "f"];

const any: fc.Arbitrary<Expr> = fc.oneof(anyExpr(ids), entangled(ids), readOnce);
const pairs: fc.Arbitrary<[Expr, Expr]> = fc.oneof(
  fc.tuple(anyExpr(ids.slice(0, 5)), anyExpr(ids.slice(1))),
  fc.tuple(entangled(ids.slice(0, 5)), entangled(ids.slice(1))),
  fc.tuple(readOnce, readOnce),
);

/** The minimal sets for which a monotone condition holds, by trying all. Bit i of a set is `over[i]`. */
function naiveMinimal(over: readonly string[], holds: (set: number) => boolean): string[] {
  const found: string[] = [];
  for (let set = 0; set < 1 << over.length; set++)
    if (holds(set) && !over.some((_, i) => (set >> i) & 1 && holds(set & ~(1 << i))))
      found.push(over.filter((_, i) => (set >> i) & 1).join());
  return found.sort();
}

function quorumsOf(e: Expr): string[] {
  const over = naiveSupport(e);
  return naiveMinimal(over, naiveMask(e, over));
}

/** Minimal intersections of a minimal quorum of each. */
function splittingOf(left: Expr, right: Expr): string[] {
  const sets = (e: Expr): string[][] => quorumsOf(e).map((set) => (set === "" ? [] : set.split(",")));
  const common = sets(left).flatMap((p) => sets(right).map((q) => p.filter((id) => q.includes(id))));
  const minimal = common.filter(
    (set) => !common.some((o) => o.length < set.length && o.every((id) => set.includes(id))),
  );
  return [...new Set(minimal.map((set) => set.join()))].sort();
}

/** Every set is ascending, none is given twice, and the listing says that it is complete. */
const listed = (listing: Sets): string[] => {
  const { sets, complete, count } = collect(listing);
  expect({ complete, count }).toEqual({ complete: true, count: sets.length });
  expect(sets.every((set) => set.every((id, i) => i === 0 || set[i - 1]! < id))).toBe(true);
  const keys = sets.map((set) => set.join());
  expect(new Set(keys).size).toBe(keys.length);
  return keys.sort();
};

/** How many runs had several sets of different members. */
let serious = 0;

const isQuorumListing = (list: (e: Expr) => Sets) =>
  fc.property(any, (e) => {
    const expected = quorumsOf(e);
    serious += Number(expected.length > 1);
    expect(listed(list(e))).toEqual(expected);
  });

test("minimal quorums are those of brute force", () => {
  serious = 0;
  fc.assert(isQuorumListing(minimalQuorums), seeded(400));
  expect(serious).toBeGreaterThan(150);
});

test("a twin that counts one child too few is refused", () => {
  const twin = (e: Expr): Sets => minimalQuorums(e.t === "thr" ? thresholdOf(Math.max(0, e.k - 1), e.of) : e);
  expect(refuted(isQuorumListing(twin))).toBe(true);
});

const areHittingSets = (blocking: (e: Expr) => Sets) =>
  fc.property(any, (e) => {
    const quorums = collect(minimalQuorums(e)).sets;
    serious += Number(quorums.length > 1);
    expect(listed(blocking(e))).toEqual(listed(minimalHittingSets(quorums)));
    expect(listed(minimalBlockingSets(dual(e)))).toEqual(listed(minimalQuorums(e)));
  });

test("blocking sets are the minimal hitting sets of the quorums, and those of the dual are the quorums", () => {
  serious = 0;
  fc.assert(areHittingSets(minimalBlockingSets), seeded(300));
  expect(serious).toBeGreaterThan(70);
  expect(refuted(areHittingSets((e) => minimalQuorums(e)))).toBe(true);
});

const isHittingListing = (list: (family: readonly (readonly string[])[]) => Sets) =>
  fc.property(fc.array(fc.subarray(ids, { minLength: 1 }), { maxLength: 6 }), (family) => {
    const edges = family.map((edge) => edge.reduce((mask, id) => mask | (1 << ids.indexOf(id)), 0));
    const expected = naiveMinimal(ids, (set) => edges.every((edge) => (edge & set) !== 0));
    serious += Number(expected.length > 2);
    expect(listed(list(family))).toEqual(expected);
    expect(listed(list(family.toReversed()))).toEqual(expected);
  });

test("hitting sets are those of brute force, in any order of the family", () => {
  serious = 0;
  fc.assert(isHittingListing(minimalHittingSets), seeded(500));
  expect(serious).toBeGreaterThan(200);
  expect(refuted(isHittingListing((family) => minimalHittingSets(family.slice(1))))).toBe(true);
  expect(listed(minimalHittingSets([["a"], []]))).toEqual([]);
});

const isSplittingListing = (list: (left: Expr, right: Expr) => Sets) =>
  fc.property(pairs, ([left, right]) => {
    for (const other of [left, right]) {
      const expected = splittingOf(left, other);
      serious += Number(expected.length > 1);
      expect(listed(list(left, other))).toEqual(expected);
    }
  });

test("splitting sets are the minimal intersections of two quorums, of one system and of two", () => {
  serious = 0;
  fc.assert(isSplittingListing(minimalSplittingSets), seeded(250));
  expect(serious).toBeGreaterThan(90);
  expect(refuted(isSplittingListing((left) => minimalSplittingSets(left)))).toBe(true);
});

const isCounting = (count: (e: Expr) => unknown) =>
  fc.property(any, (e) => {
    expect(count(e)).toMatchObject({ kind: "exact", value: BigInt(quorumsOf(e).length) });
  });

test("counts are the lengths of the lists", () => {
  fc.assert(isCounting(countMinimalQuorums), seeded(300));
  expect(refuted(isCounting(countMinimalBlockingSets))).toBe(true);
  fc.assert(
    fc.property(any, (e) => {
      const { count } = collect(minimalSplittingSets(e));
      expect(countMinimalSplittingSets(e)).toMatchObject({ kind: "exact", value: BigInt(count) });
      expect(countMinimalBlockingSets(e)).toMatchObject({
        value: BigInt(collect(minimalBlockingSets(e)).count),
      });
    }),
    seeded(300),
  );
});

type Cost = (id: string) => number;
const isCheapest = (find: (left: Expr, right: Expr, cost: Cost) => number) =>
  fc.property(pairs, fc.array(fc.nat(9), { minLength: 6, maxLength: 6 }), ([left, right], prices) => {
    const cost: Cost = (id) => prices[(id.charCodeAt(0) + (id.charCodeAt(1) || 0)) % 6]!;
    const expected = splittingOf(left, right).map((set) =>
      set === "" ? 0 : set.split(",").reduce((sum, id) => sum + cost(id), 0),
    );
    serious += Number(new Set(expected).size > 1);
    expect(find(left, right, cost)).toBe(Math.min(...expected));
  });

test("the cheapest splitting set is the cheapest of the list, and is one", () => {
  serious = 0;
  const find = (left: Expr, right: Expr, cost: Cost): number => {
    const { nodes, cost: price } = cheapestSplittingSet(left, right, cost);
    if (price.kind !== "exact") throw new Error("not exact");
    expect((nodes ?? [""]).reduce((sum, id) => sum + (nodes === null ? Infinity : cost(id)), 0)).toBe(
      price.value,
    );
    return price.value;
  };
  fc.assert(isCheapest(find), seeded(400));
  expect(serious).toBeGreaterThan(60);
  expect(refuted(isCheapest((left, right) => find(left, right, () => 1)))).toBe(true);
});

/** The methods that take over where a diagram grows too large, put to small questions. */
const byMethod = (question: Question, how: "search" | "joint"): string[] => {
  const budget = new Budget({}, 100_000);
  const count = question.universe.ids.length;
  const source =
    how === "search"
      ? searchMinimal(question.classes(), question.oracle, budget)
      : generateJointly(count, question.oracle, dpll, budget, () => ({}));
  const found: string[] = [];
  for (;;) {
    const { done, value } = source.next();
    if (done === true) {
      expect(value).toBe(true);
      return found.sort();
    }
    found.push(
      value
        .map((index) => question.universe.ids[index]!)
        .sort()
        .join(),
    );
  }
};

test.each(["search", "joint"] as const)("the %s lists the same quorums and splitting sets", (how) => {
  fc.assert(
    fc.property(any, (e) => {
      expect(byMethod(quorumQuestion(e), how)).toEqual(quorumsOf(e));
    }),
    seeded(300),
  );
  fc.assert(
    fc.property(pairs, ([left, right]) => {
      expect(byMethod(splittingQuestion(left, right, {}, {}), how)).toEqual(splittingOf(left, right));
    }),
    seeded(100),
  );
  const blind = { ...quorumQuestion(majority(ids)), classes: () => [[0, 1, 2]] };
  expect(byMethod(blind, "search")).not.toEqual(quorumsOf(majority(ids)));
});

const isTopTier = (find: (e: Expr) => readonly string[]) =>
  fc.property(any, (e) => {
    const members = new Set(quorumsOf(e).flatMap((set) => (set === "" ? [] : set.split(","))));
    expect(find(e)).toEqual([...members].sort());
  });

test("the top tier is the union of the minimal quorums", () => {
  const find = (e: Expr): readonly string[] => {
    const answer = topTier(e);
    if (answer.kind !== "exact") throw new Error(answer.kind);
    return answer.value;
  };
  fc.assert(isTopTier(find), seeded(800));
  expect(refuted(isTopTier(naiveSupport))).toBe(true);
  expect(find(parse("{a*3, b*3, c*1} >= 6"))).toEqual(["a", "b"]);
});

test("canonical forms are the same data exactly for systems that say the same", () => {
  let same = 0;
  fc.assert(
    fc.property(anyExpr(ids.slice(0, 3)), anyExpr(ids.slice(0, 3)), (left, right) => {
      const equal = sameMeaning(left, right);
      same += Number(equal);
      const [a, b] = [canonicalForm(left), canonicalForm(right)];
      if (a.kind !== "exact" || b.kind !== "exact") throw new Error("not exact");
      expect(JSON.stringify(a.value) === JSON.stringify(b.value)).toBe(equal);
      expect(sameMeaning(a.value, left)).toBe(true);
    }),
    seeded(500),
  );
  expect(same).toBeGreaterThan(40);
  expect(canonicalForm(parse("majority(a1..a30)"))).toEqual({ kind: "unknown", reason: "limit" });
});

const organisations = (count: number, k: number): Expr =>
  thresholdOf(
    k,
    Array.from({ length: count }, (_, o) =>
      threshold(
        [0, 1, 2].map((i) => `org${o}.${i}`),
        2,
      ),
    ),
  );

test("known figures: Stellar of July 2025, and what cannot be listed is still counted", () => {
  const stellar = organisations(7, 5);
  expect(collect(minimalQuorums(stellar))).toMatchObject({
    count: 5103,
    complete: true,
    method: "product form",
  });
  expect(collect(minimalBlockingSets(stellar))).toMatchObject({ count: 945, complete: true });
  expect(cheapestSplittingSet(stellar).cost).toEqual({ kind: "exact", value: 3, method: "product form" });
  expect(countMinimalSplittingSets(organisations(16, 12))).toMatchObject({ value: 84_440_070n });
  expect(countMinimalQuorums(parse("majority(a1..a60)"))).toMatchObject({ value: 114_449_595_062_769_120n });
});

test("thousands of nodes: products by groups of equal parts; what no diagram holds is searched for", () => {
  const many = (count: number): Expr[] => Array.from({ length: count }, (_, i) => node(`n${i}`));
  const answer = countMinimalQuorums(thresholdOf(5_001, many(10_000)));
  expect(answer.kind === "exact" && answer.value % 1_000_007n).toBe(binomial(10_000, 5_001) % 1_000_007n);
  const long = or(and(...many(3_000)), and(node("n0"), node("m")));
  expect(collect(minimalQuorums(long))).toMatchObject({ count: 2, complete: true, method: "search" });
});

function binomial(n: number, k: number): bigint {
  let value = 1n;
  for (let i = 1; i <= k; i++) value = (value * BigInt(n - k + i)) / BigInt(i);
  return value;
}

test("listings heed their limits and say so", () => {
  const big = organisations(16, 12);
  expect(collect(minimalQuorums(big, { maxCount: 3 }))).toMatchObject({ count: 3, complete: false });
  expect(collect(minimalQuorums(parse("a | b"), { maxCount: 2 }))).toMatchObject({
    count: 2,
    complete: true,
  });
  expect(collect(minimalQuorums(big, { maxCount: 0 })).sets).toEqual([]);
  const signal = { aborted: false };
  let taken = 0;
  for (const _ of minimalQuorums(big, { signal })) if (++taken === 10) signal.aborted = true;
  expect(taken).toBeLessThan(1000);
  let time = 0;
  const late = collect(minimalQuorums(big, { deadlineMs: 5, now: () => time++ }));
  expect(late.complete).toBe(false);
  expect(collect(minimalQuorums(parse("a & b | b & c | c & d"), { maxSteps: 2 }))).toMatchObject({
    count: 0,
    complete: false,
    method: "search",
  });
  expect(countMinimalQuorums(parse("a & b | b & c | c & d"), { maxSteps: 2 })).toEqual({
    kind: "unknown",
    reason: "limit",
  });
  expect(collect(minimalHittingSets([ids, ["a", "b"]], { maxSteps: 1 })).complete).toBe(false);
});

test("the order of the sets does not depend on the order in which nodes are written", () => {
  const one = parse("{a*3, b*2, c*2, {d, e, f} >= 2 *1} >= 4 | a & d | e & {x, y, z} >= 2");
  const other = parse("{z, x, y} >= 2 & e | d & a | {c*2, {f, e, d} >= 2 *1, b*2, a*3} >= 4");
  expect(collect(minimalQuorums(one))).toEqual(collect(minimalQuorums(other)));
  expect(collect(minimalSplittingSets(one))).toEqual(collect(minimalSplittingSets(other)));
});
