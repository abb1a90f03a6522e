import type { NodeId } from "@eunomia/engine";
import {
  asymmetricExists,
  asymmetricIntersection,
  availableFor,
  crashIntersection,
  disseminationExists,
  disseminationIntersection,
  dpll,
  type Engines,
  type Expr,
  edgeHolds,
  fastIntersection,
  maskingExists,
  maskingIntersection,
  QuorumError,
  smallestFastThreshold,
  smallestThreshold,
  threshold,
  twoStepIntersection,
  type Verdict,
} from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { naiveHas, naiveMask, refuted, seeded, seriousExpr } from "./naive.ts";

const ids = ["a", "b", "c", "d"];
const everybody = 2 ** ids.length - 1;
const sets = Array.from({ length: everybody + 1 }, (_, set) => set);

/** Sets for which a condition holds, or does not, as numbers. */
const where = (expr: Expr): number[] => sets.filter(naiveMask(expr, ids));
const whereNot = (expr: Expr): number[] => sets.filter((set) => !naiveMask(expr, ids)(set));
/** Is there a choice of one set per list for which `bad` holds of all together? */
const some = (lists: readonly number[][], bad: (chosen: readonly number[]) => boolean): boolean => {
  const go = (at: number, chosen: readonly number[]): boolean =>
    at === lists.length ? bad(chosen) : lists[at]!.some((set) => go(at + 1, [...chosen, set]));
  return go(0, []);
};
const both = (one: Expr, other: Expr): number[] =>
  whereNot(one).filter((set) => whereNot(other).includes(set));

interface Row {
  readonly ask: (e: readonly Expr[], engines: Engines) => Verdict<unknown>;
  /** The definition, word for word. */
  readonly broken: (e: readonly Expr[]) => boolean;
}

/** Every row of the table of conditions; `e` are two systems and two fault conditions. */
const rows: Record<string, Row> = {
  crash: {
    ask: ([q], engines) => crashIntersection(q!, {}, engines),
    broken: ([q]) => some([where(q!), where(q!)], ([p, r]) => (p! & r!) === 0),
  },
  dissemination: {
    ask: ([q, , t], engines) => disseminationIntersection(q!, t!, {}, engines),
    broken: ([q, , t]) => some([where(q!), where(q!), whereNot(t!)], ([p, r, b]) => (p! & r! & ~b!) === 0),
  },
  masking: {
    ask: ([q, , t], engines) => maskingIntersection(q!, t!, {}, engines),
    broken: ([q, , t]) =>
      some([where(q!), where(q!), whereNot(t!), whereNot(t!)], ([p, r, b, c]) => (p! & r! & ~b! & ~c!) === 0),
  },
  fast: {
    ask: ([c, f], engines) => fastIntersection(c!, f!, {}, engines),
    broken: ([c, f]) => some([where(c!), where(f!), where(f!)], ([p, q, r]) => (p! & q! & r!) === 0),
  },
  "two steps, signed": {
    ask: ([c, f, t], engines) => twoStepIntersection(c!, f!, t!, 1, {}, engines),
    broken: ([c, f, t]) =>
      some([where(c!), where(f!), where(f!), whereNot(t!)], ([p, q, r, b]) => (p! & q! & r! & ~b!) === 0),
  },
  "two steps, unsigned": {
    ask: ([c, f, t], engines) => twoStepIntersection(c!, f!, t!, 2, {}, engines),
    broken: ([c, f, t]) => {
      const unions = [...new Set(whereNot(t!).flatMap((b) => whereNot(t!).map((d) => b | d)))];
      return some([where(c!), where(f!), where(f!), unions], ([p, q, r, b]) => (p! & q! & r! & ~b!) === 0);
    },
  },
  availability: {
    ask: ([q, , t], engines) => availableFor(q!, t!, {}, engines),
    broken: ([q, , t]) => whereNot(t!).some((b) => !naiveMask(q!, ids)(everybody & ~b)),
  },
  "dissemination exists": {
    ask: ([, , t], engines) => disseminationExists(t!, {}, engines),
    broken: ([, , t]) =>
      some([whereNot(t!), whereNot(t!), whereNot(t!)], ([a, b, c]) => namedIn([t!], a! | b! | c!)),
  },
  "masking exists": {
    ask: ([, , t], engines) => maskingExists(t!, {}, engines),
    broken: ([, , t]) => {
      const pairs = [...new Set(whereNot(t!).flatMap((b) => whereNot(t!).map((d) => b | d)))];
      return some([pairs, pairs], ([a, b]) => namedIn([t!], a! | b!));
    },
  },
  "asymmetric trust": {
    ask: ([p, q, s, t], engines) =>
      asymmetricIntersection({ quorums: p!, tooMany: s! }, { quorums: q!, tooMany: t! }, {}, engines),
    broken: ([p, q, s, t]) =>
      some([where(p!), where(q!), both(s!, t!)], ([a, b, f]) => (a! & b! & ~f!) === 0),
  },
  "asymmetric trust exists": {
    ask: ([, , s, t], engines) => asymmetricExists(s!, t!, {}, engines),
    broken: ([, , s, t]) =>
      some([whereNot(s!), whereNot(t!), both(s!, t!)], ([a, b, f]) => namedIn([s!, t!], a! | b! | f!)),
  },
  "learner edge": {
    ask: ([p, q, l], engines) => edgeHolds(p!, q!, l!, {}, engines),
    broken: ([p, q, l]) => some([where(p!), where(q!), where(l!)], ([a, b, s]) => (a! & b! & s!) === 0),
  },
};

