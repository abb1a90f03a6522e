import {
  breaks,
  criticalSets,
  draftGraph,
  explain,
  type GraphInput,
  invalidPairs,
  learnerGraph,
  lossyLearners,
  probability,
  whatIf,
  widestEdge,
  worstCase,
} from "@eunomia/learner-graph";
import { quorumSystem } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyExpr,
  anyGraph,
  bitsOf,
  flatExpr,
  naiveValid,
  refuted,
  seeded,
  setOf,
  type Tables,
  tabulate,
} from "./naive.ts";

const ids = ["p1", "p2", "p3", "p4", "p5"];
const full = (1 << ids.length) - 1;
const labels = fc
  .tuple(fc.oneof(anyExpr(ids), flatExpr(ids)), fc.subarray([["l0", "l1"] as const, ["l1", "l1"] as const]))
  .map(([safe, meets]) => ({ safe, meets }));
const graphs = anyGraph(ids, 3, fc.oneof(anyExpr(ids), flatExpr(ids)), labels);
const cost = (id: string): number => ids.indexOf(id) + 1;

/** Sets of unsafe acceptors for which the closed label fails. */
const breaking = (tables: Tables, a: number, b: number): number[] =>
  Array.from({ length: full + 1 }, (_, set) => set).filter((set) => tables.closed[a]![b]![full & ~set] === 0);
const priceOf = (set: number, price: (id: string) => number): number =>
  setOf(ids, set).reduce((sum, id) => sum + price(id), 0);

const tally = { pairs: 0, breakable: 0, lossy: 0, disagreeing: 0 };
const each = (check: (tables: Tables, input: GraphInput, a: number, b: number) => void) =>
  fc.property(graphs, (input) => {
    const tables = tabulate(input.learners, input.edges, ids);
    for (const a of tables.learners.keys())
      for (let b = a; b < tables.learners.length; b++) check(tables, input, a, b);
  });

describe("what breaks agreement, against all sets of unsafe acceptors", () => {
  const worst = (ask: typeof worstCase = worstCase) =>
    each((tables, input, a, b) => {
      const graph = draftGraph(input);
      const [x, y] = [tables.learners[a]!, tables.learners[b]!];
      const sets = breaking(tables, a, b);
      tally.pairs++;
      if (sets.length > 0 && !sets.includes(0)) tally.breakable++;
      for (const price of [() => 1, cost]) {
        const found = ask(graph, x, y, price);
        const least =
          sets.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...sets.map((set) => priceOf(set, price)));
        expect(found.cost).toMatchObject({ kind: "exact", value: least });
        if (found.nodes !== null) {
          expect(sets).toContain(bitsOf(ids, found.nodes));
          expect(priceOf(bitsOf(ids, found.nodes), price)).toBe(least);
        }
      }
    });
  test("the cheapest set", () => {
    fc.assert(worst(), seeded(40));
    console.log(`worst cases: ${JSON.stringify(tally)}`);
    expect(tally.breakable).toBeGreaterThan(40);
  });
  test("a twin that looks at the declared label only is refused", () => {
    const declared: typeof worstCase = (graph, a, b, price) => {
      const edges = graph.edges.filter(({ between }) => [...between].sort().join() === [a, b].sort().join());
      return worstCase(draftGraph({ acceptors: ids, learners: graph.quorums, edges }), a, b, price);
    };
    expect(refuted(worst(declared))).toBe(true);
  });
  test("all minimal sets, and the chance that one fails", () => {
    fc.assert(
      each((tables, input, a, b) => {
        const graph = draftGraph(input);
        const [x, y] = [tables.learners[a]!, tables.learners[b]!];
        const sets = breaking(tables, a, b);
        const minimal = sets.filter(
          (set) => ![...ids.keys()].some((i) => (set >> i) & 1 && sets.includes(set & ~(1 << i))),
        );
        const { sets: found, complete } = criticalSets(graph, x, y);
        expect(complete).toBe(true);
        expect(found.map((set) => bitsOf(ids, set)).sort((s, t) => s - t)).toEqual(minimal);
        const chance = (id: string): number => 0.05 * cost(id);
        const exact = sets.reduce(
          (sum, set) => sum + ids.reduce((p, id, i) => p * ((set >> i) & 1 ? chance(id) : 1 - chance(id)), 1),
          0,
        );
        const answer = probability(graph, x, y, chance);
        expect(answer.kind).toBe("exact");
        if (answer.kind === "exact") expect(answer.value).toBeCloseTo(exact, 12);
      }),
      seeded(40),
    );
  });
});

