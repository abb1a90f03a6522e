import { decode, encode, toHex } from "@eunomia/codec";
import {
  draftGraph,
  GraphError,
  type GraphInput,
  graphDigest,
  graphFromJson,
  graphFromValue,
  graphSchema,
  graphToJson,
  graphValue,
  type LearnerGraph,
  learnerGraph,
  parseGraph,
  printGraph,
} from "@eunomia/learner-graph";
import { constant, type Expr, QuorumSyntaxError, sameExpr } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyExpr, anyGraph, refuted, seeded } from "./naive.ts";

const text = `// Two chains that share three validators.
group shared: {s1, s2, s3}
group stake: {r*2, s1*3, s2*3, s3*3} // of the red chain
learner red: {stake*} > 2/3
learner "the blue chain":
  {b, shared} >= 3
edge red - red: {stake*} > 2/3
edge red - "the blue chain": meets(red, "the blue chain"),
  s1 & s2 & s3
acceptors: {observer, b}
`;

test("the text form, with groups, weights, names in quotes and lines that go on", () => {
  const graph = draftGraph(parseGraph(text));
  expect(graph.acceptors).toEqual(["b", "observer", "r", "s1", "s2", "s3"]);
  expect(graph.learners).toEqual(["red", "the blue chain"]);
  expect(printGraph(shown(graph))).toBe(
    `acceptors: {observer}
learner red: {r*2, s1*3, s2*3, s3*3} >= 8
learner "the blue chain": {b, s1, s2, s3} >= 3
edge red - red: {r*2, s1*3, s2*3, s3*3} >= 8
edge red - "the blue chain": meets(red, "the blue chain"), s1 & s2 & s3
`,
  );
});

/** What the printers take. */
const shown = (graph: LearnerGraph) => ({
  acceptors: graph.acceptors,
  learners: new Map([...graph.quorums].map(([id, { expr }]) => [id, expr] as const)),
  edges: graph.edges,
});

const same = (one: LearnerGraph, other: LearnerGraph): boolean =>
  one.acceptors.join() === other.acceptors.join() &&
  one.learners.join() === other.learners.join() &&
  one.learners.every((id) => sameExpr(one.quorums.get(id)!.expr, other.quorums.get(id)!.expr)) &&
  one.edges.length === other.edges.length &&
  one.edges.every(({ between, label }, i) => {
    const edge = other.edges[i]!;
    const pairs = JSON.stringify([between, label.meets]) === JSON.stringify([edge.between, edge.label.meets]);
    return pairs && sameExpr(label.safe, edge.label.safe);
  });

const ids = ["a", "b-1", "c d", '"', "édition"];
const graphs = anyGraph(
  ids,
  3,
  anyExpr(ids),
  fc
    .tuple(fc.oneof(anyExpr(ids), fc.constant<Expr>(constant(true))), fc.subarray([["l0", "l1"] as const]))
    .map(([safe, meets]) => ({ safe, meets })),
);

const returns = (print: (graph: LearnerGraph) => GraphInput) =>
  fc.property(graphs, (input) => {
    const graph = draftGraph(input);
    expect(same(draftGraph(print(graph)), graph)).toBe(true);
  });

test("what is printed is read back as the same graph, as text and as JSON", () => {
  fc.assert(
    returns((graph) => parseGraph(printGraph(shown(graph)))),
    seeded(60),
  );
  fc.assert(
    returns((graph) => graphFromJson(JSON.parse(JSON.stringify(graphToJson(shown(graph)))))),
    seeded(60),
  );
  const forgetful = (graph: LearnerGraph) => parseGraph(printGraph({ ...shown(graph), acceptors: [] }));
  expect(refuted(returns(forgetful))).toBe(true);
});

test("the value of a graph is encoded and decoded, and its digest does not depend on how it was written", () => {
  fc.assert(
    fc.property(graphs, (input) => {
      const graph = draftGraph(input);
      const decoded = decode(graphSchema, encode(graphSchema, graphValue(graph)));
      const again = draftGraph(graphFromValue(decoded));
      expect(toHex(graphDigest(again))).toBe(toHex(graphDigest(graph)));
      expect(graphValue(again)).toEqual(graphValue(graph));
    }),
    seeded(60),
  );
  const digestOf = (learners: Record<string, string>, label: string): string =>
    toHex(graphDigest(draftGraph({ learners, edges: [{ between: ["x", "y"], label }] })));
  const one = digestOf({ x: "{a, b, c} >= 2", y: "a & (b & c)" }, "c & b & a");
  expect(digestOf({ y: "all(c, b, a)", x: "majority(a..c)" }, "{a, b, c} >= 3")).toBe(one);
  expect(digestOf({ y: "all(c, b, a)", x: "majority(a..c)" }, "{a, b, c} >= 2")).not.toBe(one);
});

