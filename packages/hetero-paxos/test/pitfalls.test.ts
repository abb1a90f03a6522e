import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { compareBallots } from "../src/ballot.ts";
import { entryOf, signedEntry } from "../src/dag/known.ts";
import { lawOf, type Speech } from "../src/index.ts";
import { Author } from "./author.ts";
import { scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { idOf, Net } from "./net.ts";
import { dice } from "./random.ts";

const graph = learnerGraph(examples[0]!.graph);

function scene(options = {}, over = graph): { net: Net; author: Author } {
  const net = new Net({ graph: over, proposers: 1, options });
  return { net, author: new Author(over, lawOf(scheme, net.processes.get("z0")!.config)) };
}
const slotOf = (net: Net, process: string) => net.processes.get(process)!.state.slots.values[0]!;

test("ballots are ordered by number, then by digest, and equal ones are one message", () => {
  const ballots = [
    { number: 9, value: "ff" },
    { number: 10, value: "0a" },
    { number: 10, value: "a0" },
    { number: 100, value: "00" },
  ];
  for (let i = 1; i < ballots.length; i++)
    expect(compareBallots(ballots[i]!, ballots[i - 1]!)).toBeGreaterThan(0);
  const { net, author } = scene();
  const opening = author.open(1);
  for (const from of ["w0", "somebody", "p4"]) net.give("p1", author.body(opening), from);
  expect(net.said("p1", "1b").length).toBe(1);
});

test("a caught acceptor counts in quorums as before", () => {
  const { net, author } = scene();
  const [one, two] = [author.open(1), author.open(2)];
  const forks = [author.say("p4", null, [one]), author.say("p4", null, [one, two])];
  const third = author.open(3);
  const joins = ["p1", "p2"].map((p) => author.say(p, null, [third, ...forks]));
  const again = author.say("p4", forks[1]!, [third]);
  const vote = author.say("p1", joins[0]!, [...joins, again]);
  for (const id of author.bodies.keys()) net.give("z0", author.body(id));
  const entry = signedEntry(slotOf(net, "z0").known, vote)!;
  expect(entry.caught).toEqual([8]);
  expect([entry.kind, entry.fresh]).toEqual(["2a", [[11]]]);
});

test("what acceptors say that have no part in the own quorums is heard: it may convict, or bury", () => {
  const chains = learnerGraph(examples[2]!.graph);
  const { net, author } = scene({ learners: ["red"] }, chains);
  const opening = author.open(1);
  const foreign = author.say("b", null, [opening]);
  for (const id of [opening, foreign]) net.give("z0", author.body(id));
  expect(entryOf(slotOf(net, "z0").known, foreign)).toBeDefined();
});

test("refs that did not fit are kept for the next message, across a restart too", () => {
  const { net, author } = scene({ refsMax: 6 });
  const opened = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => author.open(number));
  const branches = opened.slice(0, 6).map((id) => author.say("p4", null, [id]));
  const first = author.say("p3", null, [opened[6]!, ...branches.slice(0, 4)]);
  const second = author.say("p3", first, [opened[7]!, ...branches.slice(4)]);
  for (const id of [first, second, ...author.bodies.keys()]) net.give("p1", author.body(id));
  net.give("p1", author.body(author.open(9)));
  const [said] = net.said("p1", "1b").slice(-1) as [Speech];
  expect(said.refs.length).toBe(6);
  const { prev, recent } = slotOf(net, "p1");
  expect(recent.length).toBeGreaterThan(1);
  net.restart("p1");
  expect([slotOf(net, "p1").prev, slotOf(net, "p1").recent]).toEqual([prev, recent]);
});

/**
 * p1 takes part in two ballots and is killed when `kept` of its records are durable. Whatever it says after that, it has said no
 * other thing after the same message.
 */
function killed(
  kept: number,
  seed: number,
  forgets: number,
): { records: number; twice: number; later: number } {
  const roll = dice(seed);
  const net = new Net({ graph, proposers: 1, learners: 0, options: { retryMs: 0 } });
  const heard: (typeof net.letters)[0][] = [];
  const said = new Map<string | null, Set<string>>();
  const note = (speech: Speech): void => {
    const prev = speech.prev === null ? null : Buffer.from(speech.prev).toString("hex");
    said.set(prev, (said.get(prev) ?? new Set()).add(idOf(speech)));
  };
  const run = (): void => {
    while (net.letters.length > 0) {
      const [letter] = net.letters.splice(roll(Math.min(6, net.letters.length)), 1) as [
        (typeof net.letters)[0],
      ];
      if (letter.to === "p1") heard.push(letter);
      net.give(letter.to, letter.message, letter.from);
    }
  };
  net.propose("w0", "A");
  net.fire("w0", "window");
  run();
  const { records } = net.processes.get("p1")!;
  // A message can have left only if its record is durable.
  for (const record of records.slice(0, kept))
    if (record.kind === "delivered" && record.answer !== null) note(record.answer as Speech);
  net.restart("p1", records.slice(0, Math.max(0, kept - forgets)));
  let later = 0;
  for (const letter of heard.sort(() => roll(3) - 1)) {
    net.give("p1", letter.message, letter.from);
    for (const speech of [...net.said("p1", "1b"), ...net.said("p1", "2a")]) {
      note(speech);
      later++;
    }
    net.drop();
  }
  const { length } = [...said.values()].filter((ids) => ids.size > 1);
  return { records: records.length, twice: length, later };
}

test("killed between any two writes, an acceptor says nothing else after the same message", () => {
  let spoke = 0;
  const { records } = killed(0, 1, 0);
  for (let kept = 0; kept <= records; kept++) {
    const { twice, later } = killed(kept, 1, 0);
    expect([kept, twice]).toEqual([kept, 0]);
    if (later > 0) spoke++;
  }
  expect(records).toBeGreaterThan(10);
  expect(spoke).toBeGreaterThan(5);
  // Without its records it does.
  const forgetful = [1, 2, 3, 4, 5, 6].filter((seed) => killed(records, seed, records).twice > 0);
  expect(forgetful.length).toBeGreaterThan(0);
});

test("one acceptor takes part in many slots at once, and each is an instance of its own", () => {
  const net = new Net({ graph, proposers: 2 });
  for (let slot = 1; slot <= 6; slot++) net.propose(`w${slot % 2}`, String.fromCharCode(64 + slot), slot);
  const roll = dice(7);
  while (net.letters.length > 0) {
    const [letter] = net.letters.splice(roll(net.letters.length), 1) as [(typeof net.letters)[0]];
    net.give(letter.to, letter.message, letter.from);
  }
  for (let slot = 1; slot <= 6; slot++)
    for (const id of ["w0", "w1", "z0", ...graph.acceptors])
      expect(net.decided(id, slot)).toEqual({ L: String.fromCharCode(64 + slot) });
});
