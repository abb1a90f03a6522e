import {
  and,
  type CoverWitness,
  constant,
  dpll,
  dual,
  type Expr,
  flexible,
  grid,
  intersectAll,
  type Limits,
  majority,
  neverCovered,
  node,
  normalize,
  or,
  QuorumError,
  quorumSystem,
  readWriteIntersection,
  support,
  threshold,
  thresholdOf,
  type Verdict,
  weighted,
} from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Universe, universeOf } from "../src/circuit/bits.ts";
import { compile } from "../src/circuit/circuit.ts";
import { satCover } from "../src/cover/sat-cover.ts";
import { searchCover } from "../src/cover/search.ts";
import { Budget } from "../src/limits.ts";
import {
  anyExpr,
  naiveCovered,
  naiveHas,
  naiveMask,
  refuted,
  seeded,
  seriousExpr,
  without,
} from "./naive.ts";

const ids = ["a", "b", "c", "d", "e"];
type Ask = (quorums: readonly Expr[], faults: readonly Expr[], limits?: Limits) => Verdict<CoverWitness>;

/** A witness must convince without trusting whoever found it. */
function checkWitness(quorums: readonly Expr[], faults: readonly Expr[], witness: CoverWitness): void {
  expect(witness.quorums.length).toBe(quorums.length);
  expect(witness.faults.length).toBe(faults.length);
  witness.quorums.forEach((quorum, i) => {
    expect(naiveHas(quorums[i]!, new Set(quorum))).toBe(true);
    for (const id of quorum) expect(naiveHas(quorums[i]!, without(quorum, new Set([id])))).toBe(false);
  });
  witness.faults.forEach((fault, j) => {
    expect(naiveHas(faults[j]!, new Set(fault))).toBe(false);
  });
  const common = witness.quorums[0]!.filter((id) => witness.quorums.every((quorum) => quorum.includes(id)));
  expect(common.filter((id) => !witness.faults.some((fault) => fault.includes(id)))).toEqual([]);
}

const tally = new Map<string, number>();