describe("texts that are no graph say where and what was expected", () => {
  test.each([
    ["", "line 1, column 1: expected learner NAME:, got the end of the text"],
    ["lerner a: b", 'line 1, column 1: expected acceptors or group or learner or edge, got "lerner"'],
    ["learner a b", 'line 1, column 1: expected learner NAME:, got "learner a b"'],
    ["learner a: b\nedge a-a: b", 'line 2, column 1: expected edge NAME - NAME:, got "edge a-a: b"'],
    ["learner a: {b, c >= 2", "line 1, column 18: expected , or }"],
    [
      "learner a: b\nlearner a: c",
      'line 2, column 1: expected a learner that is not there yet, got "a" again',
    ],
    ["group g: {a, a}\nlearner a: g", 'line 1, column 9: expected ids, each once, got "a" again'],
    ["group g: {a & b}\nlearner a: g", "line 1, column 9: expected ids, each once, got a & b"],
    ["learner a: b\nacceptors: c", "line 2, column 11: expected a list of ids in braces"],
    ["learner a: b\nedge a - a: meets(a, a) | b", 'line 2, column 25: expected , or the end, got "|"'],
    ["learner a: b\nedge a - a: meets(a a)", "line 2, column 12: expected meets(LEARNER, LEARNER)"],
    ["learner a: b\nedge a - a:\n  meets(a, a),\n  b &", "line 4, column 6: expected an id or { or ("],
  ])("%j", (source, message) => {
    const read = (): GraphInput => parseGraph(source);
    expect(read).toThrow(QuorumSyntaxError);
    expect(read).toThrow(message);
  });
});

describe("JSON that is no graph says where and what was expected", () => {
  const fine = { learners: { a: "b" }, edges: [] };
  test.each<[unknown, string]>([
    [null, "$: expected an object, got null"],
    [{ edges: [] }, "$.learners: expected a value, got nothing"],
    [{ ...fine, egdes: [] }, '$: expected the fields learners, edges, acceptors, got "egdes"'],
    [{ ...fine, learners: { a: 3 } }, '$.learners["a"]: expected a string, got 3'],
    [{ ...fine, learners: { a: "b &" } }, '$.learners["a"]: line 1, column 4: expected an id or { or ('],
    [
      { ...fine, edges: [{ between: ["a"], label: "b" }] },
      "$.edges[0].between: expected two learners, got 1",
    ],
    [
      { ...fine, edges: [{ between: ["a", 1], label: "b" }] },
      "$.edges[0].between[1]: expected a string, got 1",
    ],
    [{ ...fine, edges: [{ between: ["a", "a"], label: "meets(" }] }, "$.edges[0].label: line 1, column 1"],
    [{ ...fine, acceptors: {} }, "$.acceptors: expected an array, got {}"],
  ])("%j", (value, message) => {
    const read = (): GraphInput => graphFromJson(value);
    expect(read).toThrow(GraphError);
    expect(read).toThrow(message);
  });
});

describe("graphs that make no sense are refused, with what to do", () => {
  const edge = (a: string, b: string, label: string) => ({ between: [a, b] as const, label });
  test.each<[string, GraphInput, string]>([
    ["shape", { learners: {}, edges: [] }, "at least one learner"],
    ["learner", { learners: { "": "a" }, edges: [] }, 'expected a non-empty string, got ""'],
    [
      "unknown-learner",
      { learners: { x: "a" }, edges: [edge("x", "y", "a")] },
      'edge x - y: expected one of the learners "x", got "y"',
    ],
    [
      "unknown-learner",
      { learners: { x: "a" }, edges: [edge("x", "x", "meets(x, z)")] },
      'edge x - x: meets: expected one of the learners "x", got "z"',
    ],
    [
      "duplicate-edge",
      { learners: { x: "a", y: "a" }, edges: [edge("x", "y", "a"), edge("y", "x", "a")] },
      "edge y - x is there twice",
    ],
    [
      "unknown-acceptor",
      { learners: { x: "a" }, edges: [edge("x", "x", "a & q")] },
      'the label names "q", which is in no quorum',
    ],
    [
      "empty-quorum",
      { learners: { x: "a | true" }, edges: [] },
      'learner "x" expected quorums with members, got a | true',
    ],
    ["no-quorum", { learners: { x: "{a, b} >= 3" }, edges: [] }, "it would never decide"],
    [
      "invalid",
      { learners: { x: "{a, b} >= 1" }, edges: [edge("x", "x", "a & b")] },
      '"x" must agree with itself when {a, b} are safe, but the quorums',
    ],
  ])("%s", (code, input, message) => {
    const make = (): unknown => learnerGraph(input);
    expect(make).toThrow(expect.objectContaining({ name: "GraphError", code }) as Error);
    expect(make).toThrow(message);
  });
  test("a learner twice in a map of another kind", () => {
    const learners = new Map([["x", "a"]]);
    expect(draftGraph({ learners, edges: [] }).learners).toEqual(["x"]);
  });
});
