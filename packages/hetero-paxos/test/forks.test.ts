import { utf8Encode } from "@eunomia/codec";
import { graphDigest, learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { entryOf } from "../src/dag/known.ts";
import {
  type Evidence,
  evidenceProblem,
  type HeteroPaxosMessage,
  nodeConfig,
  type Speech,
} from "../src/index.ts";
import { scheme, signAs } from "./cluster.ts";
import { examples } from "./examples.ts";
import { altered, idOf, Net, said } from "./net.ts";

const graph = learnerGraph(examples[0]!.graph);
type Opening = Extract<HeteroPaxosMessage, { kind: "1a" }>;

/** A net in which z0 knows two openings; p4 is left out, so that a test can speak for it. */
function opened(options = {}): { net: Net; ids: string[] } {
  const net = new Net({ graph, proposers: 1, options });
  net.propose("w0", "A");
  const first = net.letters[0]!.message as Opening;
  net.drop();
  net.give("z0", first);
  net.give("z0", { ...first, number: 2 });
  net.give("z0", { ...first, number: 3, value: utf8Encode("B") });
  return { net, ids: [1, 2, 3].map((number) => idAt(net, number)) };
}

const idAt = (net: Net, number: number): string => {
  const { known, bodies } = net.processes.get("z0")!.state.slots.values[0]!;
  return bodies.values
    .flatMap(({ keys }) => keys)
    .find((id) => entryOf(known, id)!.ballot.number === number)!;
};

const evidenceOf = (net: Net): Evidence[] =>
  net.outputs.flatMap(({ output }) => (output.kind === "evidence" ? [output] : []));

test("two messages with one prev convict their signer, to everybody", () => {
  const { net, ids } = opened();
  const first = said(net, "z0", "p4", null, [ids[0]!], graph);
  const second = said(net, "z0", "p4", null, [ids[1]!], graph);
  net.give("z0", first, "p4");
  net.give("z0", second, "p4");
  const [evidence] = evidenceOf(net) as [Evidence];
  expect(evidence.signer).toBe("p4");
  expect(evidenceProblem(scheme, evidence)).toBe(null);
  expect(evidenceProblem(scheme, { ...evidence, signer: "p3" })).toBe("signature");
  expect(evidenceProblem(scheme, { ...evidence, second: evidence.first })).toBe("one message twice");
  expect(evidenceProblem(scheme, { ...evidence, prev: new Uint8Array(32) })).toBe("signature");
});

test("whoever forks is listened to once more; after that only where others refer to it", () => {
  const { net, ids } = opened();
  const [first, second, third] = ids as [string, string, string];
  const forks = [[first], [second], [first, second]].map((refs) => said(net, "z0", "p4", null, refs, graph));
  // What refers to the last branch is made where that is not held back.
  const { net: other } = opened();
  other.give("z0", forks[2]!, "p4");
  const citing = said(other, "z0", "p1", null, [third, idOf(forks[2]!)], graph);
  for (const speech of forks) net.give("z0", speech, "p4");
  const slot = net.processes.get("z0")!.state.slots.values[0]!;
  expect(slot.waiting.keys).toEqual([idOf(forks[2]!)]);
  expect(slot.waiting.values[0]!.parked).toBe(true);
  net.give("z0", citing, "p1");
  expect(slot.waiting.keys).toEqual([]);
  expect(net.refusals()).toEqual([]);
});

test("messages of one signer that wait are bounded, and the rest is not touched", () => {
  const { net, ids } = opened({ waitingMax: 3 });
  const [any] = [said(net, "z0", "p4", null, [ids[0]!], graph)];
  const missing = (i: number): Speech =>
    altered(any!, { refs: [new Uint8Array(32).fill(i)], ballot: { ...any!.ballot, number: i } });
  net.give(
    "z0",
    altered(said(net, "z0", "p1", null, [ids[0]!], graph), { refs: [new Uint8Array(32).fill(9)] }),
    "p1",
  );
  for (let i = 1; i <= 6; i++) net.give("z0", missing(i), "p4");
  const slot = net.processes.get("z0")!.state.slots.values[0]!;
  const waiting = slot.waiting.values.map(({ message }) => message as Speech);
  expect(
    waiting
      .filter(({ signer }) => signer === "p4")
      .map(({ ballot }) => ballot.number)
      .sort(),
  ).toEqual([1, 2, 3]);
  expect(waiting.filter(({ signer }) => signer === "p1").length).toBe(1);
  expect(net.refusals()).toEqual(Array(3).fill("too many messages wait"));
});

test("a history that grows too deep is refused", () => {
  const { net, ids } = opened({ depthMax: 2 });
  const first = said(net, "z0", "p4", null, [ids[0]!], graph);
  net.give("z0", first, "p4");
  const second = said(net, "z0", "p4", idOf(first), [ids[1]!, idOf(first)], graph);
  net.give("z0", second, "p4");
  const third = altered(second, {
    prev: Uint8Array.from(Buffer.from(idOf(second), "hex")),
    refs: [Uint8Array.from(Buffer.from(idOf(second), "hex"))],
  });
  net.give("z0", third, "p4");
  expect(net.refusals()).toEqual(["history too deep"]);
});

test("nodes with other graphs or rules do not hear each other", () => {
  const net = new Net({ graph, proposers: 1 });
  net.propose("w0", "A");
  const strict = nodeConfig({ self: "p1", graph, graphDigest: graphDigest(graph), unlock: "refute" });
  const other = new Net({ graph, proposers: 1, options: { unlock: strict.rules.unlock } });
  other.give("p1", net.letters[0]!.message, "w0");
  expect(other.refusals()).toEqual(["other law"]);
});

test("the secret of another acceptor is of no use", () => {
  const bytes = new Uint8Array(32);
  expect(scheme.verify("p1", bytes, signAs("p1")(bytes))).toBe(true);
  expect(scheme.verify("p1", bytes, signAs("p2")(bytes))).toBe(false);
});
