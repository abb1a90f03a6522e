import {
  draftGraph,
  type GraphInput,
  isClosed,
  learnerGraph,
  losses,
  nested,
  prioritized,
  terminationOf,
  uniform,
  validate,
} from "@eunomia/learner-graph";
import { type Expr, majority, print, threshold, weighted } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyExpr, flatExpr, naiveValid, refuted, seeded, setOf, type Tables, tabulate } from "./naive.ts";

const ids = ["p1", "p2", "p3", "p4", "p5"];

/** Quorums of three learners or four, all of the kind in which labels have something to say. */
const learners = (exprs: fc.Arbitrary<Expr>) =>
  fc
    .array(exprs, { minLength: 3, maxLength: 4 })
    .map((list) => Object.fromEntries(list.map((expr, i) => [`l${i}`, expr])));
const large = fc.oneof(
  fc.integer({ min: 3, max: 4 }).map((k) => threshold(ids, k)),
  fc.subarray(ids, { minLength: 4 }).map((some) => majority(some)),
  fc
    .array(fc.bigInt(1n, 6n), { minLength: ids.length, maxLength: ids.length })
    .map((w) =>
      weighted(Object.fromEntries(ids.map((id, i) => [id, w[i]!])), (w.reduce((a, b) => a + b) * 2n) / 3n),
    ),
);
const systems = learners(fc.oneof({ weight: 3, arbitrary: large }, { weight: 1, arbitrary: anyExpr(ids) }));

/** Labels of the graph as it answers, set by set, and the widest ones by brute force. */
function tablesOf(input: GraphInput): { tables: Tables; labels: Uint8Array[][] } {
  const graph = draftGraph(input);
  const tables = tabulate(input.learners as Record<string, Expr>, [], ids);
  const sets = Array.from({ length: 1 << ids.length }, (_, set) => setOf(ids, set));
  const labels = graph.learners.map((a) =>
    graph.learners.map((b) => Uint8Array.from(sets, (set) => Number(graph.isSafeSet(a, b, set)))),
  );
  return { tables, labels };
}

type Build = (learners: Record<string, Expr>) => GraphInput;
const tally: Record<string, { graphs: number; withLabels: number }> = {};

/** Valid by brute force over all sets and quorums, and by our own verdict, and closed. */
const alwaysValid = (name: string, build: Build, input = systems) =>
  fc.property(input, (given) => {
    const made = build(given);
    const { tables, labels } = tablesOf(made);
    tally[name] ??= { graphs: 0, withLabels: 0 };
    tally[name].graphs++;
    const cross = labels.some((row, a) => row.some((label, b) => a !== b && label.includes(1)));
    if (cross) tally[name].withLabels++;
    expect(naiveValid(tables, labels)).toBe(true);
    expect(validate(draftGraph(made))).toMatchObject({ holds: true });
  });

/** One label for all; learners whose quorums may miss each other stand alone. */
const uniformOrApart: Build = (given) => {
  const names = Object.keys(given);
  const groups: string[][] = [];
  for (const id of names) {
    const home = groups.find((group) => {
      try {
        uniform(given, [[...group, id]]);
        return true;
      } catch {
        return false;
      }
    });
    if (home !== undefined) home.push(id);
    else {
      try {
        uniform(given, [[id]]);
        groups.push([id]);
      } catch {
        // A learner whose own quorums may miss each other has no label at all.
      }
    }
  }
  return uniform(given, groups);
};

describe("builders make valid graphs, whatever the quorums", () => {
  test("uniform groups", () => {
    fc.assert(alwaysValid("uniform", uniformOrApart), seeded(60));
    console.log(`uniform: ${JSON.stringify(tally.uniform)}`);
    expect(tally.uniform!.withLabels).toBeGreaterThan(25);
  });
  test("nested groups", () => {
    fc.assert(
      alwaysValid("nested", (given) => nested(given)),
      seeded(30),
    );
    console.log(`nested: ${JSON.stringify(tally.nested)}`);
    expect(tally.nested!.withLabels).toBeGreaterThan(25);
  });
  test("priorities", () => {
    const inOrder: Build = (given) => {
      const names = Object.keys(given);
      return prioritized(
        given,
        names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const)),
      );
    };
    fc.assert(alwaysValid("priorities", inOrder), seeded(60));
    console.log(`priorities: ${JSON.stringify(tally.priorities)}`);
    expect(tally.priorities!.withLabels).toBeGreaterThan(25);
  });
  test("a twin that gives every pair its widest label is refused", () => {
    const widest: Build = (given) => {
      const names = Object.keys(given);
      return {
        learners: given,
        edges: names.flatMap((a, i) =>
          names.slice(i).map((b) => ({ between: [a, b] as const, label: { meets: [[a, b] as const] } })),
        ),
      };
    };
    const chains = learners(
      fc.shuffledSubarray(ids, { minLength: 2, maxLength: 3 }).map((s) => threshold(s, s.length)),
    );
    expect(refuted(alwaysValid("twin", widest, chains))).toBe(true);
  });
});

test("uniform and nested graphs are closed, and uniform ones can be promised termination", () => {
  fc.assert(
    fc.property(learners(flatExpr(ids)), (given) => {
      for (const build of [uniformOrApart, (g: Record<string, Expr>) => nested(g)])
        expect(isClosed(draftGraph(build(given))).holds).not.toBe(false);
      expect(terminationOf(draftGraph(uniformOrApart(given))).promise).not.toBe("none");
    }),
    seeded(30),
  );
});

describe("what labels lose", () => {
  const chain = { x: "p & q", y: "q & r", z: "r & s" };
  test("the first of two priorities keeps its widest label", () => {
    const graph = learnerGraph(
      prioritized(chain, [
        ["x", "y"],
        ["y", "z"],
      ]),
    );
    const kinds = Object.fromEntries(losses(graph).map(({ a, b, kind }) => [a + b, kind]));
    expect(kinds).toEqual({
      xx: "widest",
      xy: "widest",
      xz: "impossible",
      yy: "widest",
      yz: "none",
      zz: "widest",
    });
  });
  test("nested groups merge first what withstands most", () => {
    const { groups } = nested({ a: "{p..s} >= 3", b: "{p..t} >= 4", c: "{q..u} >= 5", d: "{t, u, v} >= 2" });
    expect(groups).toEqual([[["b", "c"], "a"], "d"]);
  });
  test("learners whose quorums miss each other are told apart", () => {
    expect(() => uniform(chain)).toThrow('the quorums of "x" and "z" may have no common member');
    expect(uniform(chain, [["x", "y"], ["z"]]).edges.length).toBe(4);
    expect(() => uniform(chain, [["x", "x"]])).toThrow('learner "x" is in two groups');
    expect(() => uniform(chain, [["w"]])).toThrow('expected learners of the list, got "w"');
    expect(() => nested(chain, { groups: ["x", "y"] })).toThrow('every learner, got none with "z"');
    expect(() => prioritized({ x: "{a1..a15} >= 8" }, [])).toThrow("at most 14 acceptors, got 15");
  });
  test("the widest label of different thresholds", () => {
    const graph = draftGraph({
      learners: { a: "{p1..p7} >= 5", b: "{p1..p7} >= 4" },
      edges: [{ between: ["a", "b"], label: { meets: [["a", "b"]] } }],
    });
    expect(print(graph.inside.closure.expr(0, 1)!)).toBe("{p1, p2, p3, p4, p5, p6, p7} >= 6");
  });
});
