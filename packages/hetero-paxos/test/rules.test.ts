import { utf8Encode } from "@eunomia/codec";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { type HeteroPaxosMessage, lawOf, type Speech } from "../src/index.ts";
import { scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { altered, idOf, Net } from "./net.ts";

const graph = learnerGraph(examples[0]!.graph);
const one = (options = {}): Net => new Net({ graph, proposers: 1, ...options });
const kindIs =
  (...kinds: string[]) =>
  ({ message }: { message: HeteroPaxosMessage }): boolean =>
    kinds.includes(message.kind);

/** A net in which p1 to p4 have joined ballot 1; their 1b are on their way. */
function joined(options = {}): Net {
  const net = one(options);
  net.propose("w0", "A");
  net.run(kindIs("1a"));
  return net;
}

test("three delays: 1a, 1b, 2a, and everybody decides; two messages of each acceptor", () => {
  const net = joined();
  expect(net.letters.filter(({ to }) => to === "z0").map(({ message }) => message.kind)).toEqual(
    Array(4).fill("1b"),
  );
  net.run(kindIs("1b"));
  expect(new Set(net.letters.map(({ message }) => message.kind))).toEqual(new Set(["2a"]));
  for (const p of graph.acceptors) expect(net.said(p, "2a").length).toBe(1);
  net.run();
  for (const id of net.processes.keys()) expect(net.decided(id)).toEqual({ L: "A" });
  expect(net.outputs.filter(({ output }) => output.kind === "decided").length).toBe(6);
});

test("one in, at most one out, and both are durable before it leaves", () => {
  const net = one();
  net.propose("w0", "A");
  const effects = net.give("p1", net.letters.find(({ to }) => to === "p1")!.message);
  expect(effects.map(({ kind }) => kind)).toEqual(["arm", "persist", "send"]);
  expect(net.processes.get("p1")!.records).toMatchObject([
    { kind: "delivered", message: { kind: "1a" }, answer: { kind: "1b" } },
  ]);
});

test("a stale 1a is kept, and is not referred to", () => {
  const net = one();
  net.propose("w0", "A");
  const first = net.letters[0]!.message as Extract<HeteroPaxosMessage, { kind: "1a" }>;
  net.give("p1", { ...first, number: 5 });
  net.drop();
  net.give("p1", first);
  expect(net.said("p1", "1b")).toEqual([]);
  net.run();
  net.give("p1", { ...first, number: 6 });
  expect(net.said("p1", "1b")[0]!.refs.length).toBe(2);
  // p2 took the two the other way round, and refers to both.
  net.give("p2", first);
  net.drop();
  net.give("p2", { ...first, number: 6 });
  const [other] = net.said("p2", "1b") as [Speech];
  net.give("p1", other, "p2");
  expect(net.letters.find(({ message }) => message.kind === "want")).toMatchObject({ from: "p1", to: "p2" });
  net.run();
  expect(net.refusals()).toEqual([]);
});

test("what a message refers to is asked for, and served by whoever has it", () => {
  const net = joined();
  const late = net.letters.find(({ from, to }) => from === "p1" && to === "z0")!;
  net.restart("z0");
  net.drop();
  net.give("z0", late.message, "p1");
  expect(net.letters.map(({ from, to, message }) => [from, to, message.kind])).toEqual([
    ["z0", "p1", "want"],
  ]);
  net.run(({ to }) => to === "p1");
  expect(net.letters.map(({ to, message }) => [to, message.kind])).toEqual([["z0", "1a"]]);
  net.run();
  expect(net.processes.get("z0")!.state.slots.values[0]!.waiting.keys).toEqual([]);
});

test("a message comes in any order, and twice", () => {
  const net = joined();
  net.run(({ to, message }) => message.kind === "1b" && to !== "z0");
  const all = net.letters.filter(({ to }) => to === "z0").reverse();
  for (const { from, message } of [...all, ...all]) net.give("z0", message, from);
  expect(net.decided("z0")).toEqual({ L: "A" });
});

test("a restart keeps what was said, and says it again", () => {
  const net = joined();
  const [said] = net.said("p1", "1b") as [Speech];
  const before = net.processes.get("p1")!.state.slots.values[0]!;
  net.drop();
  net.restart("p1");
  expect(net.said("p1", "1b").map(idOf)).toEqual([idOf(said)]);
  const after = net.processes.get("p1")!.state.slots.values[0]!;
  expect([after.prev, after.recent]).toEqual([before.prev, before.recent]);
});

test("claims that are not true are refused, with whatever refers to them", () => {
  const net = joined();
  const [right] = net.said("p1", "1b") as [Speech];
  net.run(({ message, to }) => message.kind === "1b" && to !== "z0");
  const [vote] = net.said("p1", "2a") as [Speech];
  net.drop();
  const wrong = altered(right, { ballot: { ...right.ballot, number: 9 } });
  const citing = altered(vote, { prev: null, refs: [Uint8Array.from(Buffer.from(idOf(wrong), "hex"))] });
  net.give("z0", citing, "p1");
  net.give("z0", wrong, "p1");
  expect(net.refusals("z0")).toEqual(["claims are not true", "refers to what is refused"]);
  net.give("z0", altered(vote, { kind: "1b", learners: [] } as Partial<Speech>), "p1");
  net.run();
  expect(net.refusals("z0").slice(2)).toEqual(["claims are not true"]);
});

test("what is wrong without any history is refused at once, by name", () => {
  const net = joined();
  const [right] = net.said("p1", "1b") as [Speech];
  const [ref] = right.refs as [Uint8Array];
  const higher = Uint8Array.from(ref, (byte) => byte ^ 255);
  const twice = [ref, ref];
  const cases: [string, Speech][] = [
    ["other law", altered(right, { instance: { ...right.instance, law: new Uint8Array(32) } })],
    ["slot out of reach", altered(right, { instance: { ...right.instance, slot: 5000 } })],
    ["not an acceptor", altered(right, { signer: "q" })],
    ["not a learner", altered(right, { kind: "2a", learners: ["M"] } as Partial<Speech>)],
    ["no refs", altered(right, { refs: [] })],
    [
      "too many refs",
      altered(right, { refs: Array.from({ length: 11 }, (_, i) => new Uint8Array(32).fill(i)) }),
    ],
    ["refs not ascending", altered(right, { refs: twice })],
    ["prev not in refs", altered(right, { prev: higher })],
    ["signature", altered(right, {}, "p2")],
    ["signature", { ...altered(right, { prev: ref }), signature: right.signature }],
  ];
  net.drop();
  for (const [reason, speech] of cases) {
    net.give("z0", speech, "p1");
    expect(net.refusals("z0").at(-1), reason).toBe(reason);
  }
  expect(net.letters).toEqual([]);
});

test("the application says which values may be voted for", () => {
  const net = one({ accepts: (_slot: number, value: Uint8Array) => value[0] === 66 });
  net.propose("w0", "A");
  net.run();
  expect(net.refusals("p1")).toEqual(["value not valid"]);
  expect(net.said("p1", "1b")).toEqual([]);
});

test("a ballot waits until it is due; one too far ahead is refused", () => {
  const net = one({ options: { tickMs: 10, earlyMax: 2 } });
  net.propose("w0", "A");
  const first = net.letters[0]!.message as Extract<HeteroPaxosMessage, { kind: "1a" }>;
  net.give("p1", first);
  expect(net.said("p1", "1b").length).toBe(0);
  net.give("p1", { ...first, number: 3 });
  expect(net.refusals("p1")).toEqual(["ballot too far ahead"]);
  net.fire("p1", "tick");
  expect(net.said("p1", "1b").length).toBe(1);
  expect(net.armed.get("p1 tick")).toBe(10);
  // The host may have a clock.
  net.take("p2", { kind: "commands", commands: [{ kind: "clock", ticks: 7 }] });
  net.give("p2", first);
  expect(net.said("p2", "1b").length).toBe(1);
});

test("a ballot that a quorum has joined is due, whatever the own clock says", () => {
  const net = one({ options: { tickMs: 10 } });
  net.propose("w0", "A");
  for (const p of ["p1", "p2", "p3"]) net.fire(p, "tick");
  net.run(({ to, message }) => message.kind === "1a" && to !== "z0");
  net.run(({ to, message }) => message.kind === "1a" || (message.kind === "1b" && to === "z0"));
  expect(net.processes.get("z0")!.state.slots.values[0]!.waiting.keys).toEqual([]);
});

test("a flood of ballots of one number is not taken", () => {
  const net = one();
  net.propose("w0", "A");
  const first = net.letters[0]!.message as Extract<HeteroPaxosMessage, { kind: "1a" }>;
  for (let i = 0; i < 6; i++) net.give("p1", { ...first, value: utf8Encode(`${i}`) });
  expect(net.refusals("p1")).toEqual(Array(2).fill("too many ballots of one number"));
});

test("decisions are answered to whoever asks, and believed with a quorum of signatures only", () => {
  const net = joined();
  net.run();
  net.restart("z0");
  net.drop();
  net.fire("z0", "retry");
  const [question] = net.letters as [(typeof net.letters)[0]];
  expect(question.message).toMatchObject({ kind: "query", instance: { slot: 1 }, count: 8 });
  net.run(({ message }) => message.kind === "query");
  const { message: answer } = net.letters.find(({ message }) => message.kind === "decision")!;
  const decision = answer as Extract<HeteroPaxosMessage, { kind: "decision" }>;
  net.drop();
  const { certificate } = decision;
  for (const [reason, wrong] of [
    ["value of another decision", { ...decision, value: utf8Encode("B") }],
    ["no quorum", { ...decision, certificate: { ...certificate, votes: certificate.votes.slice(1) } }],
    ["no such learner", { ...decision, certificate: { ...certificate, learner: "M" } }],
  ] as const) {
    net.give("z0", wrong, "p1");
    expect(net.refusals("z0").at(-1)).toBe(reason);
  }
  net.give("z0", decision, "p1");
  expect(net.decided("z0")).toEqual({ L: "A" });
});

test("an undecided slot is sent again, less and less often", () => {
  const net = joined();
  const [said] = net.said("p1", "1b") as [Speech];
  net.drop();
  const again = [1, 2, 3, 4, 5, 6, 7].map(() => {
    net.fire("p1", "retry");
    const found = net.said("p1", "1b").map(idOf);
    net.drop();
    return found.length === 1 && found[0] === idOf(said);
  });
  expect(again).toEqual([true, false, true, false, false, false, true]);
});

test("closed slots are forgotten, after a restart too", () => {
  const net = joined();
  net.take("p1", {
    kind: "commands",
    commands: [
      { kind: "close", slot: 1 },
      { kind: "close", slot: 0 },
    ],
  });
  expect(net.processes.get("p1")!.state).toMatchObject({ floor: 1, slots: { keys: [] } });
  net.restart("p1");
  expect(net.processes.get("p1")!.state).toMatchObject({ floor: 1, slots: { keys: [] } });
  net.take("z0", { kind: "commands", commands: [{ kind: "close", slot: 3 }] });
  net.restart("z0");
  expect(net.processes.get("z0")!.state.floor).toBe(3);
  net.run(({ to }) => to === "p1");
  expect(new Set(net.refusals("p1"))).toEqual(new Set(["slot out of reach"]));
});

test("a proposer opens three ballots in its window, then it is another's turn for longer", () => {
  const net = one({ proposers: 2 });
  net.propose("w1", "A");
  const opened = (): number[] => {
    const found = net.letters.flatMap(({ to, message }) =>
      to === "p1" && message.kind === "1a" ? [message.number] : [],
    );
    net.drop();
    return found;
  };
  expect(opened()).toEqual([1]);
  const later = Array.from({ length: 20 }, () => {
    net.fire("w1", "window");
    return opened()[0] ?? 0;
  });
  // Two more, six periods of the other, then its own window with three periods between two ballots.
  expect(later).toEqual([2, 3, 0, 0, 0, 0, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0, 0, 0, 0]);
});

/** What w0, which wants B, opens in its first window; `heard`: it has seen a vote for A. */
function openedBy(heard: boolean): HeteroPaxosMessage[] {
  const net = one({ proposers: 2 });
  net.propose("w1", "A");
  net.run(({ to, message }) => message.kind === "1a" && (heard || to !== "w0"));
  net.run(({ to, message }) => message.kind === "1b" && to === "p1");
  const [vote] = net.said("p1", "2a") as [Speech];
  net.drop();
  if (heard) net.give("w0", vote, "p1");
  net.run(({ from, to }) => from === "w0" || to === "w0");
  net.propose("w0", "B");
  for (let i = 0; i < 3; i++) net.fire("w0", "window");
  return net.letters.filter(({ from, to }) => from === "w0" && to === "p2").map(({ message }) => message);
}

test("a value that somebody voted for is proposed again, after what acceptors said last", () => {
  expect(openedBy(false)).toMatchObject([{ kind: "1a", number: 1, value: utf8Encode("B") }]);
  const again = openedBy(true);
  expect(again.map(({ kind }) => kind)).toEqual(["2a", "1b", "1b", "1a"]);
  expect(again.at(-1)).toMatchObject({ number: 2, value: utf8Encode("A") });
});

test("acceptors close what enough watchers need no more, and say so", () => {
  const net = joined({ proposers: 2, options: { closeBy: 2, watchers: ["w0", "w1", "z0"] } });
  net.run();
  const trim = (id: string, slot: number) =>
    net.take(id, { kind: "commands", commands: [{ kind: "trim", slot }] });
  trim("w0", 3);
  net.run();
  expect(net.processes.get("p1")!.state.floor).toBe(0);
  trim("z0", 1);
  net.run();
  for (const p of graph.acceptors)
    expect(net.processes.get(p)!.state).toMatchObject({ floor: 1, slots: { keys: [] } });
  net.give(
    "p1",
    { kind: "query", instance: { law: lawOf(scheme, net.processes.get("w1")!.config), slot: 1 }, count: 1 },
    "w1",
  );
  expect(net.letters.map(({ to, message }) => [to, message.kind])).toEqual([["w1", "closed"]]);
});

test("slots that no quorum holds any more are reported, and no longer asked about", () => {
  const net = one();
  const law = lawOf(scheme, net.processes.get("z0")!.config);
  const trimmed = () =>
    net.outputs.filter(({ output }) => output.kind === "trimmed").map(({ output }) => output);
  net.give("z0", { kind: "closed", law, floor: 9 }, "p1");
  net.give("z0", { kind: "closed", law, floor: 9 }, "p1");
  net.give("z0", { kind: "closed", law, floor: 9 }, "w0");
  expect(trimmed()).toEqual([]);
  net.give("z0", { kind: "closed", law, floor: 4 }, "p2");
  expect(trimmed()).toEqual([{ kind: "trimmed", floor: 4 }]);
  expect(net.processes.get("z0")!.state.floor).toBe(4);
});

test("a read hears of a quorum, each acceptor once", () => {
  const net = joined();
  net.drop();
  net.take("z0", { kind: "commands", commands: [{ kind: "highest", nonce: 7 }] });
  net.run(({ message, to }) => message.kind === "highest" || (to === "z0" && message.kind !== "highestAck"));
  const answers = net.letters.filter(({ message }) => message.kind === "highestAck");
  expect(answers.map(({ message }) => message)).toMatchObject(Array(4).fill({ nonce: 7, slot: 1 }));
  const told = () =>
    net.outputs.filter(({ output }) => output.kind === "highest").map(({ output }) => output);
  for (const { from, message } of [answers[0]!, answers[0]!, answers[1]!]) net.give("z0", message, from);
  expect(told()).toEqual([]);
  net.give("z0", answers[2]!.message, answers[2]!.from);
  net.give("z0", answers[3]!.message, answers[3]!.from);
  expect(told()).toEqual([{ kind: "highest", nonce: 7, slot: 1 }]);
});
