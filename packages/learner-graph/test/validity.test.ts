import {
  type Disagreement,
  draftGraph,
  type Effort,
  type GraphInput,
  learnerGraph,
  validate,
} from "@eunomia/learner-graph";
import { and, dpll, type Expr, node, threshold, thresholdOf, weightedOf } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateModel } from "../src/validity/validate.ts";
import {
  anyExpr,
  anyGraph,
  bitsOf,
  flatExpr,
  naiveValid,
  plain,
  refuted,
  seeded,
  type Tables,
  tabulate,
} from "./naive.ts";

const ids = ["p1", "p2", "p3", "p4", "p5"];
type Validate = (input: GraphInput) => ReturnType<typeof validate>;
const ours: Validate = (input) => validate(draftGraph(input));

/** A witness must convince without trusting whoever found it. */
function checkWitness(tables: Tables, { a, b, safe, qa, qb, path }: Disagreement): void {
  const at = (id: string): number => tables.learners.indexOf(id);
  const bits = (set: readonly string[]): number => bitsOf(tables.ids, set);
  expect(tables.quorum[at(a)]![bits(qa)]).toBe(1);
  expect(tables.quorum[at(b)]![bits(qb)]).toBe(1);
  expect(bits(safe) & bits(qa) & bits(qb)).toBe(0);
  expect(path[0]).toBe(a);
  expect(path.at(-1)).toBe(b);
  for (let i = 1; i < path.length; i++)
    expect(tables.declared[at(path[i - 1]!)]![at(path[i]!)]![bits(safe)]).toBe(1);
}

const tally = { valid: 0, invalid: 0, long: 0 };
const agrees = (graphs: ReturnType<typeof anyGraph>, ask: Validate = ours) =>
  fc.property(graphs, (input) => {
    const tables = tabulate(input.learners, input.edges, ids);
    const verdict = ask(input);
    expect(verdict.holds).toBe(naiveValid(tables));
    if (verdict.holds === false) checkWitness(tables, verdict.witness);
    if (input.edges.length === 0) return;
    tally[verdict.holds === true ? "valid" : "invalid"]++;
    if (verdict.holds === false && verdict.witness.path.length > 2) tally.long++;
  });

const flat = anyGraph(ids, 4, flatExpr(ids), plain(flatExpr(ids)));
const mixed = anyGraph(ids, 4, anyExpr(ids), plain(anyExpr(ids)));
/** Quorums of many and labels that ask for much: then many graphs are valid. */
const careful = anyGraph(
  ids,
  4,
  fc.integer({ min: 3, max: 5 }).map((k) => threshold(ids, k)),
  plain(fc.tuple(anyExpr(ids), fc.integer({ min: 3, max: 5 })).map(([e, k]) => and(e, threshold(ids, k)))),
);

describe("validity of the closed graph is that of brute force", () => {
  test("flat thresholds over different acceptors", () => {
    fc.assert(agrees(flat), seeded(150));
  });
  test("any expressions", () => {
    fc.assert(agrees(mixed), seeded(150));
    fc.assert(agrees(careful), seeded(150));
    console.log(`validity: ${JSON.stringify(tally)}`);
    expect(Math.min(tally.valid, tally.invalid, tally.long)).toBeGreaterThan(40);
  });
  test("as one circuit, when there are too many routes", () => {
    const circuit: Validate = (input) => {
      return validateModel(draftGraph(input).inside, null, {});
    };
    fc.assert(agrees(fc.oneof(mixed, careful), circuit), seeded(100));
  });
  test("with a SAT solver", () => {
    const solved: Validate = (input) => validate(draftGraph(input), { engines: { sat: dpll } });
    fc.assert(agrees(fc.oneof(mixed, careful), solved), seeded(80));
  });
  test("a twin that checks the declared edges only is refused", () => {
    const declaredOnly: Validate = (input) => {
      const { inside } = draftGraph(input);
      const routes = (a: number, b: number) =>
        inside.model.edges
          .filter((e) => (e.a === a && e.b === b) || (e.a === b && e.b === a))
          .map(({ label }) => ({
            atoms: inside.atomsOf[label]!,
            path: [a, b],
            bits: BigInt(label),
            implied: 0n,
          }));
      return validateModel(inside, { between: routes }, {});
    };
    expect(refuted(agrees(flat, declaredOnly))).toBe(true);
  });
});

test("what is not decided within the limits is said so, and refused by name", () => {
  // Nested weights without any order in them: no closed form, and too many sets to list.
  const names = Array.from({ length: 48 }, (_, i) => `v${i}`);
  const odd = (step: number): Expr =>
    thresholdOf(
      4,
      Array.from({ length: 8 }, (_, g) =>
        weightedOf(
          17n,
          Array.from({ length: 6 }, (_, i) => {
            const place = g * 6 + i;
            return [BigInt(3 + ((place * place * step) % 7)), node(names[(place * step) % 48]!)] as const;
          }),
        ),
      ),
    );
  const input: GraphInput = {
    learners: { a: odd(1), b: odd(5) },
    edges: [{ between: ["a", "b"], label: odd(7) }],
  };
  const called: Effort = { limits: { signal: { aborted: true } } };
  expect(validate(draftGraph(input), called)).toMatchObject({ holds: null, reason: "limit" });
  expect(() => learnerGraph(input, called)).toThrow("Give a SAT solver or raise maxSteps");
});

describe("traps", () => {
  test("closure makes a learner agree with itself where its quorums do not meet", () => {
    const seven = ["a", "b", "c", "d", "e", "f", "g"];
    const input = {
      learners: { one: threshold(seven, 5), two: threshold(seven, 4) },
      edges: [{ between: ["one", "two"] as const, label: threshold(seven, 6) }],
    };
    const verdict = ours(input);
    expect(verdict).toMatchObject({
      holds: false,
      witness: { a: "two", b: "two", path: ["two", "one", "two"] },
    });
    const tables = tabulate(input.learners, [
      { ...input.edges[0]!, label: { safe: input.edges[0]!.label, meets: [] } },
    ]);
    expect(naiveValid(tables, tables.declared)).toBe(true);
    expect(naiveValid(tables)).toBe(false);
    if (verdict.holds === false) checkWitness(tables, verdict.witness);
  });
  test("widest labels are not closed", () => {
    const learners = { x: "p & q", y: "q & r", z: "r & s" };
    const edges = [
      { between: ["x", "y"] as const, label: "meets(x, y)" },
      { between: ["y", "z"] as const, label: "meets(y, z)" },
    ];
    expect(ours({ learners, edges })).toMatchObject({
      holds: false,
      witness: { a: "x", b: "z", safe: ["q", "r"], qa: ["p", "q"], qb: ["r", "s"], path: ["x", "y", "z"] },
    });
  });
});
