import {
  and,
  constant,
  dual,
  type Expr,
  grid,
  join,
  majority,
  node,
  normalize,
  or,
  QuorumError,
  quorumSystem,
  rename,
  restrictByzantine,
  restrictCrash,
  sameExpr,
  substitute,
  support,
  threshold,
  thresholdOf,
  union,
  weighted,
  weightedOf,
} from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyExpr,
  naiveHas,
  naiveSupport,
  refuted,
  sameMeaning,
  seeded,
  seriousExpr,
  subsets,
  without,
} from "./naive.ts";

const ids = ["a", "b", "c", "d", "e"];
const [a, b, c] = ["a", "b", "c"].map(node) as [Expr, Expr, Expr];

describe("dual", () => {
  const isDual = (candidate: (e: Expr) => Expr) =>
    fc.property(anyExpr(ids), (e) => {
      const d = candidate(e);
      for (const set of subsets(ids)) {
        if (naiveHas(d, set) === naiveHas(e, without(ids, set))) throw new Error("no dual");
      }
    });

  test("holds exactly where the complement does not", () => {
    fc.assert(isDual(dual), seeded(500));
  });

  test("a twin that forgets the + 1 is refused", () => {
    const broken = (e: Expr): Expr =>
      e.t === "thr" ? thresholdOf(Math.max(0, e.of.length - e.k), e.of.map(dual)) : dual(e);
    expect(refuted(isDual(broken))).toBe(true);
  });

  test("twice is the same condition", () => {
    fc.assert(
      fc.property(anyExpr(ids), (e) => sameMeaning(dual(dual(e)), e)),
      seeded(300),
    );
  });

  test("minimal sets of the dual are the minimal hitting sets", () => {
    const minimal = (holds: (set: Set<string>) => boolean): string[] =>
      [...subsets(ids)]
        .filter((set) => holds(set) && [...set].every((id) => !holds(without([...set], new Set([id])))))
        .map((set) => [...set].join());
    fc.assert(
      fc.property(seriousExpr(ids), (e) => {
        const quorums = [...subsets(ids)].filter((set) => naiveHas(e, set));
        const hitting = minimal((set) => quorums.every((q) => [...q].some((id) => set.has(id))));
        expect(minimal((set) => naiveHas(dual(e), set))).toEqual(hitting);
      }),
      seeded(150),
    );
  });
});

describe("normal form", () => {
  const keepsMeaning = (normal: (e: Expr) => Expr) =>
    fc.property(anyExpr(ids), (e) => sameMeaning(normal(e), e));

  test("says the same and is its own normal form", () => {
    let changed = 0;
    fc.assert(keepsMeaning(normalize), seeded(600));
    fc.assert(
      fc.property(anyExpr(ids), (e) => {
        const normal = normalize(e);
        if (!sameExpr(normal, e)) changed++;
        return sameExpr(normalize(normal), normal);
      }),
      seeded(500),
    );
    expect(changed).toBeGreaterThan(200);
  });

  test("a twin that merges equal children of any threshold is refused", () => {
    const merging = (e: Expr): Expr =>
      e.t === "thr"
        ? thresholdOf(
            e.k,
            e.of.map(merging).filter((child, i, all) => all.findIndex((o) => sameExpr(o, child)) === i),
          )
        : e;
    expect(refuted(keepsMeaning(merging))).toBe(true);
  });

  test.each<[string, Expr, Expr]>([
    ["OR inside OR", or(a, or(b, c)), or(a, b, c)],
    ["AND inside AND", and(a, and(b, c)), and(a, b, c)],
    ["AND inside OR stays", or(a, and(b, c)), or(a, and(b, c))],
    ["equal children of OR", or(a, a, b), or(a, b)],
    ["equal children of a threshold stay", thresholdOf(2, [a, a, b]), thresholdOf(2, [a, a, b])],
    ["one child left", and(a, a), a],
    ["constants", thresholdOf(2, [constant(true), constant(false), a, b]), or(a, b)],
    ["k of 0", thresholdOf(0, [a]), constant(true)],
    ["k too large", thresholdOf(2, [a]), constant(false)],
    [
      "equal weights",
      weightedOf(7n, [
        [3n, a],
        [3n, b],
        [3n, c],
        [3n, node("d")],
      ]),
      thresholdOf(3, [a, b, c, node("d")]),
    ],
    [
      "common divisor, threshold rounded up",
      weightedOf(9n, [
        [4n, a],
        [6n, b],
        [2n, c],
      ]),
      weightedOf(5n, [
        [2n, a],
        [3n, b],
        [1n, c],
      ]),
    ],
    [
      "weights above the threshold",
      weightedOf(3n, [
        [9n, a],
        [2n, b],
        [1n, c],
      ]),
      weightedOf(3n, [
        [3n, a],
        [2n, b],
        [1n, c],
      ]),
    ],
    [
      "every child needed",
      weightedOf(6n, [
        [1n, a],
        [2n, b],
        [3n, c],
      ]),
      and(a, b, c),
    ],
    [
      "weight zero",
      weightedOf(3n, [
        [2n, a],
        [1n, b],
        [0n, c],
      ]),
      and(a, b),
    ],
  ])("%s", (_, from, to) => {
    expect(normalize(from)).toEqual(to);
  });

  test("a node of weight zero is no member", () => {
    expect(quorumSystem(weighted({ a: 2n, b: 1n, c: 0n }, 2n)).members).toEqual(["a", "b"]);
  });

  test("equal subexpressions become one object", () => {
    const normal = normalize(thresholdOf(2, [and(a, b), or(c, and(b, a)), node("d")]));
    const parts = normal.t === "thr" ? normal.of : [];
    const disjunction = parts.find((part) => part.t === "thr" && part.k === 1);
    expect(disjunction?.t === "thr" && disjunction.of.some((part) => parts.includes(part))).toBe(true);
  });

  test("shared parts are visited once: forty doublings are quick", () => {
    let e: Expr = thresholdOf(2, [a, b, c]);
    for (let i = 0; i < 40; i++) e = thresholdOf(2, [e, e, node(`n${i}`)]);
    expect(support(dual(normalize(e))).length).toBe(43);
    expect(quorumSystem(e).has(["a", "b"])).toBe(true);
  });
});

