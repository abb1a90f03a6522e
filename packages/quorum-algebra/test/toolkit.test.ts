import {
  cheapestQuorum,
  crashTolerance,
  cut,
  type DecisionDiagram,
  decisionDiagram,
  dpll,
  dual,
  type Engines,
  type Expr,
  entails,
  equalQuorums,
  groupBy,
  interchangeable,
  isReadOnce,
  type LpSolver,
  modules,
  node,
  normalize,
  or,
  parse,
  print,
  project,
  restrictByzantine,
  sameExpr,
  size,
  thresholdOf,
  type Verdict,
  weightedOf,
} from "@eunomia/quorum-algebra";
import { collect, minimalQuorums } from "@eunomia/quorum-algebra/sets";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  anyExpr,
  entangled,
  naiveHas,
  naiveSupport,
  readOnce,
  refuted,
  sameMeaning,
  seeded,
  subsets,
  without,
} from "./naive.ts";

const ids = ["a", "b", "c", "d", "e"];
const any: fc.Arbitrary<Expr> = fc.oneof(anyExpr(ids), entangled(ids));

/** A system and one that says a little more or less, so that entailment often holds. */
const related: fc.Arbitrary<[Expr, Expr]> = fc
  .tuple(any, any, fc.constantFrom("other", "or", "and", "help"))
  .map(([e, f, how]) => {
    if (how === "or") return [e, or(e, f)];
    if (how === "and") return [thresholdOf(2, [e, f]), e];
    return how === "help" ? [e, restrictByzantine(e, ["a"])] : [e, f];
  });

const naiveEntails = (left: Expr, right: Expr): boolean =>
  [...subsets(ids)].every((set) => !naiveHas(left, set) || naiveHas(right, set));

let holding = 0;
const isEntailing = (ask: (left: Expr, right: Expr) => Verdict<readonly string[]>) =>
  fc.property(related, ([left, right]) => {
    const verdict = ask(left, right);
    holding += Number(verdict.holds);
    expect(verdict.holds).toBe(naiveEntails(left, right));
    if (verdict.holds !== false) return;
    const witness = new Set(verdict.witness);
    expect([naiveHas(left, witness), naiveHas(right, witness)]).toEqual([true, false]);
    for (const id of witness) expect(naiveHas(left, without([...witness], new Set([id])))).toBe(false);
  });

test("entailment is that of brute force, with a minimal quorum as witness", () => {
  holding = 0;
  fc.assert(isEntailing(entails), seeded(600));
  fc.assert(
    isEntailing((left, right) => entails(left, right, {}, { sat: dpll })),
    seeded(200),
  );
  expect(holding).toBeGreaterThan(300);
  expect(refuted(isEntailing((left, right) => entails(right, left)))).toBe(true);
});

test("f entails g exactly if the dual of g entails the dual of f", () => {
  fc.assert(
    fc.property(related, ([left, right]) => {
      expect(entails(dual(right), dual(left)).holds).toBe(entails(left, right).holds);
    }),
    seeded(300),
  );
});

test("equality is that of brute force", () => {
  const isEquality = (equal: (left: Expr, right: Expr) => boolean | null) =>
    fc.property(related, ([left, right]) => {
      expect(equal(left, right)).toBe(sameMeaning(left, right));
    });
  fc.assert(
    isEquality((left, right) => equalQuorums(left, right).holds),
    seeded(500),
  );
  expect(refuted(isEquality((left, right) => sameExpr(normalize(left), normalize(right))))).toBe(true);
});

test("each way to decide an entailment is taken where it fits", () => {
  const method = (left: string, right: string): string => {
    const verdict = entails(parse(left), parse(right));
    return verdict.holds === null ? verdict.reason : verdict.method;
  };
  expect(method("a & b", "b & a")).toBe("normal form");
  expect(method("{a1..a90} >= 60", "{a1..a90} >= 59")).toBe("threshold");
  expect(method("a & b | b & c", "b & {a, c, d} >= 1")).toBe("enumeration");
  const weights = (k: number): string =>
    `{${Array.from({ length: 24 }, (_, i) => `a${i}*${(i % 5) + 3}`).join()}} >= ${k} & x`;
  expect(method(weights(60), weights(50))).toBe("decision diagram");
  expect(method(weights(50), weights(60))).toBe("decision diagram");
  expect(entails(parse(weights(60)), parse(weights(50)), { maxSteps: 5 })).toMatchObject({ holds: null });
});

