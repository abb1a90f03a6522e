import {
  accurate,
  draftGraph,
  entangled,
  type GraphInput,
  learnerGraph,
  live,
  validate,
} from "@eunomia/learner-graph";
import { describe, expect, test } from "vitest";

// The worked examples of Heterogeneous Paxos 2.0, field by field: closure, validity, and what is so for the Safe and Live of the run.

interface Example {
  readonly name: string;
  readonly graph: GraphInput;
  readonly safe: string;
  readonly live: string;
  readonly entangled: string;
  readonly accurate: string;
  readonly liveQuorum: string;
}

const edge = (a: string, b: string, label: string) => ({ between: [a, b] as const, label });
const chains: GraphInput = {
  learners: { red: "{r, s1, s2, s3} >= 3", blue: "{b, s1, s2, s3} >= 3" },
  edges: [
    edge("red", "red", "{r, s1, s2, s3} >= 3"),
    edge("red", "blue", "s1 & s2 & s3"),
    edge("blue", "blue", "{b, s1, s2, s3} >= 3"),
  ],
};

const examples: readonly Example[] = [
  {
    name: "1: homogeneous Byzantine, any 3 of 4",
    graph: { learners: { L: "{p1..p4} >= 3" }, edges: [edge("L", "L", "{p1..p4} >= 3")] },
    safe: "p1 p2 p3",
    live: "p1 p2 p3 p4",
    entangled: "L-L",
    accurate: "L",
    liveQuorum: "L",
  },
  {
    name: "2: crash-only majority",
    graph: { learners: { L: "{p1, p2, p3} >= 2" }, edges: [edge("L", "L", "all(p1..p3)")] },
    safe: "p1 p2 p3",
    live: "p2 p3",
    entangled: "L-L",
    accurate: "L",
    liveQuorum: "L",
  },
  {
    name: "3: two chains with shared validators",
    graph: chains,
    safe: "b r s1 s2 s3",
    live: "r s1 s2",
    entangled: "blue-blue blue-red red-red",
    accurate: "blue red",
    liveQuorum: "red",
  },
  {
    name: "4: a pair that need not agree",
    graph: {
      learners: { x: "a & b", y: "b & c" },
      edges: [edge("x", "x", "a | b"), edge("y", "y", "b | c")],
    },
    safe: "a b c",
    live: "a b c",
    entangled: "x-x y-y",
    accurate: "x y",
    liveQuorum: "x y",
  },
  {
    name: "6: caught shrinks connection",
    graph: chains,
    safe: "b r s2 s3",
    live: "b r s2 s3",
    entangled: "blue-blue red-red",
    accurate: "blue red",
    liveQuorum: "blue red",
  },
];

const words = (text: string): string[] => text.split(" ");

describe("worked examples", () => {
  test.each(examples)("$name", (example) => {
    const graph = learnerGraph(example.graph);
    const [safe, steadfast] = [words(example.safe), words(example.live)];
    const steady = steadfast.filter((id) => safe.includes(id));
    const pairs = graph.learners.flatMap((a, i) => graph.learners.slice(i).map((b) => [a, b] as const));
    const agreeing = pairs.filter(([a, b]) => entangled(graph, a, b, safe)).map((pair) => pair.join("-"));
    expect(agreeing).toEqual(words(example.entangled));
    expect(graph.learners.filter((a) => accurate(graph, a, safe))).toEqual(words(example.accurate));
    expect(graph.learners.filter((a) => live(graph, a, steady))).toEqual(words(example.liveQuorum));
  });

  test("5: an invalid graph, with the witness and the way to it", () => {
    const invalid: GraphInput = {
      learners: { red: "u & v", blue: "v & w", green: "w & x" },
      edges: [
        edge("red", "red", "u | v"),
        edge("red", "blue", "v"),
        edge("blue", "blue", "v | w"),
        edge("blue", "green", "w"),
        edge("green", "green", "w | x"),
      ],
    };
    const witness = {
      a: "green",
      b: "red",
      safe: ["v", "w"],
      qa: ["w", "x"],
      qb: ["u", "v"],
      path: ["green", "blue", "red"],
    };
    expect(validate(draftGraph(invalid))).toMatchObject({ holds: false, witness });
    expect(() => learnerGraph(invalid)).toThrow(
      '"green" and "red" must agree when {v, w} are safe (by way of blue), but the quorums {w, x} and {u, v} share none of them',
    );
    const graph = draftGraph(invalid);
    expect(entangled(graph, "red", "green", ["v", "w"])).toBe(true);
    expect(graph.learners.every((a) => accurate(graph, a, ["v", "w"]))).toBe(true);
  });

  test("6: once s1 is caught, red and blue part, and each goes on alone", () => {
    const graph = learnerGraph(chains);
    expect(graph.connected([])).toEqual([["blue", "red"]]);
    expect(graph.connected(["s1"])).toEqual([["blue"], ["red"]]);
    expect(graph.connected(["s1", "s2"])).toEqual([]);
    const watch = graph.watch();
    expect([watch.caught("r"), watch.caught("s1"), watch.caught("b")]).toEqual([false, true, true]);
    expect(watch.groups).toEqual(graph.connected(["r", "s1", "b"]));
  });
});

describe("termination", () => {
  test("equal quorums and labels: the published protocol terminates", () => {
    expect(learnerGraph(examples[0]!.graph).termination).toMatchObject({
      promise: "published",
      warning: null,
    });
  });
  test("equal labels, other quorums: only with the rule refute", () => {
    // Three acceptors on which G may hang for ever although everybody is honest.
    const { termination } = learnerGraph({
      learners: { A: "p1 & p3", G: "p1 & p2 & p3" },
      edges: [edge("A", "A", "all(p1..p3)"), edge("A", "G", "all(p1..p3)"), edge("G", "G", "all(p1..p3)")],
    });
    expect(termination.promise).toBe("refute");
    expect(termination.warning).toContain('"A" and "G" must agree and have different quorums');
  });
  test("self edges wider than the cross edge: nothing is promised", () => {
    const { termination } = learnerGraph(chains);
    expect(termination.promise).toBe("none");
    expect(termination.warning).toContain("the closed label of");
  });
  test("learners that need not agree do not hold each other up", () => {
    expect(learnerGraph(examples[3]!.graph).termination).toMatchObject({
      promise: "published",
      groups: [["x"], ["y"]],
    });
  });
});