/** Decides as trying all assignments does, and every refusal comes with a witness that can be checked. */
const agreesWithBruteForce = (
  families: fc.Arbitrary<{ quorums: Expr[]; faults: Expr[] }>,
  ask: Ask = neverCovered,
) =>
  fc.property(families, ({ quorums, faults }) => {
    const verdict = ask(quorums, faults);
    expect(verdict.holds).toBe(!naiveCovered(quorums, faults));
    if (verdict.holds === false) checkWitness(quorums, faults, verdict.witness);
    if (verdict.holds !== null) {
      const key = `${verdict.method} ${verdict.holds}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
  });

const several = (exprs: fc.Arbitrary<Expr>, quorumsMax = 3, faultsMax = 1) =>
  fc.record({
    quorums: fc.array(exprs, { minLength: 1, maxLength: quorumsMax }),
    faults: fc.array(exprs, { maxLength: faultsMax }),
  });

/** The same tree with thresholds of its own per family, and flat thresholds over the same nodes. */
const sameShape = fc
  .constantFrom(
    [
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
    ],
    [["a", "b", "c"], ["d", "e"], ["f"]],
    [
      ["a", "b", "c"],
      ["d", "e", "f"],
    ],
  )
  .chain((organisations) => {
    const nested = fc
      .tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
      )
      .map(([k, ks]) =>
        thresholdOf(
          Math.min(k, organisations.length),
          organisations.map((org, i) => thresholdOf(Math.min(ks[i]!, org.length), org.map(node))),
        ),
      );
    const flat = fc.integer({ min: 1, max: 6 }).map((k) => threshold(organisations.flat(), k));
    return several(fc.oneof(nested, nested, flat), 3, 1);
  });

const sameWeights = fc.array(fc.bigInt(1n, 6n), { minLength: 3, maxLength: 6 }).chain((weights) => {
  const total = weights.reduce((sum, w) => sum + w, 0n);
  const named = Object.fromEntries(weights.map((w, i) => [`n${i}`, w]));
  return several(
    fc.bigInt(1n, total).map((k) => weighted(named, k)),
    3,
    0,
  );
});

describe("against brute force", () => {
  test("any expressions", () => {
    fc.assert(agreesWithBruteForce(several(anyExpr(ids, 3))), seeded(400));
    fc.assert(agreesWithBruteForce(several(seriousExpr(ids, 4))), seeded(600));
    fc.assert(agreesWithBruteForce(several(seriousExpr(ids, 4), 3, 2)), seeded(300));
  });
  test("flat thresholds", () => {
    fc.assert(
      agreesWithBruteForce(
        several(
          fc.integer({ min: 1, max: 5 }).map((k) => threshold(ids, k)),
          3,
          2,
        ),
      ),
      seeded(300),
    );
  });
  test("nested thresholds of one shape", () => {
    fc.assert(agreesWithBruteForce(sameShape), seeded(400));
  });
  test("the same weights", () => {
    fc.assert(agreesWithBruteForce(sameWeights), seeded(300));
  });
  /** Asks a method of the general case itself, where a closed form or enumeration would come first. */
  const directly =
    (
      method: string,
      assign: (families: readonly Expr[], universe: Universe) => { kind: string; owner?: readonly number[] },
    ): Ask =>
    (quorums, faults) => {
      const families = [...quorums, ...faults.map(dual)].map(normalize);
      const universe = universeOf(families.flatMap((family) => support(family)));
      if (families.some(({ t }) => t === "const")) return neverCovered(quorums, faults);
      const found = assign(families, universe);
      if (found.owner === undefined) return { holds: true, method };
      quorums.forEach((q, i) => {
        expect(naiveHas(q, new Set(universe.ids.filter((_, v) => found.owner![v] !== i)))).toBe(true);
      });
      const verdict = neverCovered(quorums, faults);
      expect(verdict.holds).toBe(false);
      return { ...verdict, method } as Verdict<CoverWitness>;
    };
  const bySearch = directly("search", (families, universe) =>
    searchCover(
      families.map((family) => compile(family, universe)),
      new Budget({}, 100_000),
    ),
  );
  const bySat = directly("sat", (families, universe) => satCover(families, universe, dpll, {}, true));
  const bySatPlain = directly("sat", (families, universe) => satCover(families, universe, dpll, {}, false));
  test.each([
    ["search", bySearch],
    ["sat", bySat],
    ["sat without symmetry", bySatPlain],
  ])("%s", (_, ask) => {
    fc.assert(agreesWithBruteForce(several(anyExpr(ids, 3)), ask), seeded(150));
    fc.assert(agreesWithBruteForce(several(seriousExpr(ids, 4), 3, 2), ask), seeded(300));
    fc.assert(agreesWithBruteForce(sameShape, ask), seeded(100));
    fc.assert(agreesWithBruteForce(sameWeights, ask), seeded(100));
  });
  test("every method gave both answers it can give", () => {
    for (const key of ["constant true", "constant false", "threshold true", "threshold false"])
      expect([key, (tally.get(key) ?? 0) > 10]).toEqual([key, true]);
    for (const key of ["same-shape true", "same-shape false", "weights true", "weights false"])
      expect([key, (tally.get(key) ?? 0) > 10]).toEqual([key, true]);
    for (const key of [
      "enumeration true",
      "enumeration false",
      "search true",
      "search false",
      "sat true",
      "sat false",
    ])
      expect([key, (tally.get(key) ?? 0) > 20]).toEqual([key, true]);
  });

  test("twins are refused: an off-by-one form, a forgotten fault family, only pairs of three", () => {
    const flatOnly = fc.integer({ min: 1, max: 5 }).map((k) => threshold(ids, k));
    const flat = several(flatOnly, 2, 0);
    const offByOne: Ask = (quorums, faults) => {
      const ks = quorums.map((q) => (q.t === "thr" ? q.k : 1));
      const enough = ks.reduce((sum, k) => sum + k, 0) >= (ks.length - 1) * ids.length;
      return enough ? { holds: true, method: "threshold" } : neverCovered(quorums, faults);
    };
    expect(refuted(agreesWithBruteForce(flat, offByOne))).toBe(true);
    const noFaults: Ask = (quorums) => neverCovered(quorums, []);
    expect(refuted(agreesWithBruteForce(several(seriousExpr(ids)), noFaults))).toBe(true);
    const pairs: Ask = (quorums, faults) => {
      for (const p of quorums)
        for (const q of quorums)
          if (neverCovered([p, q], faults).holds === false) return neverCovered(quorums, faults);
      return { holds: true, method: "search" };
    };
    expect(refuted(agreesWithBruteForce(several(flatOnly, 3, 0), pairs))).toBe(true);
  });
});

describe("read-write intersection", () => {
  // 2^members sets per run; QUORUM_MEMBERS=20 takes some seconds more.
  const memberCount = Number(process.env.QUORUM_MEMBERS ?? 14);
  test(`${memberCount} members, against every set`, { timeout: 600_000 }, () => {
    const members = Array.from({ length: memberCount }, (_, i) => `n${i}`);
    const answers = { true: 0, false: 0 };
    const groups = fc.array(fc.tuple(fc.nat(4), fc.subarray(members, { minLength: 2, maxLength: 6 })), {
      minLength: 3,
      maxLength: 6,
    });
    const nested = fc.tuple(fc.integer({ min: 1, max: 5 }), groups).map(([k, parts]) =>
      thresholdOf(
        Math.min(k, parts.length),
        parts.map(([need, some]) => threshold(some, Math.min(need + 1, some.length))),
      ),
    );
    fc.assert(
      fc.property(nested, nested, (phase1, phase2) => {
        const [one, two] = [naiveMask(phase1, members), naiveMask(phase2, members)];
        const everybody = 2 ** memberCount - 1;
        let disjoint = false;
        for (let set = 0; set <= everybody && !disjoint; set++) disjoint = one(set) && two(everybody & ~set);
        const verdict = readWriteIntersection(phase1, phase2);
        expect(verdict.holds).toBe(!disjoint);
        answers[disjoint ? "false" : "true"]++;
        if (verdict.holds === false) {
          const { phase1Quorum, phase2Quorum } = verdict.witness;
          checkWitness([phase1, phase2], [], { quorums: [phase1Quorum, phase2Quorum], faults: [] });
        }
      }),
      seeded(60),
    );
    expect(Math.min(answers.true, answers.false)).toBeGreaterThan(5);
  });

  test("known systems", () => {
    const five = ["a", "b", "c", "d", "e"];
    const holds = ({ phase1, phase2 }: { phase1: Expr; phase2: Expr }) =>
      readWriteIntersection(phase1, phase2).holds;
    for (let q1 = 1; q1 <= 5; q1++)
      for (let q2 = 1; q2 <= 5; q2++) expect(holds(flexible(five, q1, q2))).toBe(q1 + q2 > 5);
    const cells = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 8 }, (_, column) => `r${row}c${column}`),
    );
    const { phase1, phase2 } = grid(cells);
    expect(holds({ phase1, phase2 })).toBe(true);
    expect(holds({ phase1, phase2: phase1 })).toBe(false);
    const system = quorumSystem(majority(five));
    expect(readWriteIntersection(system, system)).toEqual({ holds: true, method: "threshold" });
    const organisations = Array.from({ length: 16 }, (_, o) =>
      threshold(
        [0, 1, 2].map((i) => `o${o}n${i}`),
        2,
      ),
    );
    expect(holds({ phase1: thresholdOf(9, organisations), phase2: thresholdOf(8, organisations) })).toBe(
      true,
    );
    expect(holds({ phase1: thresholdOf(8, organisations), phase2: thresholdOf(8, organisations) })).toBe(
      false,
    );
  });

  test("shared parts are counted once: forty doublings are answered", () => {
    let e: Expr = threshold(["a", "b", "c"], 2);
    for (let i = 0; i < 40; i++) e = thresholdOf(2, [e, e, node(`n${i}`)]);
    expect(readWriteIntersection(e, e, { maxSteps: 1000 }).holds).toBe(true);
  });

  test("no quorum is not the same as no intersection", () => {
    expect(readWriteIntersection(constant(false), constant(true)).holds).toBe(true);
    expect(readWriteIntersection(constant(true), node("a"))).toMatchObject({
      holds: false,
      witness: { phase1Quorum: [], phase2Quorum: ["a"] },
    });
  });

  test("the limit is an answer of its own", () => {
    const nodes = Array.from({ length: 24 }, (_, i) => `n${i}`);
    const primes = [101n, 103n, 107n, 109n, 113n, 127n, 131n, 137n, 139n, 149n, 151n, 157n];
    const left = weighted(Object.fromEntries(nodes.map((id, i) => [id, primes[i % 12]! + BigInt(i)])), 1600n);
    const right = weighted(Object.fromEntries(nodes.map((id, i) => [id, primes[(i * 5) % 12]! + 3n])), 1575n);
    const verdict = readWriteIntersection(left, right, { maxSteps: 1 });
    expect(verdict).toEqual({ holds: null, reason: "limit", steps: 2 });
  });
});

describe("large systems of no closed form", () => {
  /** Organisations of three, every second of which also counts a member of the next. */
  const entwined = thresholdOf(
    7,
    Array.from({ length: 12 }, (_, o) => {
      const own = [0, 1, 2].map((i) => `${o}.${i}`);
      return o % 2 === 0 ? threshold([...own, `${o + 1}.0`], 3) : threshold(own, 2);
    }),
  );

  test("a short search, then the built-in solver; a solver that is given comes first", () => {
    expect(intersectAll([entwined, entwined])).toEqual({ holds: true, method: "built-in solver" });
    expect(intersectAll([entwined, entwined], {}, { sat: dpll })).toEqual({ holds: true, method: "solver" });
    const searchOnly = intersectAll([entwined, entwined], { maxSteps: 2_000 });
    expect(searchOnly).toEqual({ holds: null, reason: "limit", steps: 2_001 });
  });

  test("a signal and a clock end it; a limit that says nothing is a caller's mistake", () => {
    for (const engines of [{}, { sat: dpll }]) {
      const ask = (limits: Limits) => intersectAll([entwined, entwined], limits, engines).holds;
      expect(ask({ signal: { aborted: true } })).toBe(null);
      let clock = 0;
      expect(ask({ deadlineMs: 1, now: () => clock++ })).toBe(null);
      expect(() => ask({ maxSteps: -1 })).toThrow(QuorumError);
    }
  });

  test("weights of too many sums for a formula are searched, with a solver, too", () => {
    const nodes = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const scattered = weighted(
      Object.fromEntries(nodes.map((id, i) => [id, BigInt((i * i * 7919 + i * 104_729) % 100_003) + 1n])),
      1_000_000n,
    );
    const verdict = intersectAll([scattered, threshold(nodes, 12)], {}, { sat: dpll });
    expect(verdict).toMatchObject({ holds: false, method: "search" });
    if (verdict.holds === false) checkWitness([scattered, threshold(nodes, 12)], [], verdict.witness);
  });
});

describe("several families and faults", () => {
  const nodes = (n: number) => Array.from({ length: n }, (_, i) => `n${i}`);

  test("the closed forms of the literature, n up to 8", () => {
    for (let n = 3; n <= 8; n++) {
      for (let k = 1; k <= n; k++) {
        const q = threshold(nodes(n), k);
        for (let f = 0; f < n; f++) {
          const tooMany = threshold(nodes(n), f + 1);
          expect(neverCovered([q, q], [tooMany]).holds).toBe(2 * k > n + f);
          expect(neverCovered([q, q], [tooMany, tooMany]).holds).toBe(2 * k > n + 2 * f);
        }
      }
    }
  });

  test("existence of dissemination and masking systems: Q3 and Q4", () => {
    for (let n = 2; n <= 9; n++) {
      for (let f = 0; f < n; f++) {
        // A fault family alone is asked as the quorums that its sets leave.
        const left = threshold(nodes(n), n - f);
        expect(intersectAll([left, left, left]).holds).toBe(n > 3 * f);
        expect(intersectAll([left, left, left, left]).holds).toBe(n > 4 * f);
      }
    }
  });

  test("fast quorums: one classic and two fast ones", () => {
    for (let n = 3; n <= 10; n++) {
      for (let classic = 1; classic <= n; classic++) {
        for (let fast = 1; fast <= n; fast++) {
          const [c, f] = [threshold(nodes(n), classic), threshold(nodes(n), fast)];
          expect(intersectAll([c, f, f]).holds).toBe(classic + 2 * fast > 2 * n);
        }
      }
    }
  });

  test("a node that a fault condition does not name may always fail", () => {
    const q = or(and(node("a"), node("b")), and(node("b"), node("c")));
    expect(neverCovered([q, q], [node("a")])).toMatchObject({ holds: false });
    expect(neverCovered([q, q], [or(node("a"), node("b"), node("c"))]).holds).toBe(true);
  });

  test("no family at all is a caller's mistake", () => {
    expect(() => intersectAll([])).toThrow(QuorumError);
  });
});
