import type { LinearProgram, LpSolver } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seeded } from "./naive.ts";
import { highs, smallLp } from "./solvers.ts";

const solvers: [string, LpSolver][] = [
  ["highs", highs],
  ["yalps", smallLp],
];

/** Whether `x` obeys the program. */
function feasible({ rows, upper, integer }: LinearProgram, x: readonly number[]): boolean {
  const slack = 1e-6;
  return (
    x.every((value, v) => value >= -slack && value <= (upper?.get(v) ?? Infinity) + slack) &&
    (integer ?? []).every((v) => Math.abs(x[v]! - Math.round(x[v]!)) < slack) &&
    rows.every(({ a, lo, hi }) => {
      const sum = a.reduce((total, [v, c]) => total + c * x[v]!, 0);
      return sum >= lo - slack && sum <= hi + slack;
    })
  );
}

const programs = fc.integer({ min: 1, max: 5 }).chain((vars) =>
  fc.record({
    min: fc.array(fc.integer({ min: -3, max: 5 }), { minLength: vars, maxLength: vars }),
    rows: fc.array(
      fc
        .tuple(
          fc.array(fc.integer({ min: -3, max: 4 }), { minLength: vars, maxLength: vars }),
          fc.integer({ min: -5, max: 6 }),
          fc.constantFrom(0, 2, Infinity),
          fc.boolean(),
        )
        .map(([row, lo, width, open]) => ({
          a: row.flatMap((c, v) => (c === 0 ? [] : [[v, c] as const])),
          lo: open ? -Infinity : lo,
          hi: lo + width,
        })),
      { maxLength: 5 },
    ),
    upper: fc
      .dictionary(fc.integer({ min: 0, max: vars - 1 }).map(String), fc.integer({ min: 0, max: 4 }))
      .map((bounds) => new Map(Object.entries(bounds).map(([v, bound]) => [Number(v), bound]))),
    integer: fc.constantFrom([], [0]),
  }),
);

test("two solvers agree on random programs, and what they find obeys the program", () => {
  const seen = { optimal: 0, infeasible: 0, unbounded: 0, limit: 0 };
  fc.assert(
    fc.property(programs, (program) => {
      const results = solvers.map(([, solve]) => solve(program));
      const [first, second] = results;
      seen[first!.status]++;
      // A program may be unbounded and infeasible at once; which of the two is said first is the solver's own.
      if (first!.status === "optimal" || second!.status === "optimal") {
        expect(second!.status).toBe(first!.status);
        for (const { x, value } of results) {
          expect(feasible(program, x)).toBe(true);
          expect(value).toBeCloseTo(first!.value, 6);
        }
      }
    }),
    seeded(120),
  );
  expect(seen.optimal).toBeGreaterThan(50);
  expect(seen.infeasible + seen.limit).toBeGreaterThan(10);
});

test("prices of rows say what one unit more of a bound costs", () => {
  const program: LinearProgram = {
    min: [2, 3],
    rows: [
      {
        a: [
          [0, 1],
          [1, 1],
        ],
        lo: 4,
        hi: Infinity,
      },
      { a: [[0, 1]], lo: -Infinity, hi: 3 },
    ],
  };
  const { dual, x, value } = highs(program);
  expect(x).toEqual([3, 1]);
  expect(value).toBe(9);
  expect(dual).toEqual([3, -1]);
});