describe("operations", () => {
  test("restrictions put constants in the place of nodes", () => {
    fc.assert(
      fc.property(anyExpr(ids), fc.subarray(ids), (e, some) => {
        for (const set of subsets(ids)) {
          expect(naiveHas(restrictCrash(e, some), set)).toBe(naiveHas(e, without([...set], new Set(some))));
          expect(naiveHas(restrictByzantine(e, some), set)).toBe(naiveHas(e, new Set([...set, ...some])));
        }
      }),
      seeded(100),
    );
  });

  test("union, join, substitute and rename", () => {
    const left = majority(["a", "b", "c"]);
    expect(quorumSystem(union(left, node("d"))).has(["d"])).toBe(true);
    expect(quorumSystem(join(left, node("d"))).has(["a", "b"])).toBe(false);
    expect(quorumSystem(join(left, node("d"))).has(["a", "b", "d"])).toBe(true);
    const organisation = substitute(left, "a", threshold(["x", "y", "z"], 2));
    expect(naiveSupport(organisation)).toEqual(["b", "c", "x", "y", "z"]);
    expect(quorumSystem(organisation).has(["x", "z", "c"])).toBe(true);
    expect(support(rename(left, (id) => (id === "b" ? "a" : id)))).toEqual(["a", "c"]);
  });

  test("every node answers alike in whatever order it was named", () => {
    expect(threshold(["c", "a", "b"], 2)).toEqual(threshold(["b", "c", "a"], 2));
    expect(
      grid([
        ["a", "b"],
        ["c", "d"],
      ]).phase1,
    ).toEqual(or(and(node("d"), node("c")), and(b, a)));
  });

  test("has: both kernels, exact weights, strangers and repetitions", () => {
    const many = Array.from({ length: 70 }, (_, i) => `n${i}`);
    const wide = quorumSystem(majority(many));
    expect(wide.has(many.slice(0, 35))).toBe(false);
    expect(wide.has(many.slice(0, 36))).toBe(true);
    expect(wide.has([...many.slice(0, 35), "n0", "stranger"])).toBe(false);
    const big = 2n ** 90n;
    const exact = quorumSystem(weighted({ a: big, b: big, c: 1n }, 2n * big + 1n));
    expect([exact.has(["a", "b"]), exact.has(["a", "b", "c"])]).toEqual([false, true]);
    fc.assert(
      fc.property(anyExpr(ids), fc.integer({ min: 0, max: 40 }), (e, padding) => {
        const nodes = Array.from({ length: padding }, (_, i) => node(`p${i}`));
        const padded = padding === 0 ? e : and(e, or(...nodes));
        const system = quorumSystem(padded);
        for (const set of subsets(ids)) {
          for (const extra of [[], ["p0"]])
            expect(system.has([...set, ...extra])).toBe(naiveHas(padded, new Set([...set, ...extra])));
        }
      }),
      seeded(200),
    );
  });
});

test.each<[string, () => unknown]>([
  ["id", () => node("")],
  ["id", () => node("\ud800")],
  ["id", () => majority([1 as unknown as string])],
  ["threshold", () => thresholdOf(1.5, [])],
  ["threshold", () => thresholdOf(-1, [])],
  ["threshold", () => threshold(["a"], 2)],
  ["threshold", () => threshold(["a"], 0)],
  ["threshold", () => weighted({ a: 1n }, 2n)],
  ["threshold", () => weightedOf(1 as unknown as bigint, [[1n, a]])],
  ["weight", () => weightedOf(1n, [[-1n, a]])],
  ["weight", () => weightedOf(1n, [[1 as unknown as bigint, a]])],
  ["empty", () => weightedOf(1n, [])],
  ["empty", () => majority([])],
  ["empty", () => grid([])],
  ["shape", () => grid([["a", "b"], ["c"]])],
  ["duplicate-member", () => majority(["a", "a"])],
  [
    "duplicate-member",
    () =>
      grid([
        ["a", "b"],
        ["c", "a"],
      ]),
  ],
  ["shape", () => quorumSystem({ t: "thr", k: 1 } as unknown as Expr)],
  ["shape", () => quorumSystem({ kind: "node" } as unknown as Expr)],
])("a caller's mistake is a QuorumError with the code %s", (code, mistake) => {
  expect(mistake).toThrow(QuorumError);
  expect(mistake).toThrow(expect.objectContaining({ code }));
});
