import { type Cnf, type Expr, normalize } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dpll } from "../src/sat/dpll.ts";
import { Formula, FormulaTooLarge, type Literal } from "../src/sat/formula.ts";
import { Encoder, fails } from "../src/sat/gates.ts";
import { lexLeader } from "../src/sat/symmetry.ts";
import { totalizer, totalizerDown } from "../src/sat/totalizer.ts";
import { naiveHas, refuted, seeded, seriousExpr, subsets } from "./naive.ts";

type Solve = (cnf: Cnf, assume: readonly number[]) => "sat" | "unsat" | "unknown";

const satisfied = (cnf: Cnf, value: (v: number) => boolean): boolean =>
  cnf.clauses.every((clause) => clause.some((literal) => value(Math.abs(literal)) === literal > 0));

const bruteForce: Solve = ({ vars, clauses }, assume) => {
  const all = { vars, clauses: [...clauses, ...assume.map((literal) => [literal])] };
  for (let set = 0; set < 2 ** vars; set++)
    if (satisfied(all, (v) => ((set >> (v - 1)) & 1) === 1)) return "sat";
  return "unsat";
};

const literal = (vars: number) =>
  fc.tuple(fc.integer({ min: 1, max: vars }), fc.boolean()).map(([v, s]) => (s ? v : -v));
const cnfOf = (vars: number, clauses: number) =>
  fc
    .array(fc.array(literal(vars), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: clauses })
    .map((list): Cnf => ({ vars, clauses: list }));

describe("the built-in solver", () => {
  test("decides as trying everything does, again and again, as clauses and assumptions come", () => {
    const tally = { sat: 0, unsat: 0, unknown: 0 };
    fc.assert(
      fc.property(
        cnfOf(8, 30),
        fc.array(
          fc.tuple(
            fc.array(literal(8), { maxLength: 3 }),
            fc.array(literal(9), { minLength: 1, maxLength: 3 }),
          ),
          { maxLength: 4 },
        ),
        (cnf, more) => {
          const session = dpll(cnf);
          let clauses = cnf.clauses;
          for (const [assume, clause] of more) {
            const now = { vars: 9, clauses };
            const answer = session.solve(assume);
            tally[answer]++;
            expect(answer).toBe(bruteForce(now, assume));
            if (answer === "sat") {
              const all = { vars: 9, clauses: [...clauses, ...assume.map((one) => [one])] };
              expect(satisfied(all, (v) => session.value(v))).toBe(true);
            }
            session.add(clause);
            clauses = [...clauses, clause];
          }
        },
      ),
      seeded(400),
    );
    expect(Math.min(tally.sat, tally.unsat)).toBeGreaterThan(100);
  });

  test("pigeons: learning proves what trying cannot; a limit is an answer, and the session goes on", () => {
    const pigeons = (count: number): Cnf => {
      const at = (p: number, h: number) => p * (count - 1) + h + 1;
      const clauses: number[][] = [];
      for (let p = 0; p < count; p++) clauses.push(Array.from({ length: count - 1 }, (_, h) => at(p, h)));
      for (let h = 0; h < count - 1; h++)
        for (let p = 0; p < count; p++)
          for (let q = p + 1; q < count; q++) clauses.push([-at(p, h), -at(q, h)]);
      return { vars: count * (count - 1), clauses };
    };
    const session = dpll(pigeons(7));
    expect(session.solve([], { maxSteps: 3 })).toBe("unknown");
    expect(session.solve([], { signal: { aborted: true } })).toBe("unknown");
    expect(session.solve()).toBe("unsat");
  });

  test("a closed session does not answer", () => {
    const session = dpll({ vars: 1, clauses: [[1]] });
    session.close();
    expect(() => session.solve()).toThrow("closed");
  });

  test("long searches forget clauses and stay right", () => {
    // Near 4.26 clauses per variable three-literal formulas are hardest.
    let seed = 1;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const tally = { sat: 0, unsat: 0 };
    for (let run = 0; run < 6; run++) {
      const cnf = {
        vars: 160,
        clauses: Array.from({ length: 681 }, () =>
          [0, 1, 2].map(() => (next(160) + 1) * (next(2) === 0 ? 1 : -1)),
        ),
      };
      const session = dpll(cnf);
      const answer = session.solve();
      if (answer === "unknown") throw new Error("no limit was given");
      tally[answer]++;
      if (answer === "sat") expect(satisfied(cnf, (v) => session.value(v))).toBe(true);
    }
    expect(Math.min(tally.sat, tally.unsat)).toBeGreaterThan(0);
  });
});

const ids = ["a", "b", "c", "d", "e", "f"];

/** With inputs fixed by assumptions, the literal of an expression can be true exactly when the expression holds. */
const encodes = (
  encode: (formula: Formula, expr: Expr, input: (id: string) => Literal) => Literal,
  wanted = true,
) =>
  fc.property(seriousExpr(ids, 5), (expr) => {
    const formula = new Formula();
    const inputs = new Map(ids.map((id) => [id, formula.fresh()] as const));
    const literal = encode(formula, normalize(expr), (id) => inputs.get(id)!);
    const session = dpll(formula.cnf());
    for (const set of subsets(ids)) {
      const assume = ids.map((id) => (set.has(id) ? inputs.get(id)! : -inputs.get(id)!));
      expect(session.solve([...assume, literal]) === "sat").toBe(naiveHas(expr, set) === wanted);
    }
  });

