import { DecodeError, decode, encode, mutate, mutateBytes, type Source } from "@eunomia/codec";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { evidenceProblem, HeteroPaxosMessage, NodeState, type Speech } from "../src/index.ts";
import { scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { altered, type Letter, Net } from "./net.ts";
import { dice, pick } from "./random.ts";

const graph = learnerGraph(examples[0]!.graph);
const honest = ["p1", "p2", "p3"];
const watchers = ["w0", "w1", "z0"];
/** Runs of each kind; a longer campaign sets HETERO_PAXOS_HOSTILE. */
const runs = Number(process.env.HETERO_PAXOS_HOSTILE ?? 3);

const sourceOf = (roll: (n: number) => number): Source => ({
  next: () => roll(2 ** 32),
  ids: { acceptor: graph.acceptors },
});

/** What a liar makes of a message that it heard. */
type Lie = (message: HeteroPaxosMessage, roll: (n: number) => number) => HeteroPaxosMessage | null;

/** Bytes damaged on the way. */
const damaged: Lie = (message, roll) => {
  try {
    return decode(HeteroPaxosMessage, mutateBytes(encode(HeteroPaxosMessage, message), sourceOf(roll)));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
};

/** One thing changed, and signed again by p4, who may sign what it likes. */
const signed: Lie = (message, roll) => {
  const changed = mutate(HeteroPaxosMessage, message, sourceOf(roll));
  if (changed === null || (changed.kind !== "1b" && changed.kind !== "2a")) return changed;
  return altered(changed as Speech, { signer: "p4" } as Partial<Speech>, "p4");
};

interface Told {
  lies: number;
  refused: Set<string>;
  convicted: Set<string>;
  largest: number;
}

/** Two proposers, three honest acceptors, and p4, which only lies. After each delivery it makes so many tries at a lie. */
function live(seed: number, lie: Lie, tries: number, told: Told): void {
  const roll = dice(seed);
  const net = new Net({ graph, proposers: 2, options: { retryMs: 100, waitingMax: 16 } });
  const heard: HeteroPaxosMessage[] = [];
  const everybody = [...honest, ...watchers];
  net.propose("w1", "A");
  net.propose("w0", "B");
  const deliver = (letter: Letter): void => {
    if (letter.to === "p4") return;
    heard.push(letter.message);
    net.give(letter.to, letter.message, letter.from);
  };
  const decided = (): boolean =>
    watchers.every(
      (id) => net.processes.get(id)!.state.slots.keys.includes(1) && net.decided(id).L !== undefined,
    );
  for (let i = 0; i < 4000 && !decided(); i++) {
    if (net.letters.length === 0 || roll(40) === 0) net.fire(pick(roll, ["w0", "w1"]), "window");
    if (net.letters.length === 0 || roll(20) === 0) net.fire(pick(roll, everybody), "retry");
    if (net.letters.length > 0) deliver(net.letters.splice(roll(Math.min(4, net.letters.length)), 1)[0]!);
    if (heard.length === 0 || i > 1500) continue;
    for (let left = roll(2 * tries); left > 0; left--) {
      const lied = lie(pick(roll, heard), roll);
      if (lied === null) continue;
      told.lies++;
      // What is said to one may be said to others in another way.
      for (const to of everybody) if (roll(2) === 0) net.give(to, lied, "p4");
    }
  }
  expect(decided(), `seed ${seed}`).toBe(true);
  expect(new Set(watchers.map((id) => net.decided(id).L)).size, `seed ${seed}`).toBe(1);
  for (const { state } of [...net.processes.values()])
    told.largest = Math.max(told.largest, encode(NodeState, state).length);
  for (const { output } of net.outputs) {
    if (output.kind === "refused") {
      told.refused.add(output.reason);
      expect(honest, `seed ${seed}: ${output.reason}`).not.toContain(output.from);
    }
    if (output.kind === "evidence") {
      told.convicted.add(output.signer);
      expect(evidenceProblem(scheme, output), `seed ${seed}`).toBe(null);
    }
    if (output.kind === "alarm") throw new Error(`seed ${seed}: alarm`);
  }
}

function campaign(lie: Lie, tries: number): Told {
  const told: Told = { lies: 0, refused: new Set(), convicted: new Set(), largest: 0 };
  for (let seed = 1; seed <= runs; seed++) live(seed, lie, tries, told);
  console.log(
    `${runs} runs, ${told.lies} lies, state up to ${told.largest} bytes: ${[...told.refused].sort().join(", ")}`,
  );
  return told;
}

test("damaged bytes are dropped or refused by name; the honest decide alike", () => {
  const { lies, refused, convicted, largest } = campaign(damaged, 20);
  expect(lies).toBeGreaterThan(50 * runs);
  expect([...refused]).toEqual(expect.arrayContaining(["signature", "other law"]));
  expect([...convicted]).toEqual([]);
  expect(largest).toBeLessThan(2 ** 20);
});

test("signed lies convict nobody but the liar, who stops nobody", () => {
  const { lies, refused, convicted, largest } = campaign(signed, 1);
  expect(lies).toBeGreaterThan(50 * runs);
  expect([...refused]).toEqual(
    expect.arrayContaining(["claims are not true", "prev of another signer", "not a learner"]),
  );
  expect([...convicted]).toEqual(["p4"]);
  expect(largest).toBeLessThan(2 ** 20);
});
