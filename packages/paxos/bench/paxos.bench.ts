import { type AnyEngine, type Effect, step } from "@eunomia/engine";
import { node, thresholdOf } from "@eunomia/quorum-algebra";
import { acceptorEngine, leaderEngine, learnerEngine } from "../src/index.ts";

/**
 * Three nodes (acceptor and learner each; the leader on the first) in one process, without encoding, disk or network: what
 * the guarded actions cost. Beside it the loop somebody would write by hand for the same messages.
 */
const acceptors = ["a1", "a2", "a3"];
const learners = ["r1", "r2", "r3"];
const leaders = ["l0"];
const maxAhead = 4096;
const trimEvery = 256;

function engines(): Map<string, { engine: AnyEngine; config: unknown; state: unknown }> {
  const majority = thresholdOf(
    2,
    acceptors.map((id) => node(id)),
  );
  const shared = { fromSlot: 1, maxAhead };
  const made: [string, AnyEngine, unknown][] = [];
  acceptors.forEach((self, i) => {
    const config = {
      ...shared,
      self,
      leaders,
      learners,
      f: 1,
      colocatedLearner: learners[i]!,
      pageBytes: 1 << 20,
      acknowledgeDigests: false,
    };
    made.push([self, acceptorEngine(config), config]);
  });
  const timing = {
    heartbeatMs: 50,
    retryMs: 200,
    suspectMinMs: 300,
    suspectMaxMs: 5_000,
    shrinkMs: 1,
    stallMs: 2_000,
  };
  const leader = {
    ...shared,
    ...timing,
    self: "l0",
    leaders,
    learners,
    directLearners: [],
    phase1: majority,
    phase2: majority,
    announce: "reference" as const,
    f: 1,
    noop: new Uint8Array(0),
    skipPhase1: true,
  };
  made.push(["l0", leaderEngine(leader), leader]);
  for (const self of learners) {
    const config = {
      ...shared,
      self,
      leaders,
      acceptors,
      readQuorum: leader.phase1,
      proposeTo: "all" as const,
      fetchMax: 16,
      retryMs: 200,
      silenceMs: 1_000,
    };
    made.push([self, learnerEngine(config), config]);
  }
  return new Map(
    made.map(([id, engine, config]) => [id, { engine, config, state: engine.init(config as never) }]),
  );
}

function byEngines(slots: number, value: Uint8Array): number {
  const all = engines();
  // biome-ignore lint/suspicious/noExplicitAny: engines of three kinds share one queue
  const queue: { to: string; event: any }[] = [];
  let decided = 0;
  // biome-ignore lint/suspicious/noExplicitAny: engines of three kinds share one queue
  const take = (id: string, event: any): void => {
    const { engine, config, state } = all.get(id)!;
    // biome-ignore lint/suspicious/noExplicitAny: effects of three kinds of engines
    for (const effect of step(engine, config, state as never, event).effects as readonly Effect<any>[]) {
      if (effect.kind === "send")
        for (const to of effect.to)
          queue.push({ to, event: { kind: "message", from: id, message: effect.message } });
      else if (effect.kind === "output" && effect.output.kind === "decided" && id.startsWith("r")) decided++;
    }
  };
  const drain = (): void => {
    for (let i = 0; i < queue.length; i++) take(queue[i]!.to, queue[i]!.event);
    queue.length = 0;
  };
  for (const id of all.keys()) take(id, { kind: "start", records: [] });
  drain();
  for (let slot = 1; slot <= slots; slot++) {
    take("r1", { kind: "commands", commands: [{ kind: "propose", slot, value }] });
    drain();
    if (slot % trimEvery === 0) {
      for (const id of learners) take(id, { kind: "commands", commands: [{ kind: "trim", slot }] });
      drain();
    }
  }
  if (decided !== 3 * slots) throw new Error(`expected ${3 * slots} decisions, got ${decided}`);
  return decided;
}

/** Maps, arrays and counting by hand: the same messages through the same queue, one ballot, nothing checked. */
function byHand(slots: number, value: Uint8Array): number {
  const accepted = acceptors.map(() => new Map<number, Uint8Array>());
  const proposals = new Map<number, Uint8Array>();
  const acks = new Map<number, Set<string>>();
  const learned = learners.map(() => new Map<number, Uint8Array>());
  let decided = 0;
  const queue: { to: number; from: string; message: { kind: string; slot: number; value?: Uint8Array } }[] =
    [];
  const leader = 3;
  const records: unknown[] = [];
  for (let slot = 1; slot <= slots; slot++) {
    queue.push({ to: leader, from: "r1", message: { kind: "propose", slot, value } });
    for (let i = 0; i < queue.length; i++) {
      const { to, from, message } = queue[i]!;
      if (message.kind === "propose") {
        proposals.set(slot, message.value!);
        acks.set(slot, new Set());
        for (let a = 0; a < 3; a++)
          queue.push({ to: a, from: "l0", message: { kind: "p2a", slot, value: message.value! } });
      } else if (message.kind === "p2a") {
        accepted[to]!.set(slot, message.value!);
        records.push({ slot, value: message.value });
        queue.push({ to: leader, from: acceptors[to]!, message: { kind: "p2b", slot } });
      } else if (message.kind === "p2b") {
        const set = acks.get(slot);
        if (set?.add(from).size !== 2) continue;
        acks.delete(slot);
        for (let a = 0; a < 3; a++) queue.push({ to: a, from: "l0", message: { kind: "chosen", slot } });
      } else {
        learned[to]!.set(slot, accepted[to]!.get(slot)!);
        decided++;
      }
    }
    queue.length = 0;
    if (slot % trimEvery === 0) {
      for (const map of [...accepted, ...learned]) map.clear();
      proposals.clear();
      records.length = 0;
    }
  }
  return decided;
}

function slotsPerSecond(
  run: (slots: number, value: Uint8Array) => number,
  value: Uint8Array,
  slots: number,
): number {
  const begin = performance.now();
  run(slots, value);
  return (slots / (performance.now() - begin)) * 1000;
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

for (const bytes of [16, 65_536]) {
  const value = new Uint8Array(bytes).fill(7);
  const slots = 20_000;
  slotsPerSecond(byEngines, value, slots);
  slotsPerSecond(byHand, value, slots);
  const engineRates: number[] = [];
  const handRates: number[] = [];
  for (let round = 0; round < 7; round++) {
    engineRates.push(slotsPerSecond(byEngines, value, slots));
    handRates.push(slotsPerSecond(byHand, value, slots));
  }
  const ratios = engineRates.map((rate, i) => handRates[i]! / rate);
  console.log(
    `${bytes} B: engines ${Math.round(median(engineRates))} slots/s, by hand ${Math.round(median(handRates))} slots/s, ratio ${median(ratios).toFixed(1)}`,
  );
}
