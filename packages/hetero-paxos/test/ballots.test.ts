import { sha256, toHex, utf8Encode } from "@eunomia/codec";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { entryOf } from "../src/dag/known.ts";
import { HeteroPaxosError, type HeteroPaxosMessage, lawOf, nodeConfig, type Proposal } from "../src/index.ts";
import { Author } from "./author.ts";
import { type ClusterOptions, scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { gap } from "./graphs.ts";
import { Net, text } from "./net.ts";

const graph = learnerGraph(examples[0]!.graph);

function scene(more: Partial<ClusterOptions> = {}): { net: Net; author: Author } {
  const net = new Net({ graph, proposers: 1, ...more });
  return { net, author: new Author(more.graph ?? graph, lawOf(scheme, net.processes.get("z0")!.config)) };
}
const slotOf = (net: Net, process: string) => net.processes.get(process)!.state.slots.values[0]!;
const isKnown = (net: Net, process: string, id: string): boolean =>
  entryOf(slotOf(net, process).known, id) !== undefined;
const proposalTo = (net: Net, process: string): Proposal =>
  net.letters.find(({ to, message }) => to === process && message.kind === "1a")!.message as Proposal;

test("a ballot that reaches one acceptor only gets to all: they hear of it, and ask", () => {
  const { net } = scene();
  net.propose("w0", "A");
  net.drop(({ to, message }) => message.kind === "1a" && to !== "p1");
  net.run();
  for (const process of ["w0", "z0"]) expect(net.decided(process)).toEqual({ L: "A" });
});

test("a ballot of which nobody was heard is handed on, once, to those that may lack it", () => {
  const { net } = scene({ options: { retryMs: 100 } });
  net.propose("w0", "A");
  const first = proposalTo(net, "p1");
  net.run(({ to, message }) => message.kind === "1a" && (to === "p1" || to === "p2"));
  net.run(({ from, to }) => from === "p2" && to === "p1");
  net.drop();
  const handedOn = (): string[] => {
    net.fire("p1", "retry");
    const found = net.letters.filter(({ message }) => message.kind === "1a").map(({ to }) => to);
    net.drop();
    return found;
  };
  expect([handedOn(), handedOn(), handedOn()]).toEqual([["p3", "p4"], [], []]);
  // A higher one is another matter.
  net.give("p1", { ...first, number: 2 });
  net.drop();
  for (let i = 0; i < 9; i++) net.fire("p1", "retry");
  expect(handedOn()).toEqual(["p2", "p3", "p4"]);
});

test("a far ballot is due once a quorum of every learner has joined it, and not for one that trusts a liar", () => {
  const loose = learnerGraph({
    learners: { x: "p1", y: "{p1..p4} >= 3" },
    edges: [
      { between: ["x", "x"], label: "p1" },
      { between: ["y", "y"], label: "{p1..p4} >= 3" },
    ],
  });
  const { net, author } = scene({ graph: loose, options: { tickMs: 10, earlyMax: 100 } });
  const far = author.open(90);
  const joins = ["p1", "p2", "p3"].map((p) => author.say(p, null, [far]));
  for (const id of [far, joins[0]!]) net.give("p4", author.body(id), "p1");
  expect(isKnown(net, "p4", far)).toBe(false);
  for (const id of joins.slice(1)) net.give("p4", author.body(id), "p1");
  expect(isKnown(net, "p4", far)).toBe(true);
});

test("a ballot that is further ahead than any clock is held where others refer to it, and not joined", () => {
  const { net, author } = scene({ options: { tickMs: 10, earlyMax: 100 } });
  const far = author.open(Number.MAX_SAFE_INTEGER - 1);
  const joined = author.say("p4", null, [far]);
  net.give("p1", author.body(far));
  expect(net.refusals("p1")).toEqual(["ballot too far ahead"]);
  net.give("p1", author.body(joined), "p4");
  net.give("p1", author.body(far), "p4");
  expect(net.refusals("p1").length).toBe(1);
  expect(slotOf(net, "p1").waiting.keys.sort()).toEqual([far, joined].sort());
  net.propose("w0", "A");
  net.run(({ to, message }) => to === "p1" && message.kind === "1a");
  net.fire("p1", "tick");
  expect(net.said("p1", "1b").map(({ ballot }) => ballot.number)).toEqual([1]);
});

test("without ticks a ballot may be ahead of the highest known one by so much only", () => {
  const { net, author } = scene({ options: { earlyMax: 10 } });
  for (const number of [11, 10, 20]) net.give("p1", author.body(author.open(number)));
  expect(net.refusals("p1")).toEqual(["ballot too far ahead"]);
  expect(slotOf(net, "p1").highest).toBe(20);
});

test("above the last number no ballot is opened, and nothing breaks", () => {
  const { net, author } = scene();
  const last = author.open(Number.MAX_SAFE_INTEGER - 1);
  const beyond = author.open(Number.MAX_SAFE_INTEGER);
  const joined = author.say("p4", null, [last]);
  for (const id of [joined, last, author.say("p3", null, [beyond]), beyond]) net.give("w0", author.body(id));
  expect(net.refusals("w0")).toEqual(["ballot too far ahead"]);
  net.propose("w0", "A");
  for (let i = 0; i < 4; i++) net.fire("w0", "window");
  expect(net.letters.filter(({ message }) => message.kind === "1a")).toEqual([]);
});

test("once every learner has decided here, ballots are not answered any more, and decisions are", () => {
  const { net, author } = scene();
  net.propose("w0", "A");
  net.run();
  const before = slotOf(net, "p1").prev;
  const late = author.open(7);
  for (const p of graph.acceptors) net.give(p, author.body(late));
  expect(net.letters).toEqual([]);
  expect([slotOf(net, "p1").prev, isKnown(net, "p1", late)]).toEqual([before, true]);
  net.give("p1", { kind: "query", instance: author.body(late).instance, count: 1 }, "z0");
  expect(net.letters.map(({ message }) => message.kind)).toEqual(["decision"]);
});

const onlyB = (_slot: number, value: Uint8Array): boolean => text(value) === "B";

test("a value that must not be voted for is known where others voted for it, and not voted for", () => {
  const { net, author } = scene({ accepts: onlyB });
  const bad = author.open(1);
  const joins = ["p2", "p3", "p4"].map((p) => author.say(p, null, [bad]));
  net.give("p1", author.body(bad));
  expect(net.refusals("p1")).toEqual(["value not valid"]);
  for (const id of joins) net.give("p1", author.body(id), "p2");
  net.give("p1", author.body(bad), "p2");
  for (const id of joins) expect(isKnown(net, "p1", id)).toBe(true);
  expect([...net.said("p1", "1b"), ...net.said("p1", "2a")]).toEqual([]);
  // After a restart as well; and what comes next refers to what was heard.
  net.restart("p1");
  net.give("p1", author.body(author.open(2, "B")));
  const [next] = net.said("p1", "1b");
  expect(next!.refs.map(toHex)).toEqual(expect.arrayContaining(joins));
});

const later = () => "later" as const;
const judged = (value: string, fit: boolean) =>
  ({
    kind: "commands",
    commands: [{ kind: "judged", slot: 1, value: sha256(utf8Encode(value)), fit }],
  }) as const;
const questions = (net: Net): string[] =>
  net.outputs.flatMap(({ output }) => (output.kind === "judge" ? [text(output.value)] : []));

test("a value whose data is not here yet waits for the host: fit, not fit, and said beforehand", () => {
  const { net } = scene({ accepts: later, options: { retryMs: 100 } });
  net.take("p3", judged("A", true));
  net.propose("w0", "A");
  const first = proposalTo(net, "p1");
  net.drop();
  for (const p of ["p1", "p2", "p3", "z0"]) net.give(p, first);
  expect(questions(net)).toEqual(["A", "A"]);
  expect([net.said("p1", "1b"), net.said("p3", "1b")].map(({ length }) => length)).toEqual([0, 1]);
  // Learners vote for nothing, so they wait for nobody.
  expect(slotOf(net, "z0").highest).toBe(1);
  net.take("p1", judged("A", true));
  expect(net.said("p1", "1b").length).toBe(1);
  net.take("p2", judged("A", false));
  expect(net.said("p2", "1b")).toEqual([]);
  expect(net.refusals("p2")).toEqual(["value not valid"]);
  expect(slotOf(net, "p2").waiting.keys).toEqual([]);
});

test("data that is withheld delays the votes of others so long only; the value is not voted for", () => {
  const { net, author } = scene({ accepts: later, options: { retryMs: 100 } });
  const withheld = author.open(1);
  const joins = ["p2", "p3", "p4"].map((p) => author.say(p, null, [withheld]));
  net.give("p1", author.body(withheld));
  for (const id of joins) net.give("p1", author.body(id), "p2");
  for (let i = 0; i < 40; i++) net.fire("p1", "retry");
  expect(questions(net)).toEqual(["A", "A", "A", "A"]);
  for (const id of joins) expect(isKnown(net, "p1", id)).toBe(true);
  expect([...net.said("p1", "1b"), ...net.said("p1", "2a")]).toEqual([]);
  // The data comes after all: what is heard next of that ballot is answered.
  net.take("p1", judged("A", true));
  net.give("p1", author.body(author.say("p2", joins[0]!, joins)), "p2");
  expect(net.said("p1", "2a").length).toBe(1);
});

test("after a restart a value counts as fit if this acceptor has voted for it", () => {
  const { net, author } = scene({ accepts: later });
  const opening = author.open(1);
  net.take("p1", judged("A", true));
  net.give("p1", author.body(opening));
  net.restart("p1");
  expect(slotOf(net, "p1").unfit).toEqual([]);
  const joins = ["p2", "p3"].map((p) => author.say(p, null, [opening]));
  for (const id of joins) net.give("p1", author.body(id), "p2");
  expect(net.said("p1", "2a").length).toBe(1);
});

test("a lie about closed slots of a set that meets every quorum is reported, and nothing breaks", () => {
  const { net } = scene({ graph: learnerGraph(gap) });
  const law = lawOf(scheme, net.processes.get("z0")!.config);
  const floor = Number.MAX_SAFE_INTEGER;
  net.give("z0", { kind: "closed", law, floor }, "p1");
  expect(net.outputs.map(({ output }) => output)).toEqual([{ kind: "trimmed", floor }]);
  net.fire("z0", "retry");
  const messages: HeteroPaxosMessage[] = net.letters.map(({ message }) => message);
  expect(messages.every((message) => message.kind !== "query")).toBe(true);
});

test("bounds and names that messages cannot carry are refused when the engine is made", () => {
  const { net } = scene();
  const { graph: digest } = net.processes.get("p1")!.config;
  const made = (more: object) => () => nodeConfig({ self: "p1", graph, graphDigest: digest, ...more });
  expect(made({ waitingMax: 7500 })).not.toThrow();
  for (const more of [{ waitingMax: 7501 }, { chain: "c".repeat(257) }])
    expect(made(more)).toThrow(HeteroPaxosError);
});
