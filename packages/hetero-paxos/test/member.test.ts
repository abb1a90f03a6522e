import { utf8Encode } from "@eunomia/codec";
import { consensusCases, describeFailure, engineCases, runSchedules } from "@eunomia/conformance";
import { graphDigest, learnerGraph } from "@eunomia/learner-graph";
import { describe, expect, test } from "vitest";
import { acceptorEngine, memberEngine, nodeConfig, type Sign } from "../src/index.ts";
import { members, scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { Net } from "./net.ts";
import { agreement, isThrough } from "./properties.ts";

const [homogeneous, , chains] = examples.map((example) => example.graph);
const graph = learnerGraph(homogeneous!);
const names = graph.acceptors;

describe("the Consensus door, a log of one learner", () => {
  test.each(consensusCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run({ engines: members(graph), learners: [...names], runs: 5 });
  });
});

describe("engine cases", () => {
  test.each(engineCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run({
      processes: members(graph),
      ids: { process: [...names], acceptor: [...names] },
      durable: (_process, observation) => {
        const { floor, slots } = observation as { floor: number; slots: { keys: number[]; values: Said[] } };
        const said = slots.values.map(({ prev, recent }, i) => [slots.keys[i], prev, recent] as const);
        return { floor, said: said.filter(([, prev, recent]) => prev !== null || recent.length > 0) };
      },
      commands: () => [{ kind: "propose", slot: 1, value: utf8Encode("a") }],
    });
  });
});

interface Said {
  readonly prev: string | null;
  readonly recent: string[];
}

test("two chains agree in every schedule, and whoever does not decide is called stuck", () => {
  const two = learnerGraph(chains!);
  const report = runSchedules({
    engines: members(two),
    inputs: two.acceptors.slice(0, 2).map((to, i) => ({
      to,
      commands: [{ kind: "propose", slot: 1, value: utf8Encode(`${i}`) }],
      again: true,
    })),
    seeds: { count: 10 },
    faults: { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 },
    properties: [agreement(two)],
    done: (view) => two.acceptors.every((process) => isThrough(view, process, two, [1])),
  });
  expect(report.failures.map(describeFailure)).toEqual([]);
  expect(report.done).toBe(report.runs);
});

const decidedNet = (): Net => {
  const net = new Net({ graph }, members(graph, { closeBy: 2 }));
  net.propose("p2", "A");
  net.run();
  return net;
};
const trim = (net: Net, id: string, slot: number): void => {
  net.take(id, { kind: "commands", commands: [{ kind: "trim", slot }] });
  net.run();
};
const kept = (net: Net, id: string): readonly number[] => net.processes.get(id)!.state.slots.keys;

test("who needs a slot no more keeps it for the others, until as many let go of it as `closeBy` says", () => {
  const net = decidedNet();
  trim(net, "p1", 1);
  expect(names.map((id) => kept(net, id))).toEqual([[1], [1], [1], [1]]);
  trim(net, "p3", 1);
  expect(names.map((id) => [kept(net, id), net.processes.get(id)!.state.floor])).toEqual(
    names.map(() => [[], 1]),
  );
  // All of them had decided: nobody has lost anything.
  expect(net.outputs.filter(({ output }) => output.kind === "trimmed")).toEqual([]);
});

test("who had not decided a slot that all let go of says so, once", () => {
  const net = decidedNet();
  trim(net, "p1", 7);
  trim(net, "p3", 7);
  const told = net.outputs.filter(({ output }) => output.kind === "trimmed");
  expect(told.map(({ process, output }) => [process, output])).toEqual([
    ["p2", { kind: "trimmed", floor: 7 }],
    ["p4", { kind: "trimmed", floor: 7 }],
  ]);
});

test("a member comes back with its word, and says what it needs no more again", () => {
  const net = decidedNet();
  trim(net, "p1", 1);
  const { prev } = net.processes.get("p1")!.state.slots.values[0]!;
  net.restart("p1");
  expect(net.processes.get("p1")!.state.slots.values[0]!.prev).toBe(prev);
});

test("a read asks the own acceptor too", () => {
  const net = decidedNet();
  net.take("p1", { kind: "commands", commands: [{ kind: "highest", nonce: 3 }] });
  expect(net.processes.get("p1")!.state.reading!.heard).toEqual(["p1"]);
  net.run();
  expect(net.outputs.at(-1)).toEqual({ process: "p1", output: { kind: "highest", nonce: 3, slot: 1 } });
});

test("a process that is both in its configuration is run by the engine that is both", () => {
  const sign: Sign = () => new Uint8Array();
  const common = { self: "p1", graph, graphDigest: graphDigest(graph) };
  const both = nodeConfig({ ...common, watchers: names });
  expect(() => acceptorEngine(both, { graph, scheme }, sign)).toThrow(/memberEngine/);
  const apart = nodeConfig({ ...common, watchers: ["w"] });
  expect(() => memberEngine(apart, { graph, scheme }, sign)).toThrow(/order/);
});
