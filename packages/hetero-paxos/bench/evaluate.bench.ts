import { loadavg } from "node:os";
import { encode, utf8Encode } from "@eunomia/codec";
import { step } from "@eunomia/engine";
import { type LearnerGraph, learnerGraph } from "@eunomia/learner-graph";
import { cluster } from "../test/cluster.ts";
import { History } from "../test/history.ts";
import { type Message, Naive } from "../test/naive.ts";

/**
 * 1. Processor time per delivery as the history of one instance grows: the incremental evaluation, and the definition taken
 * word by word. No hash, no signature, no engine.
 * 2. The same of a whole acceptor: `step` with ids by SHA-256 in JavaScript and a check of signatures that costs one more.
 * 3. Messages and delays of a decision in the good case.
 */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const anyOf = (k: number, n: number): LearnerGraph => {
  const set = `{p1..p${n}} >= ${k}`;
  return learnerGraph({ learners: { L: set }, edges: [{ between: ["L", "L"], label: set }] });
};

const twoChains: LearnerGraph = learnerGraph({
  learners: { red: "{r1, r2, s1..s5} >= 5", blue: "{b1, b2, s1..s5} >= 5" },
  edges: [
    { between: ["red", "red"], label: "{r1, r2, s1..s5} >= 5" },
    { between: ["red", "blue"], label: "{s1..s5} >= 5" },
    { between: ["blue", "blue"], label: "{b1, b2, s1..s5} >= 5" },
  ],
});

/** Ballot after ballot in which everybody says 1b, then 2a. Ids look like digests. */
function* ballots(graph: LearnerGraph): Generator<Message> {
  let count = 0;
  const id = (): string =>
    (Math.imul(++count, 2654435761) >>> 0).toString(16).padStart(8, "0").padEnd(64, "0");
  const prev = new Map<string, string>();
  let seen: string[] = [];
  for (let number = 1; ; number++) {
    const opening = id();
    yield { id: opening, ballot: { number, value: "v" }, refs: [] };
    const joins: string[] = [];
    for (const signer of graph.acceptors) {
      const own = id();
      const before = prev.get(signer) ?? null;
      yield {
        id: own,
        signer,
        prev: before,
        refs: [...new Set([opening, ...seen, ...(before ? [before] : [])])],
      };
      prev.set(signer, own);
      joins.push(own);
    }
    seen = [];
    for (const signer of graph.acceptors) {
      const own = id();
      yield { id: own, signer, prev: prev.get(signer)!, refs: [...joins] };
      prev.set(signer, own);
      seen.push(own);
    }
  }
}

/** Microseconds per delivery, of the last thousand before each size. */
function evaluateOnly(graph: LearnerGraph, sizes: readonly number[]): string {
  const history = new History(graph, { depthMax: 1_000_000 });
  const source = ballots(graph);
  const cells: string[] = [];
  let done = 0;
  for (const size of sizes) {
    for (; done < size - 1000; done++) must(history.add(source.next().value as Message));
    const batch = Array.from({ length: 1000 }, () => source.next().value as Message);
    const begin = cpuMs();
    for (const message of batch) must(history.add(message));
    cells.push((cpuMs() - begin).toFixed(1));
    done = size;
  }
  return cells.join(" | ");
}

function must(problem: string | null): void {
  if (problem !== null) throw new Error(problem);
}

function naively(graph: LearnerGraph, sizes: readonly number[]): string {
  const naive = new Naive(graph);
  const source = ballots(graph);
  const cells: string[] = [];
  let done = 0;
  for (const size of sizes) {
    const judge = (): void => {
      const { id } = add();
      if (!naive.wellFormed(id)) throw new Error(id);
      if (naive.of(id).signer !== undefined) for (const a of graph.learners) naive.fresh(a, id);
    };
    const add = (): Message => {
      const message = source.next().value as Message;
      naive.add(message);
      return message;
    };
    for (; done < size - 30; done++) judge();
    const begin = cpuMs();
    for (let i = 0; i < 30; i++) judge();
    cells.push((((cpuMs() - begin) * 1000) / 30).toFixed(0));
    done = size;
  }
  return cells.join(" | ");
}

/** Slots of one ballot each, through `step`: microseconds per message that arrives, and what one decision takes. */
function engines(graph: LearnerGraph, slots: number): string {
  const processes = new Map(
    Object.entries(cluster({ graph, proposers: 1, learners: 0, options: { retryMs: 0 } })).map(
      ([id, { engine, config }]) => [id, { engine, config, state: engine.init(config) as unknown }],
    ),
  );
  const queue: { readonly to: string; readonly event: Parameters<typeof step>[3] }[] = [];
  let arrived = 0;
  let bytes = 0;
  let decided = 0;
  const begin = cpuMs();
  for (let slot = 1; slot <= slots; slot++) {
    const commands = [
      { kind: "close", slot: Math.max(0, slot - 8) },
      { kind: "propose", slot, value: utf8Encode(`${slot}`) },
    ];
    for (const to of processes.keys()) queue.push({ to, event: { kind: "commands", commands } });
    for (const { to: self, event } of queue) {
      const { engine, config, state } = processes.get(self)!;
      for (const effect of step(engine, config, state, event).effects) {
        if (effect.kind === "output" && self === "w0") decided++;
        if (effect.kind !== "send") continue;
        const { to, message } = effect;
        arrived += to.length;
        if (slot === 1) bytes += encode(engine.schema.message, message).length * to.length;
        for (const one of to) queue.push({ to: one, event: { kind: "message", from: self, message } });
      }
    }
    queue.length = 0;
  }
  if (decided !== slots) throw new Error(`${decided} of ${slots} decided`);
  const micros = ((cpuMs() - begin) * 1000) / arrived;
  return `${arrived / slots} messages and ${bytes} bytes arrive per decision, ${micros.toFixed(0)} us each`;
}

const sizes = [2000, 8000, 32_000, 64_000];
const small = [100, 200, 400];
console.log(`load ${loadavg()[0]!.toFixed(1)}; microseconds of processor time per delivery`);
for (const [name, graph] of [
  ["any 3 of 4", anyOf(3, 4)],
  ["any 5 of 7", anyOf(5, 7)],
  ["two chains, 9 acceptors", twoChains],
  ["any 27 of 40", anyOf(27, 40)],
] as const) {
  console.log(`${name}: history ${sizes.join(", ")}: ${evaluateOnly(graph, sizes)}`);
}
console.log(
  `definition word by word, any 3 of 4: history ${small.join(", ")}: ${naively(anyOf(3, 4), small)}`,
);
for (const [name, graph] of [
  ["any 3 of 4", anyOf(3, 4)],
  ["any 5 of 7", anyOf(5, 7)],
] as const) {
  console.log(`${name}: ${engines(graph, 400)}`);
}