describe("gates", () => {
  test("hold, and fail, exactly as the expression does", () => {
    fc.assert(
      encodes((formula, expr, input) => new Encoder(formula, input).holds(expr)),
      seeded(150),
    );
    fc.assert(encodes(fails, false), seeded(100));
  });

  test("wide thresholds, every count", () => {
    for (const [n, k] of [
      [12, 4],
      [12, 9],
      [12, 6],
      [45, 45],
      [45, 1],
      [9, 2],
    ] as const) {
      const formula = new Formula();
      const inputs = formula.freshMany(n);
      const expr: Expr = { t: "thr", k, of: inputs.map((v) => ({ t: "node", id: String(v) })) };
      const gate = new Encoder(formula, Number).holds(expr);
      const session = dpll(formula.cnf());
      for (let count = 0; count <= n; count++) {
        const assume = inputs.map((v, i) => (i < count ? v : -v));
        expect(session.solve([gate, ...assume])).toBe(count >= k ? "sat" : "unsat");
      }
      expect(formula.cnf().clauses.length).toBeLessThan(200);
    }
  });

  test("an OR of thousands of nodes is one clause, an AND one per node", () => {
    const formula = new Formula();
    const inputs = formula.freshMany(20_000);
    const encoder = new Encoder(formula, Number);
    const of: Expr[] = inputs.map((v) => ({ t: "node", id: String(v) }));
    encoder.holds({ t: "thr", k: 1, of });
    expect(formula.cnf().clauses.length).toBe(2);
    encoder.holds({ t: "thr", k: of.length, of });
    expect(formula.cnf().clauses.length).toBe(2 + of.length);
  });

  test("constant inputs are folded, equal gates are encoded once", () => {
    const formula = new Formula();
    const [a, b] = [formula.fresh(), formula.fresh()];
    const encoder = new Encoder(formula, (id) => ({ a, b, up: formula.yes, down: -formula.yes })[id]!);
    const gate = (k: number, ...names: string[]): Expr => ({
      t: "thr",
      k,
      of: names.map((id) => ({ t: "node", id })),
    });
    expect(encoder.holds(gate(1, "a", "up"))).toBe(formula.yes);
    expect(encoder.holds(gate(2, "a", "down"))).toBe(-formula.yes);
    expect(encoder.holds(gate(2, "a", "up"))).toBe(a);
    expect(encoder.holds(gate(2, "a", "b"))).toBe(encoder.holds(gate(3, "b", "up", "a")));
  });

  test("twins are refused: one child too few, weights without their order", () => {
    const lax = (formula: Formula, expr: Expr, input: (id: string) => Literal) =>
      new Encoder(formula, input).holds(expr.t === "thr" ? { ...expr, k: expr.k - 1 } : expr);
    expect(refuted(encodes(lax))).toBe(true);
    expect(refuted(encodes((formula, expr, input) => -fails(formula, expr, input)))).toBe(true);
  });

  test("sums that differ too much are refused, not tried", () => {
    const narrow = new Formula(3);
    expect(() => {
      for (let i = 1; i < 9; i++) narrow.add(i);
    }).toThrow(FormulaTooLarge);
    const formula = new Formula();
    let weight = 1n;
    const of = Array.from({ length: 60 }, (_, i) => {
      weight = (weight * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
      return [weight, { t: "node", id: String(i) }] as const;
    });
    const half = of.reduce((sum, [w]) => sum + w, 0n) / 2n;
    const inputs = formula.freshMany(60);
    const encoder = new Encoder(formula, (id) => inputs[Number(id)]!);
    expect(() => encoder.holds({ t: "wthr", k: half, of })).toThrow(FormulaTooLarge);
  });
});

describe("counting and symmetry", () => {
  test.each([
    [7, 7],
    [7, 3],
    [10, 4],
    [1, 1],
    [6, 1],
  ])("%d literals, outputs up to %d", (n, most) => {
    const formula = new Formula();
    const inputs = formula.freshMany(n);
    const up = totalizer(formula, inputs, most);
    const down = totalizerDown(formula, inputs, most);
    expect([up.length, down.length]).toEqual([most, most]);
    const session = dpll(formula.cnf());
    for (let set = 0; set < 2 ** n; set++) {
      const assume = inputs.map((v, i) => (((set >> i) & 1) === 1 ? v : -v));
      const count = assume.filter((one) => one > 0).length;
      for (let b = 0; b < most; b++) {
        expect(session.solve([...assume, -up[b]!]) === "sat").toBe(count <= b);
        expect(session.solve([...assume, down[b]!]) === "sat").toBe(count > b);
      }
    }
  });

  test("lexicographic leaders: one solution per multiset of members", () => {
    const formula = new Formula();
    const members = Array.from({ length: 4 }, () => formula.freshMany(2));
    lexLeader(formula, [members]);
    const session = dpll(formula.cnf());
    let solutions = 0;
    while (session.solve() === "sat") {
      solutions++;
      session.add(members.flat().map((v) => (session.value(v) ? -v : v)));
    }
    // Multisets of four out of four kinds of members.
    expect(solutions).toBe(35);
  });
});