const walk = ({ tests, root }: DecisionDiagram, set: ReadonlySet<string>): boolean => {
  let next = root;
  while (typeof next === "number") {
    const { node: id, absent, present }: DecisionDiagram["tests"][number] = tests[next]!;
    next = set.has(id) ? present : absent;
  }
  return next;
};

test("a decision diagram answers as the definition does, for every set", () => {
  const isDiagram = (from: (e: Expr) => Expr) =>
    fc.property(anyExpr(ids), (e) => {
      const answer = decisionDiagram(from(e));
      if (answer.kind !== "exact") throw new Error(answer.kind);
      for (const set of subsets(ids)) expect(walk(answer.value, set)).toBe(naiveHas(e, set));
    });
  fc.assert(
    isDiagram((e) => e),
    seeded(500),
  );
  expect(refuted(isDiagram(dual))).toBe(true);
});

test("diagrams of real size stay small, and those that do not are given up", () => {
  const stakes = weightedOf(
    2000n,
    Array.from({ length: 40 }, (_, i) => [BigInt(60 + ((i * 37) % 41)), node(`v${i}`)] as const),
  );
  const answer = decisionDiagram(stakes);
  expect(answer.kind === "exact" && answer.value.tests.length).toBeLessThan(60_000);
  expect(decisionDiagram(stakes, { maxSteps: 100 })).toEqual({ kind: "unknown", reason: "limit" });
});

/** An integer program solved by trying everything. */
const tryAll: LpSolver = ({ min, rows }) => {
  let best: number[] = [];
  let value = Infinity;
  for (let bits = 0; bits < 1 << min.length; bits++) {
    const x = min.map((_, i) => (bits >> i) & 1);
    const cost = min.reduce((sum, c, i) => sum + c * x[i]!, 0);
    const fits = rows.every(({ a, lo }) => a.reduce((sum, [i, c]) => sum + c * x[i]!, 0) >= lo - 1e-9);
    if (fits && cost < value) [best, value] = [x, cost];
  }
  return { status: value === Infinity ? "infeasible" : "optimal", x: best, dual: [], value };
};

const prices = fc.array(fc.constantFrom(0, 1, 2, 0.5, 7, 3.25, Infinity), { minLength: 5, maxLength: 5 });
let priced = 0;
const isCheapest = (find: (e: Expr, cost: (id: string) => number) => { nodes: unknown; cost: unknown }) =>
  fc.property(any, prices, (e, list) => {
    const cost = (id: string): number => list[ids.indexOf(id)]!;
    const sum = (set: Iterable<string>): number => [...set].reduce((total, id) => total + cost(id), 0);
    const cheapest = Math.min(...[...subsets(ids)].filter((set) => naiveHas(e, set)).map(sum));
    priced += Number(cheapest > 0 && cheapest < Infinity);
    const { nodes, cost: found } = find(e, cost);
    expect(found).toMatchObject({ kind: "exact", value: cheapest });
    expect(nodes === null).toBe(cheapest === Infinity);
    if (nodes === null) return;
    const set = new Set(nodes as string[]);
    expect([naiveHas(e, set), sum(set)]).toEqual([true, cheapest]);
    for (const id of set) expect(naiveHas(e, without([...set], new Set([id])))).toBe(false);
  });

test("the cheapest quorum is that of brute force, for any costs", () => {
  priced = 0;
  fc.assert(isCheapest(cheapestQuorum), seeded(600));
  expect(priced).toBeGreaterThan(150);
  expect(refuted(isCheapest((e) => cheapestQuorum(e)))).toBe(true);
  fc.assert(
    isCheapest((e, cost) => cut(dual(e), cost)),
    seeded(200),
  );
});