describe("what if", () => {
  test("agreement, accuracy, liveness and forks are those of the definitions", () => {
    fc.assert(
      fc.property(graphs, fc.subarray(ids), fc.subarray(ids), (input, byzantine, crashed) => {
        const tables = tabulate(input.learners, input.edges, ids);
        const graph = draftGraph(input);
        const [bad, gone] = [bitsOf(ids, byzantine), bitsOf(ids, crashed)];
        const safe = full & ~bad;
        const found = whatIf(graph, { byzantine, crashed });
        expect(found.learners).toEqual(
          tables.learners.map((learner, a) => {
            const accurate = tables.closed[a]![a]![safe] === 1;
            const lossy = !accurate && tables.quorum[a]![(full & ~gone) | bad] === 1;
            if (lossy) tally.lossy++;
            return { learner, accurate, live: tables.quorum[a]![full & ~gone & ~bad] === 1, lossy };
          }),
        );
        for (const { a, b, mustAgree, disagreement } of found.pairs) {
          const [i, j] = [tables.learners.indexOf(a), tables.learners.indexOf(b)];
          expect(mustAgree).toBe(tables.closed[i]![j]![safe] === 1);
          expect(disagreement.can).toBe(tables.meets(i, j)[safe] === 0);
          if (disagreement.can !== true) continue;
          tally.disagreeing++;
          expect(graph.isQuorum(a, disagreement.qa) && graph.isQuorum(b, disagreement.qb)).toBe(true);
          expect(bitsOf(ids, disagreement.qa) & bitsOf(ids, disagreement.qb) & safe).toBe(0);
        }
        expect(breaks(graph, byzantine).map(({ a, b }) => `${a} ${b}`)).toEqual(
          tables.learners.flatMap((a, i) =>
            tables.learners
              .slice(i)
              .filter((_, k) => tables.closed[i]![i + k]![full]! > tables.closed[i]![i + k]![safe]!)
              .map((b) => `${a} ${b}`),
          ),
        );
      }),
      seeded(120),
    );
    console.log(`what if: ${JSON.stringify(tally)}`);
    expect(Math.min(tally.lossy, tally.disagreeing)).toBeGreaterThan(50);
  });
  test("a valid graph never lets learners disagree that must agree, whatever is Byzantine", () => {
    let valid = 0;
    fc.assert(
      fc.property(graphs, fc.array(fc.subarray(ids), { minLength: 3, maxLength: 3 }), (input, runs) => {
        const graph = draftGraph(input);
        const isValid = naiveValid(tabulate(input.learners, input.edges, ids));
        expect(invalidPairs(graph).length === 0).toBe(isValid);
        if (!isValid) return;
        valid++;
        for (const byzantine of runs)
          for (const { mustAgree, disagreement } of whatIf(graph, { byzantine }).pairs)
            expect(mustAgree && disagreement.can !== false).toBe(false);
      }),
      seeded(100),
    );
    expect(valid).toBeGreaterThan(8);
  });
});

describe("two chains", () => {
  const graph = learnerGraph({
    learners: { red: "{r, s1, s2, s3} >= 3", blue: "{b, s1, s2, s3} >= 3" },
    edges: [
      { between: ["red", "red"], label: "{r, s1, s2, s3} >= 3" },
      { between: ["red", "blue"], label: "s1 & s2 & s3" },
      { between: ["blue", "blue"], label: "{b, s1, s2, s3} >= 3" },
    ],
  });
  test("are explained", () => {
    expect(explain(graph, "red", "blue", [])).toBe(
      "red and blue must agree when everybody is safe.\n  blue - red: s1 & s2 & s3 holds",
    );
    expect(explain(graph, "red", "blue", ["s1"])).toBe(
      "red and blue need not agree when s1 is unsafe.\n  blue - red: s1 & s2 & s3 fails: it needs s1",
    );
    expect(explain(graph, "red", "red", ["s1", "r"])).toContain(
      "red - red: {r, s1, s2, s3} >= 3 fails: it needs {r, s1, s2, s3} >= 3",
    );
    const apart = draftGraph({ learners: { x: "a", y: "b" }, edges: [] });
    expect(explain(apart, "x", "y", [])).toBe("x and y never have to agree: no path of labels is declared.");
    expect(() => explain(graph, "red", "blue", ["s9"])).toThrow('expected acceptors of the graph, got "s9"');
  });
  test("have a widest edge", () => {
    const { label, possible } = widestEdge(graph, "red", "blue");
    expect(possible).toBe(true);
    const system = quorumSystem(label.safe);
    expect([system.has(["s1", "s2", "s3"]), system.has(["r", "b", "s1", "s2"])]).toEqual([true, false]);
  });
  test("fork when nobody keeps them from it", () => {
    expect(lossyLearners(graph, { byzantine: ["s1", "s2"] })).toEqual(["blue", "red"]);
    expect(lossyLearners(graph, { byzantine: ["s1", "s2"], crashed: ["r", "s3"] })).toEqual(["blue"]);
    expect(() => whatIf(graph, { crashed: ["x"] })).toThrow(
      'crashed: expected acceptors of the graph, got "x"',
    );
  });
});
