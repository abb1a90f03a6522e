import { type Cnf, dpll, type SatSolver } from "@eunomia/quorum-algebra";
import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import { type Logic, logicSolver } from "@eunomia/quorum-algebra/engines/logic-solver";
import { Cadical, loadCadical } from "cadical-wasm";
import fc from "fast-check";
// @ts-expect-error The package has no types; `Logic` says what of it is used.
import Logic_ from "logic-solver";
import { describe, expect, test } from "vitest";
import { refuted, seeded } from "./naive.ts";

const literal = (vars: number) =>
  fc.tuple(fc.integer({ min: 1, max: vars }), fc.boolean()).map(([v, s]) => (s ? v : -v));
const clauseOf = (vars: number) => fc.array(literal(vars), { minLength: 3, maxLength: 3 });
const story = fc.record({
  clauses: fc.array(clauseOf(14), { minLength: 20, maxLength: 70, size: "max" }),
  more: fc.array(fc.tuple(fc.array(literal(16), { maxLength: 3 }), clauseOf(16)), {
    minLength: 1,
    maxLength: 3,
  }),
});

/** Both answer alike as clauses and assumptions come, and what either calls a solution is one. */
const agrees = (tally: Record<string, number>, left: SatSolver, right: SatSolver) =>
  fc.property(story, ({ clauses, more }) => {
    const cnf: Cnf = { vars: 14, clauses };
    const sessions = [left(cnf), right(cnf)];
    const all = [...clauses];
    for (const [assume, clause] of more) {
      const answers = sessions.map((session) => session.solve(assume));
      expect(answers[0]).toBe(answers[1]);
      tally[answers[0]!] = (tally[answers[0]!] ?? 0) + 1;
      for (const session of answers[0] === "sat" ? sessions : [])
        for (const part of [...all, ...assume.map((one) => [one])])
          expect(part.some((one) => session.value(Math.abs(one)) === one > 0)).toBe(true);
      for (const session of sessions) session.add(clause);
      all.push(clause);
    }
    for (const session of sessions) session.close();
  });

const minisat = logicSolver(Logic_ as Logic);

describe("adapters agree with the built-in solver", () => {
  test("cadical", async () => {
    const tally: Record<string, number> = {};
    fc.assert(agrees(tally, dpll, cadicalSolver(Cadical, await loadCadical())), seeded(150));
    expect(Math.min(tally.sat ?? 0, tally.unsat ?? 0)).toBeGreaterThan(50);
  });

  test("logic-solver", () => {
    const tally: Record<string, number> = {};
    fc.assert(agrees(tally, dpll, minisat), seeded(40));
    expect(Math.min(tally.sat ?? 0, tally.unsat ?? 0)).toBeGreaterThan(10);
  });

  test("a twin that forgets assumptions is refused", async () => {
    const real = cadicalSolver(Cadical, await loadCadical());
    const forgetful: SatSolver = (cnf) => {
      const session = real(cnf);
      return {
        solve: () => session.solve(),
        value: (v) => session.value(v),
        add: (clause) => session.add(clause),
        close: () => session.close(),
      };
    };
    expect(refuted(agrees({}, dpll, forgetful))).toBe(true);
  });
});

/** Pigeons in one hole less: long enough to be interrupted. */
const pigeons = (count: number): Cnf => {
  const at = (p: number, h: number) => p * (count - 1) + h + 1;
  const all = Array.from({ length: count }, (_, p) => p);
  const holes = all.slice(1).map((h) => h - 1);
  return {
    vars: count * (count - 1),
    clauses: [
      ...all.map((p) => holes.map((h) => at(p, h))),
      ...holes.flatMap((h) => all.flatMap((p) => all.slice(p + 1).map((q) => [-at(p, h), -at(q, h)]))),
    ],
  };
};

describe("limits", () => {
  test("cadical heeds conflicts, clock and signal, and can go on", async () => {
    const session = cadicalSolver(Cadical, await loadCadical())(pigeons(8));
    expect(session.solve([], { maxSteps: 10 })).toBe("unknown");
    let clock = 0;
    expect(session.solve([], { deadlineMs: 20, now: () => clock++ })).toBe("unknown");
    expect(session.solve([], { signal: { aborted: true } })).toBe("unknown");
    expect(session.solve([1, 2])).toBe("unsat");
    session.add([-1]);
    expect(session.solve([], { maxSteps: Number.POSITIVE_INFINITY })).toBe("unsat");
    expect(session.value(500)).toBe(false);
    session.close();
  });

  test("logic-solver looks at them before it begins, and refuses to work when closed", () => {
    const session = minisat(pigeons(3));
    expect(session.solve([], { signal: { aborted: true } })).toBe("unknown");
    expect(session.solve()).toBe("unsat");
    session.close();
    expect(() => session.solve()).toThrow("closed");
  });
});
