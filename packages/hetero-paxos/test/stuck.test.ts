import { utf8Encode } from "@eunomia/codec";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import type { HeteroPaxosMessage, NodeOutput } from "../src/index.ts";
import { gap } from "./graphs.ts";
import { type Letter, Net } from "./net.ts";

const graph = learnerGraph(gap);
const processes = ["w0", "w1", "z0"];
const is =
  (from: string, to: string, kind: string) =>
  (letter: Letter): boolean =>
    letter.from === from && letter.to === to && letter.message.kind === kind;

/**
 * Section 8.3, without a failure: p2 votes for A and G at ballot 1, p1 and p3 for A alone at ballot 2, for another value. From
 * then on nobody but p3 is fresh for G.
 */
function leftBehind(unlock: "never" | "refute"): Net {
  const net = new Net({ graph, proposers: 2, options: { unlock } });
  net.propose("w1", "B");
  const first = net.letters[0]!.message as Extract<HeteroPaxosMessage, { kind: "1a" }>;
  for (const p of ["p1", "p2", "p3"]) net.run(is("w1", p, "1a"));
  for (const p of ["p1", "p3"]) net.run(is(p, "p2", "1b"));
  expect(net.said("p2", "2a").map(({ learners }) => learners)).toEqual([["A", "G"]]);
  // The second ballot comes from somebody who knows nothing of the first.
  for (const p of ["p1", "p3"]) net.give(p, { ...first, number: 2, value: utf8Encode("A") });
  net.run(is("p1", "p3", "1b"));
  net.run(is("p3", "p1", "1b"));
  expect(net.said("p1", "2a").map(({ learners }) => learners)).toEqual([["A"]]);
  net.run();
  return net;
}

/** Lets proposers and timers do what they can, everything arriving at once. */
function goOn(net: Net, periods: number): void {
  for (let i = 0; i < periods; i++) {
    net.fire("w1", "window");
    net.run();
    if (i % 10 === 0) for (const id of net.processes.keys()) net.fire(id, "retry");
    net.run();
  }
}

type Stuck = Extract<NodeOutput, { kind: "stuck" }>;
const stuckAt = (net: Net): [string, Stuck][] =>
  net.outputs.flatMap(({ process, output }) => (output.kind === "stuck" ? [[process, output]] : []));

test("an honest run leaves a learner behind: it is told who is bound, and what would have helped", () => {
  const net = leftBehind("never");
  goOn(net, 60);
  for (const id of processes) expect(net.decided(id)).toEqual({ A: "A" });
  const stuck = stuckAt(net);
  expect(stuck.map(([process]) => process).sort()).toEqual(processes);
  for (const [, { slot, learner, bound, wayOut }] of stuck) {
    expect([slot, learner, wayOut]).toEqual([1, "G", "refute"]);
    expect(bound.map(({ acceptor, learner: of }) => `${acceptor} ${of}`)).toContain("p2 G");
    expect(bound.map(({ acceptor, learner: of }) => `${acceptor} ${of}`)).toContain("p1 A");
  }
});

test(`with "refute" the same run ends, and nobody was called stuck`, () => {
  const net = leftBehind("refute");
  goOn(net, 20);
  for (const id of processes) expect(net.decided(id)).toEqual({ A: "A", G: "A" });
  expect(stuckAt(net)).toEqual([]);
});

test("nobody is called stuck as long as a ballot can help", () => {
  const net = new Net({ graph, proposers: 2 });
  net.propose("w1", "B");
  net.run(({ message }) => message.kind === "1a");
  for (let i = 0; i < 30; i++) for (const id of processes) net.fire(id, "retry");
  expect(stuckAt(net)).toEqual([]);
});