test("an integer program takes over when the steps are used up", () => {
  const fano = parse("a&b&c | a&d&e | a&f&g | b&d&f | b&e&g | c&d&g | c&e&f");
  const engines: Engines = { lp: tryAll };
  const cost = (id: string): number => (id < "d" ? 2 : 1);
  expect(cut(fano, cost, { maxSteps: 1 }).cost.kind).toBe("bounds");
  const solved = cut(fano, cost, { maxSteps: 1 }, engines);
  expect(solved.cost).toEqual({
    kind: "exact",
    value: cut(fano, cost).cost.kind === "exact" ? 4 : 0,
    method: "integer program",
  });
  expect(() => cheapestQuorum(fano, () => -1)).toThrow('"cost of a" expected a number of at least 0, got -1');
});

test("resilience is the cut minus one", () => {
  fc.assert(
    fc.property(anyExpr(ids), (e) => {
      const [tolerance, { cost }] = [crashTolerance(e), cut(e)];
      if (tolerance.kind !== "exact" || cost.kind !== "exact") throw new Error("not exact");
      expect(tolerance.value).toBe(cost.value - 1);
    }),
    seeded(200),
  );
});

test("interchangeable nodes can be swapped", () => {
  let swapped = 0;
  const swapping = (e: Expr, x: string, y: string): Expr =>
    groupBy(e, (id) => (id === x ? y : id === y ? x : id));
  fc.assert(
    fc.property(fc.oneof(any, readOnce), (e) => {
      for (const [first, ...others] of interchangeable(e))
        for (const other of others) {
          swapped++;
          expect(sameMeaning(e, swapping(e, first!, other))).toBe(true);
        }
    }),
    seeded(300),
  );
  expect(swapped).toBeGreaterThan(150);
  expect(interchangeable(parse("majority(a1..a3) & b"))).toEqual([["a1", "a2", "a3"], ["b"]]);
});

test("nodes of a module matter to the rest by one bit only", () => {
  let inner = 0;
  fc.assert(
    fc.property(fc.oneof(any, readOnce), (e) => {
      const all = naiveSupport(e);
      for (const { members, expr } of modules(e)) {
        expect(members).toEqual(naiveSupport(expr));
        inner += Number(members.length < naiveSupport(normalize(e)).length);
        // Whatever happens inside, only whether the module holds is seen outside.
        const outcomes = new Map<string, boolean>();
        for (const set of subsets(all)) {
          const outside = all.filter((id) => set.has(id) && !members.includes(id)).join();
          const key = `${outside} ${naiveHas(expr, set)}`;
          expect(outcomes.get(key) ?? naiveHas(e, set)).toBe(naiveHas(e, set));
          outcomes.set(key, naiveHas(e, set));
        }
      }
    }),
    seeded(300),
  );
  expect(inner).toBeGreaterThan(100);
  const found = modules(parse("{a1,a2,a3} >= 2 & (b & c | c & d | b & d & {e,f} >= 1)"));
  expect(found.map(({ members }) => members.join())).toEqual([
    "a1,a2,a3,b,c,d,e,f",
    "b,c,d,e,f",
    "a1,a2,a3",
    "e,f",
  ]);
});

test("shapes", () => {
  expect(isReadOnce(parse("a & (b | c)"))).toBe(true);
  expect(isReadOnce(parse("a & b | a & c"))).toBe(false);
  expect(isReadOnce(parse("{a, a, b} >= 2"))).toBe(false);
  expect(size(parse("{majority(a1..a3), b & c} >= 1 | d"))).toEqual({
    nodes: 6,
    leaves: 6,
    gates: 3,
    depth: 2,
  });
  expect(size(parse("true"))).toEqual({ nodes: 0, leaves: 0, gates: 0, depth: 0 });
});

test("groups fail with all of their nodes; a projection is what quorums have in common with it", () => {
  expect(print(groupBy(parse("{a1, a2, b1} >= 2"), (id) => id[0]!))).toBe("{a, a, b} >= 2");
  fc.assert(
    fc.property(anyExpr(ids), fc.subarray(ids), (e, keep) => {
      const inside = collect(minimalQuorums(e)).sets.map((set) => set.filter((id) => keep.includes(id)));
      const expected = or(...inside.map((set) => thresholdOf(set.length, set.map(node))));
      expect(sameMeaning(project(e, keep), expected)).toBe(true);
    }),
    seeded(200),
  );
});