/** All nodes that the conditions name are in the set; the others may always fail. */
function namedIn(conditions: readonly Expr[], set: number): boolean {
  const names = JSON.stringify(conditions, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  return ids.every((id, i) => ((set >> i) & 1) === 1 || !names.includes(`"id":"${id}"`));
}

const one = fc.oneof(
  seriousExpr(ids, 4),
  fc.integer({ min: 2, max: 4 }).map((k) => threshold(ids, k)),
);
const four = fc.array(one, { minLength: 4, maxLength: 4 });
const agrees = (row: Row, engines: Engines, tally = { true: 0, false: 0 }) =>
  fc.property(four, (e) => {
    const verdict = row.ask(e, engines);
    expect(verdict.holds).toBe(!row.broken(e));
    tally[`${verdict.holds === true}`]++;
  });

describe("every condition, by its definition", () => {
  test.each(Object.entries(rows))("%s", (_, row) => {
    const tally = { true: 0, false: 0 };
    fc.assert(agrees(row, {}, tally), seeded(100));
    fc.assert(agrees(row, { sat: dpll }, tally), seeded(50));
    expect(Math.min(tally.true, tally.false)).toBeGreaterThan(5);
  });

  test("twins are refused: the neighbour in the table", () => {
    const names = Object.keys(rows);
    for (const [i, name] of names.entries()) {
      const neighbour = rows[names[(i + 1) % names.length]!]!;
      expect([name, refuted(agrees({ ...rows[name]!, ask: neighbour.ask }, {}))]).toEqual([name, true]);
    }
  });

  test("witnesses of availability and of edges", () => {
    let seen = 0;
    fc.assert(
      fc.property(four, ([q, p, t, l]) => {
        const available = availableFor(q!, t!);
        if (available.holds === false) {
          expect(naiveHas(t!, new Set(available.witness))).toBe(false);
          expect(naiveHas(q!, new Set(ids.filter((id) => !available.witness.includes(id))))).toBe(false);
        }
        const edge = edgeHolds(q!, p!, l!);
        if (edge.holds !== false) return;
        seen++;
        const { quorums, safe } = edge.witness;
        expect(quorums.map((quorum, i) => naiveHas([q!, p!][i]!, new Set(quorum)))).toEqual([true, true]);
        expect(naiveHas(l!, new Set(safe))).toBe(true);
        expect(safe.filter((id: NodeId) => quorums.every((quorum) => quorum.includes(id)))).toEqual([]);
      }),
      seeded(200),
    );
    expect(seen).toBeGreaterThan(20);
  });
});

describe("thresholds", () => {
  const nodes = (n: number) => Array.from({ length: n }, (_, i) => `n${i}`);
  const leastOf = (
    n: number,
    f: number,
    holds: (q: Expr, tooMany: Expr, k: number) => boolean,
  ): number | null => {
    for (let k = 1; k <= n - f; k++)
      if (holds(threshold(nodes(n), k), threshold(nodes(n), f + 1), k)) return k;
    return null;
  };

  test("the smallest one, against the cover test, n up to 12", () => {
    for (let n = 1; n <= 12; n++)
      for (let f = 0; f < n; f++) {
        expect(smallestThreshold("crash", n, f)).toBe(
          leastOf(n, f, (q) => crashIntersection(q).holds === true),
        );
        expect(smallestThreshold("dissemination", n, f)).toBe(
          leastOf(n, f, (q, t) => disseminationIntersection(q, t).holds === true),
        );
        expect(smallestThreshold("masking", n, f)).toBe(
          leastOf(n, f, (q, t) => maskingIntersection(q, t).holds === true),
        );
        expect(smallestThreshold("dissemination", n, f) !== null).toBe(n > 3 * f);
        expect(smallestThreshold("masking", n, f) !== null).toBe(n > 4 * f);
        expect(smallestThreshold("opaque", n, f) !== null).toBe(n >= 5 * f && n > 0);
      }
  });

  test("opaque masking, by its definition: k of n, every overlap, every place of the faults", () => {
    const holds = (n: number, f: number, k: number): boolean => {
      for (let overlap = Math.max(0, 2 * k - n); overlap <= k; overlap++)
        for (let inside = 0; inside <= Math.min(f, overlap); inside++)
          for (let beside = 0; inside + beside <= f && beside <= k - overlap; beside++) {
            // Faulty nodes of the second quorum, or nodes of it that the first one did not write to.
            const bad = inside + (k - overlap);
            if (overlap - inside < bad || overlap - inside <= inside + beside) return false;
          }
      return true;
    };
    for (let n = 1; n <= 16; n++)
      for (let f = 0; f < n; f++)
        expect([n, f, smallestThreshold("opaque", n, f)]).toEqual([
          n,
          f,
          leastOf(n, f, (_q, _t, k) => holds(n, f, k)),
        ]);
  });

  test("the smallest fast quorum", () => {
    for (let n = 1; n <= 9; n++)
      for (let classic = 1; classic <= n; classic++)
        for (let f = 0; f <= 2 && f < n; f++)
          for (const faultSets of [0, 1, 2] as const) {
            const c = threshold(nodes(n), classic);
            const least = leastOf(n, f, (q, t) =>
              faultSets === 0
                ? fastIntersection(c, q).holds === true
                : twoStepIntersection(c, q, t, faultSets).holds === true,
            );
            expect(smallestFastThreshold(n, classic, f, faultSets)).toBe(least);
          }
  });

  test("counts that say nothing are a caller's mistake", () => {
    expect(() => smallestThreshold("crash", 0)).toThrow(QuorumError);
    expect(() => smallestThreshold("masking", 4, 5)).toThrow('"f" expected an integer from 0 to 4, got 5');
    expect(() => smallestFastThreshold(4, 5)).toThrow('"classic"');
  });
});
