import { closed, closedEdges, draftGraph, isClosed, type LearnerGraph } from "@eunomia/learner-graph";
import { print } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyExpr,
  anyGraph,
  close,
  flatExpr,
  type NaiveEdge,
  plain,
  refuted,
  seeded,
  setOf,
  type Tables,
  tabulate,
} from "./naive.ts";

const ids = ["p1", "p2", "p3", "p4", "p5"];
const graphs = anyGraph(ids, 4, anyExpr(ids), plain(fc.oneof(anyExpr(ids), flatExpr(ids))));

const tally = { graphs: 0, closureAdds: 0, parted: 0 };

/** The door of every set of acceptors, against the rule of the paper applied until nothing changes. */
const agreesAsDoor = (ask = (graph: LearnerGraph) => graph) =>
  fc.property(graphs, (input) => {
    const tables = tabulate(input.learners, input.edges, ids);
    const graph = ask(draftGraph(input));
    const full = (1 << ids.length) - 1;
    tally.graphs++;
    if (
      tables.closed.some((row, a) =>
        row.some((label, b) => label.some((v, s) => v !== tables.declared[a]![b]![s])),
      )
    )
      tally.closureAdds++;
    const wrong: string[] = [];
    const compare = (what: string, ours: unknown, theirs: unknown): void => {
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) wrong.push(what);
    };
    for (let set = 0; set <= full; set++) {
      const safe = setOf(ids, set);
      for (const [a, x] of tables.learners.entries()) {
        compare(`${x} ${safe}`, graph.isQuorum(x, safe), tables.quorum[a]![set] === 1);
        for (const [b, y] of tables.learners.entries())
          compare(`${x} ${y} ${safe}`, graph.isSafeSet(x, y, safe), tables.closed[a]![b]![set] === 1);
      }
      compare(`groups ${safe}`, graph.connected(setOf(ids, full & ~set)), groupsOf(tables, set));
    }
    expect(wrong).toEqual([]);
  });

function groupsOf({ learners, closed: labels }: Tables, safe: number): string[][] {
  const groups: string[][] = [];
  learners.forEach((id, a) => {
    if (labels[a]![a]![safe] === 0) return;
    const group = learners.filter((_, b) => labels[a]![b]![safe] === 1);
    if (group[0] === id) groups.push(group);
  });
  return groups;
}

describe("the closed graph, set by set", () => {
  test("is that of the definition", () => {
    fc.assert(agreesAsDoor(), seeded(150));
    console.log(`closure: ${JSON.stringify(tally)}`);
    expect(tally.closureAdds).toBeGreaterThan(75);
  });
  test("a twin that answers by declared edges is refused", () => {
    const declared = (graph: LearnerGraph): LearnerGraph => ({
      ...graph,
      isSafeSet: (a, b, safe) =>
        graph.edges.some(
          ({ between, label }) =>
            [a, b].sort().join() === [...between].sort().join() &&
            draftGraph({ learners: { l: label.safe }, edges: [] }).isQuorum("l", safe),
        ),
    });
    expect(refuted(agreesAsDoor(declared))).toBe(true);
  });
  test("a set that was asked before is answered alike, and strangers count for nothing", () => {
    const graph = draftGraph({
      learners: { a: "p & q", b: "q & r" },
      edges: [{ between: ["a", "b"], label: "q" }],
    });
    for (const _ of [1, 2]) expect(graph.connected(["p", "nobody", "p"])).toEqual([["a", "b"]]);
    expect(graph.connected(["q"])).toEqual([]);
    expect(() => graph.isQuorum("c", [])).toThrow('isQuorum: expected one of the learners "a", "b", got "c"');
  });
});

/** Catching acceptors one by one says what `connected` says of them together. */
const watches = (fumble = (id: string) => id) =>
  fc.property(graphs, fc.shuffledSubarray(ids), (input, order) => {
    const graph = draftGraph(input);
    const watch = graph.watch();
    const caught: string[] = [];
    for (const id of order) {
      const before = JSON.stringify(watch.groups);
      const parts = watch.caught(fumble(id));
      caught.push(id);
      expect(watch.groups).toEqual(graph.connected(caught));
      expect(parts).toBe(JSON.stringify(watch.groups) !== before);
      if (parts) tally.parted++;
      expect(watch.caught(id)).toBe(false);
    }
  });

test("a watch follows one growing set of caught acceptors", () => {
  fc.assert(watches(), seeded(200));
  expect(tally.parted).toBeGreaterThan(100);
  expect(refuted(watches((id) => (id === "p1" ? "p2" : id)))).toBe(true);
});

/** Closed labels as expressions: the same tables, closed already, and closing them again changes nothing. */
const closes = (close_: typeof closed = closed) =>
  fc.property(graphs, (input) => {
    const tables = tabulate(input.learners, input.edges, ids);
    const again = draftGraph(close_(draftGraph(input)));
    const edges = again.edges.map(({ between, label }): NaiveEdge => ({ between, label }));
    const closedTables = tabulate(input.learners, edges, ids);
    expect(closedTables.declared).toEqual(tables.closed);
    expect(close(closedTables.declared, 1 << ids.length)).toEqual(tables.closed);
    expect(isClosed(again)).toMatchObject({ holds: true });
    const text = (graph: LearnerGraph) =>
      closedEdges(graph).map(({ between, label }) => [between, print(label.safe)]);
    expect(text(draftGraph(closed(again)))).toEqual(text(again));
  });

test("closing is idempotent, and says what the definition says", () => {
  fc.assert(closes(), seeded(80));
  expect(refuted(closes((graph) => ({ ...closed(graph), edges: graph.edges })))).toBe(true);
});

test("whether a graph is closed, with a path that is not covered", () => {
  let open = 0;
  fc.assert(
    fc.property(graphs, (input) => {
      const tables = tabulate(input.learners, input.edges, ids);
      const same = tables.closed.every((row, a) =>
        row.every((label, b) => label.join() === tables.declared[a]![b]!.join()),
      );
      const verdict = isClosed(draftGraph(input));
      expect(verdict.holds).toBe(same);
      if (verdict.holds !== false) return;
      open++;
      const { a, b, path } = verdict.witness;
      expect([path[0], path.at(-1)]).toEqual([a, b]);
    }),
    seeded(150),
  );
  expect(open).toBeGreaterThan(50);
});
