import { type GraphInput, learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { agreementProblem, JointError, jointConfig, jointPromise, successionProblem } from "../src/index.ts";
import { chains } from "./world.ts";

const promise = (graph: GraphInput, names = ["red", "blue"]) => jointPromise(learnerGraph(graph), names);

function refused(run: () => unknown): JointError {
  try {
    run();
  } catch (error) {
    if (error instanceof JointError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

test("a graph with an edge is taken, and says who follows what", () => {
  const { follows, validators, warning } = promise(chains);
  expect(follows).toEqual({
    b: ["blue"],
    r: ["red"],
    ...Object.fromEntries(["s1", "s2", "s3", "s4", "s5"].map((id) => [id, ["blue", "red"]])),
  });
  expect(validators.red).toEqual(["r", "s1", "s2", "s3", "s4", "s5"]);
  // All edges are equal, and quorums are not: in the class of the optional rule of hetero-paxos only.
  expect(warning).toMatch(/termination/);
});

test("chains without a common validator are refused, with quorums that do not meet", () => {
  const graph: GraphInput = {
    learners: { red: "{a, b, c} >= 2", blue: "{d, e, f} >= 2" },
    edges: [{ between: ["red", "red"], label: "a & b & c" }],
  };
  const { code, witness, message } = refused(() => promise(graph));
  expect(code).toBe("no-agreement");
  expect([witness!.a, witness!.b]).toEqual(["red", "blue"]);
  const [red, blue] = witness!.quorums!;
  const { quorums } = learnerGraph(graph);
  expect(quorums.get("red")!.has(red)).toBe(true);
  expect(quorums.get("blue")!.has(blue)).toBe(true);
  expect(red.filter((id) => blue.includes(id))).toEqual([]);
  expect(message).toMatch(/expected an edge between red and blue.*Make them overlap/);
});

test("chains that overlap, of which nobody asks that they agree, are refused too", () => {
  const { witness } = refused(() => promise({ ...chains, edges: chains.edges!.slice(0, 1) }));
  expect(witness).toEqual({ a: "red", b: "blue", quorums: null });
});

test("every two chains of a group need an edge; one by way of a third is enough", () => {
  const learners = { red: "a & b", blue: "b & c", green: "a & c" };
  const edge = (a: string, b: string) => ({ between: [a, b] as const, label: "a & b & c" });
  const graph = learnerGraph({ learners, edges: [edge("red", "blue"), edge("blue", "green")] });
  expect(agreementProblem(graph, ["red", "blue", "green"])).toBeNull();
  const apart = learnerGraph({ learners, edges: [edge("red", "blue")] });
  expect(agreementProblem(apart, ["red", "blue", "green"])).toEqual({ a: "red", b: "green", quorums: null });
});

test("terms that follow others are refused if old quorums of one chain miss new ones of another", () => {
  const graph = (red: string, blue: string) =>
    learnerGraph({
      learners: { red, blue },
      edges: [{ between: ["red", "blue"], label: "meets(red, blue)" }],
    });
  const before = graph("{a, b, c} >= 2", "{a, b, c} >= 2");
  const one = graph("{a, b, c, d} >= 3", "{a, b, c, d} >= 3");
  expect(successionProblem(before, one, ["red", "blue"])).toBeNull();
  const far = graph("{c, d, e} >= 2", "{c, d, e} >= 2");
  expect(agreementProblem(far, ["red", "blue"])).toBeNull();
  const { a, b, quorums } = successionProblem(before, far, ["red", "blue"])!;
  expect([a, b]).toEqual(["red", "blue"]);
  expect(before.quorums.get(a)!.has(quorums![0])).toBe(true);
  expect(far.quorums.get(b)!.has(quorums![1])).toBe(true);
  expect(quorums![0].filter((id) => quorums![1].includes(id))).toEqual([]);
  const apart = learnerGraph({ learners: { red: "a & b", blue: "a & b" }, edges: [] });
  expect(successionProblem(before, apart, ["red", "blue"])).toEqual({ a: "red", b: "blue", quorums: null });
});

test("a mistake in a configuration is told with its field", () => {
  const plan = { first: 1, every: 2, patience: 3 };
  const two = ["blue", "red"].map((chain) => ({ chain, ...plan }));
  const code = (options: Partial<Parameters<typeof jointConfig>[0]>) => {
    const { code, field } = refused(() => jointConfig({ self: "s", chains: two, ...options }));
    return `${code} ${field}`;
  };
  expect(code({ chains: two.slice(0, 1) })).toBe("chain chains");
  expect(code({ chains: [two[0]!, two[0]!] })).toBe("chain chains");
  expect(code({ chains: [two[0]!, { ...two[1]!, patience: 0 }] })).toBe("number chains.red.patience");
  expect(code({ follows: ["green"] })).toBe("chain follows");
  expect(code({ follows: ["red"], proposes: ["blue"] })).toBe("chain proposes");
  expect(code({ follows: [] })).toBe("chain follows");
  expect(code({ proposers: { green: ["p"] } })).toBe("chain proposers");
  expect(code({ lead: 0 })).toBe("number lead");
  expect(code({ epochLag: 0.5 })).toBe("number epochLag");
  expect(refused(() => promise(chains, ["red", "green"])).code).toBe("chain");
});
