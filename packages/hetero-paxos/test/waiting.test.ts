import { fromHex, toHex } from "@eunomia/codec";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { entryOf } from "../src/dag/known.ts";
import { evidenceProblem, type HeteroPaxosMessage, lawOf, type Speech } from "../src/index.ts";
import { fitting } from "../src/node/deliver.ts";
import { setupOf } from "../src/node/setup.ts";
import { openSlot } from "../src/node/slots.ts";
import { condemn, fileSpeech } from "../src/node/waiting.ts";
import { Author } from "./author.ts";
import { scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { altered, Net } from "./net.ts";

const graph = learnerGraph(examples[0]!.graph);

function scene(options = {}): { net: Net; author: Author } {
  const net = new Net({ graph, proposers: 1, options });
  return { net, author: new Author(graph, lawOf(scheme, net.processes.get("z0")!.config)) };
}
const slotOf = (net: Net, process = "z0") => net.processes.get(process)!.state.slots.values[0]!;
const isKnown = (net: Net, id: string): boolean => entryOf(slotOf(net).known, id) !== undefined;
const wanted = (net: Net): string[] =>
  net.letters.flatMap(({ message }) => (message.kind === "want" ? message.ids.map(toHex) : []));

test("a branch of a forking acceptor that an honest one refers to is delivered whole, whatever comes first", () => {
  for (const downwards of [true, false]) {
    const { net, author } = scene();
    const [one, two, three, four] = [1, 2, 3, 4].map((number) => author.open(number)) as [
      string,
      string,
      string,
      string,
    ];
    const forks = [author.say("p4", null, [one]), author.say("p4", null, [two])];
    const below = author.say("p4", null, [one, two]);
    const branch = author.say("p4", below, [three]);
    const citing = author.say("p1", null, [four, branch]);
    for (const id of [one, two, three, four, ...forks]) net.give("z0", author.body(id));
    for (const id of downwards ? [citing, branch, below] : [below, branch, citing])
      net.give("z0", author.body(id));
    expect(isKnown(net, citing)).toBe(true);
    expect(slotOf(net).waiting.keys).toEqual([]);
    expect(net.refusals()).toEqual([]);
  }
});

/** How many steps of p4's chain z0 has, of which it hears only the last one now and then, and can ask p1 for the others. */
function caughtUp(length: number, waitingMax: number): { have: number; waited: number } {
  const { net, author } = scene({ waitingMax, retryMs: 100 });
  const chain: string[] = [];
  for (let number = 1; number <= length; number++) {
    const opening = author.open(number);
    for (const process of ["z0", "p1"]) net.give(process, author.body(opening));
    chain.push(author.say("p4", chain.at(-1) ?? null, [opening]));
    net.give("p1", author.body(chain.at(-1)!), "p4");
  }
  net.drop();
  let waited = 0;
  for (let i = 0; i < 40; i++) {
    net.give("z0", author.body(chain.at(-1)!), "p1");
    net.run(({ from, to }) => from === "z0" || (to === "z0" && from === "p1"));
    waited = Math.max(waited, slotOf(net).waiting.keys.length);
    net.fire("z0", "retry");
  }
  return { have: chain.filter((id) => isKnown(net, id)).length, waited };
}

test("whoever is further behind than may wait catches up all the same", () => {
  expect(caughtUp(12, 64)).toEqual({ have: 12, waited: 0 });
  expect(caughtUp(30, 4).have).toBe(30);
});

test("refs to nothing do not crowd out what is wanted from others", () => {
  const { net, author } = scene({ retryMs: 100 });
  const opening = author.open(1);
  const first = author.say("p2", null, [opening]);
  const second = author.say("p1", null, [author.open(2), first]);
  const garbage = (i: number): Speech => {
    const refs = Array.from({ length: 10 }, (_, k) => new Uint8Array(32).fill(k, 1).fill(i, 1, 2));
    return altered(author.speech(first), { signer: "p4", prev: refs[0]!, refs }, "p4");
  };
  for (let i = 1; i <= 100; i++) net.give("z0", garbage(i), "p4");
  net.give("z0", author.body(second), "p1");
  net.drop();
  net.fire("z0", "retry");
  expect(wanted(net).length).toBe(64);
  expect(wanted(net)).toContain(first);
});

test("a flood takes no room from what an honest acceptor refers to", () => {
  const { net, author } = scene({ waitingMax: 4 });
  const [one, two] = [author.open(1), author.open(2)];
  const below = author.say("p4", null, [one]);
  const branch = author.say("p4", below, [two]);
  const citing = author.say("p1", null, [author.open(3), branch]);
  const junk = (signer: string, i: number, refs: Uint8Array[]): Speech =>
    altered(
      author.speech(branch),
      {
        signer,
        prev: null,
        refs: [...refs, new Uint8Array(32).fill(255 - i)],
        ballot: { ...author.speech(below).ballot },
      },
      signer,
    );
  // p4 floods; p3, which is with it, refers to each message of the flood, and to the branch.
  for (let i = 0; i < 10; i++) net.give("z0", junk("p4", i, []), "p4");
  for (let i = 0; i < 10; i++) net.give("z0", junk("p3", i, [fromHex(branch)]), "p3");
  net.give("z0", author.body(citing), "p1");
  net.give("z0", author.body(branch), "p1");
  expect(slotOf(net).waiting.keys).toEqual(expect.arrayContaining([citing, branch]));
  for (const id of [below, one, two, ...author.bodies.keys()]) net.give("z0", author.body(id), "p1");
  expect(isKnown(net, citing)).toBe(true);
  expect(new Set(net.refusals())).toEqual(new Set(["too many messages wait"]));
});

test("messages that refer to each other wait for ever, and are bounded like all others", () => {
  const { net, author } = scene();
  const { config, state } = net.processes.get("z0")!;
  const setup = setupOf(config, { graph, scheme });
  const slot = openSlot(setup, state, 1);
  const refused: string[] = [];
  const out = {
    output: (output: { reason?: string }) => refused.push(output.reason ?? "evidence"),
  } as unknown as Parameters<typeof condemn>[3];
  const speech = author.speech(author.say("p4", null, [author.open(1)]));
  // Nobody can make such ids with a sound digest.
  const idOf = (i: number): string => toHex(new Uint8Array(32).fill(i));
  const ring = [1, 2, 3];
  for (const i of ring) {
    const refs = [fromHex(idOf((i % 3) + 1))];
    fileSpeech(config, setup, slot, idOf(i), { ...speech, prev: new Uint8Array(32).fill(i), refs }, out);
  }
  expect(slot.ready).toEqual([]);
  condemn(slot, idOf(2), "claims are not true", out);
  expect(refused).toEqual(["claims are not true", "refers to what is refused", "refers to what is refused"]);
  expect([slot.waiting.keys, slot.blocks.keys]).toEqual([[], []]);
});

test("a long chain that turns out to be wrong at its root is let go of at once", () => {
  const { net, author } = scene({ waitingMax: 7000 });
  const { config, state } = net.processes.get("z0")!;
  const setup = setupOf(config, { graph, scheme });
  const slot = openSlot(setup, state, 1);
  let refused = 0;
  const out = { output: () => refused++ } as unknown as Parameters<typeof condemn>[3];
  const speech = author.speech(author.say("p4", null, [author.open(1)]));
  const idOf = (i: number): string => i.toString(16).padStart(64, "0");
  const length = 3000;
  for (let i = 1; i <= length; i++)
    fileSpeech(
      config,
      setup,
      slot,
      idOf(i),
      { ...speech, prev: fromHex(idOf(i - 1)), refs: [fromHex(idOf(i - 1))] },
      out,
    );
  condemn(slot, idOf(1), "claims are not true", out);
  expect([refused, slot.waiting.keys.length]).toEqual([length, 0]);
});

test("refs of acceptors that do not fork come first when not all fit", () => {
  const { net, author } = scene();
  const numbers = [1, 2, 3, 4, 5, 6, 7];
  const opened = numbers.map((number) => author.open(number));
  const branches = opened.slice(0, 6).map((id) => author.say("p4", null, [id]));
  const honest = ["p1", "p2", "p3"].map((p) => author.say(p, null, [opened[6]!]));
  // What forks is parked unless it is referred to.
  const citing = author.say("p3", honest[2]!, [author.open(8), ...branches]);
  for (const id of [...author.bodies.keys()]) if (id !== citing) net.give("z0", author.body(id));
  const slot = slotOf(net);
  net.give("z0", author.body(citing));
  const { config } = net.processes.get("z0")!;
  const strict = { ...config, rules: { ...config.rules, refsMax: 6 } };
  const refs = fitting(strict, slot, honest[0]!, [...branches, ...honest].sort());
  expect(refs).toHaveLength(6);
  expect(refs).toEqual(expect.arrayContaining(honest));
  expect(refs).toEqual([...refs].sort());
});

test("two messages convict their signer before either can be delivered, once", () => {
  const { net, author } = scene();
  const any = author.speech(author.say("p4", null, [author.open(1)]));
  for (let i = 1; i <= 3; i++)
    net.give("z0", altered(any, { refs: [new Uint8Array(32).fill(i)] }), "somebody");
  const evidence = net.outputs.flatMap(({ output }) => (output.kind === "evidence" ? [output] : []));
  expect(evidence.map((one) => [one.signer, evidenceProblem(scheme, one)])).toEqual([["p4", null]]);
  expect(slotOf(net).waiting.keys.length).toBe(3);
});

test("what is asked for twice is served once", () => {
  const { net, author } = scene();
  const opening = author.open(1);
  net.give("z0", author.body(opening));
  const instance = author.body(opening).instance;
  net.drop();
  net.give("z0", { kind: "want", instance, ids: Array(64).fill(fromHex(opening)) }, "p1");
  expect(net.letters.map(({ to, message }) => [to, message.kind])).toEqual([["p1", "1a"]]);
});

test("ballots that are not due are held up to a bound, the nearest ones", () => {
  const { net, author } = scene({ tickMs: 10, waitingMax: 4 });
  for (const number of [9, 8, 7, 6, 5, 4, 3]) net.give("p1", author.body(author.open(number)));
  const held = slotOf(net, "p1").waiting.values.map(({ message }) => (message as { number: number }).number);
  expect(held.sort()).toEqual([3, 4, 5, 6]);
  expect(net.refusals("p1")).toEqual(Array(3).fill("too many ballots wait"));
});

test("a watcher asks about the gaps that it has, whatever far slot it was told of", () => {
  const { net, author } = scene({ retryMs: 100 });
  const opening = author.body(author.open(1)) as Extract<HeteroPaxosMessage, { kind: "1a" }>;
  for (const slot of [3, 4, 1000])
    net.give("z0", { ...opening, instance: { ...opening.instance, slot } }, "w0");
  net.drop();
  net.fire("z0", "retry");
  const asked = net.letters.flatMap(({ message }) =>
    message.kind === "query" ? [[message.instance.slot, message.count]] : [],
  );
  expect(asked.slice(-3)).toEqual([
    [1, 2],
    [5, 8],
    [1001, 8],
  ]);
});

test("a liar that tells each acceptor another story does not stop the honest ones", () => {
  const { net, author } = scene({ retryMs: 100 });
  ["p1", "p2", "p3"].forEach((p, i) => {
    const [one, two] = [author.open(1, `${i}`), author.open(2, `${i}`)];
    const root = author.say("p4", null, [one]);
    // It has joined both ballots before: its next word refers to the second message of the story, and by that to the first.
    for (const id of [one, two, root, author.say("p4", root, [two])]) net.give(p, author.body(id), "p4");
  });
  net.drop();
  net.propose("w0", "A");
  for (let i = 0; i < 12; i++) {
    net.run(({ to }) => to !== "p4");
    net.drop();
    for (const p of ["p1", "p2", "p3", "w0", "z0"]) net.fire(p, "retry");
    net.fire("w0", "window");
  }
  expect(Object.values(net.decided("z0"))).toHaveLength(1);
  expect(
    new Set(net.outputs.flatMap(({ output }) => (output.kind === "evidence" ? [output.signer] : []))),
  ).toEqual(new Set(["p4"]));
});
