import { graphDigest, learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import {
  acceptorEngine,
  certificateProblem,
  HeteroPaxosError,
  lawOf,
  type NodeOptions,
  nodeConfig,
  proposerEngine,
} from "../src/index.ts";
import { scheme, signAs } from "./cluster.ts";
import { examples } from "./examples.ts";
import { Net } from "./net.ts";

const graph = learnerGraph(examples[0]!.graph);
const base: NodeOptions = { self: "p1", graph, graphDigest: graphDigest(graph), watchers: ["w0"] };

test("a certificate needs a quorum of ascending, signed votes for its learner, ballot and instance", () => {
  const net = new Net({ graph, proposers: 1 });
  net.propose("w0", "A");
  net.run();
  const output = net.outputs.find(({ output }) => output.kind === "decided")!.output;
  if (output.kind !== "decided" || output.decision.kind !== "decision") throw new Error("nothing decided");
  const { certificate } = output.decision;
  const law = lawOf(scheme, net.processes.get("w0")!.config);
  const problem = (changed: Partial<typeof certificate>, other = law) =>
    certificateProblem(graph, scheme, other, { ...certificate, ...changed });
  const { votes, ballot, instance } = certificate;
  expect(problem({})).toBe(null);
  expect(problem({}, new Uint8Array(32))).toBe("other law");
  expect(problem({ learner: "M" })).toBe("no such learner");
  expect(problem({ votes: votes.slice(1) })).toBe("no quorum");
  expect(problem({ votes: [votes[0]!, votes[0]!, votes[1]!] })).toBe("signers not ascending");
  expect(problem({ votes: votes.map((vote) => ({ ...vote, learners: [] })) })).toBe("a vote for others");
  expect(problem({ ballot: { ...ballot, number: 2 } })).toBe("signature");
  expect(problem({ instance: { ...instance, slot: 2 } })).toBe("signature");
  expect(problem({ votes: votes.map((vote) => ({ ...vote, history: new Uint8Array(32) })) })).toBe(
    "signature",
  );
});

test("the law is the chain, the graph and the rules, and nothing of one process", () => {
  const law = (options: Partial<NodeOptions>) =>
    Buffer.from(lawOf(scheme, nodeConfig({ ...base, ...options }))).toString("hex");
  expect(law({ self: "p2", retryMs: 7, learners: [] })).toBe(law({}));
  for (const other of [
    { chain: "x" },
    { unlock: "refute" },
    { refsMax: 7 },
    { depthMax: 9 },
    { graphDigest: new Uint8Array(32) },
  ] as const)
    expect(law(other)).not.toBe(law({}));
});

test("mistakes of a configuration are told, with a code", () => {
  const code = (options: Partial<NodeOptions>): string => {
    try {
      nodeConfig({ ...base, ...options });
      return "";
    } catch (error) {
      if (!(error instanceof HeteroPaxosError)) throw error;
      expect(error.message).toMatch(/^".*" expected .*, got /);
      return error.code;
    }
  };
  expect(code({})).toBe("");
  expect(code({ self: "q" })).toBe("process");
  expect(code({ watchers: ["w0", "w0"] })).toBe("process");
  expect(code({ order: ["w7"] })).toBe("process");
  expect(code({ learners: ["M"] })).toBe("learner");
  expect(code({ graphDigest: new Uint8Array(3) })).toBe("digest");
  expect(code({ refsMax: 5 })).toBe("number");
  expect(code({ retryMs: -1 })).toBe("number");
  const config = nodeConfig({ ...base, self: "w0" });
  expect(() => acceptorEngine(config, { graph, scheme }, signAs("w0"))).toThrow(HeteroPaxosError);
  expect(() => proposerEngine(nodeConfig(base), { graph, scheme })).toThrow(HeteroPaxosError);
  const other = learnerGraph(examples[1]!.graph);
  expect(() => proposerEngine(config, { graph: other, scheme })).toThrow(/acceptors/);
});
