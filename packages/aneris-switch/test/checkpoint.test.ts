import { clone, encode, equal, utf8Encode } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { checkpointOf } from "../src/checkpoint.ts";
import type { Delivery } from "../src/index.ts";
import { encodeRegistration, joinBatch, membershipOf } from "../src/messages.ts";
import { Checkpoint } from "../src/state.ts";
import { command, control, Life, modeChange, swap } from "./support/lab.ts";

/** A history of slots with everything in it that a checkpoint must remember, as batches. */
function history(seed: number, slots: number): { epochs: number[]; batches: Uint8Array[] } {
  const random = new SeededRandom(seed);
  const epochs: number[] = [];
  const batches: Uint8Array[] = [];
  let epoch = 0;
  let controls = 0;
  for (let slot = 1; slot <= slots; slot += 1) {
    epochs.push(epoch);
    const entries: Uint8Array[] = [];
    if (random.chance(0.12)) {
      controls += 1;
      const kind = random.below(3);
      const to = random.chance(0.5) ? "paxos" : "two-thirds";
      if (kind === 0) entries.push(modeChange(controls, "cut"));
      else
        entries.push(
          kind === 1 ? swap(controls, to) : control(controls, { kind: "mode", mode: { kind: "cut" } }),
        );
      if (kind === 1) epoch += 1;
    } else {
      if (random.chance(0.2)) entries.push(encodeRegistration(utf8Encode(`nonce ${seed} ${slot}`)));
      // Retries and gaps: sequence numbers come again, and out of order.
      for (let i = random.below(5); i > 0; i -= 1)
        entries.push(command(1 + random.below(3), 1 + random.below(30), `s${slot}`, random.below(4)));
    }
    batches.push(joinBatch(entries));
  }
  return { epochs, batches };
}

function feed(life: Life, { epochs, batches }: ReturnType<typeof history>, from: number, to: number): void {
  for (let slot = from; slot <= to; slot += 1)
    life.commands({ kind: "decided", epoch: epochs[slot - 1]!, slot, value: batches[slot - 1]! });
}

const agreed = (life: Life): Checkpoint => checkpointOf(life.state);
const same = (a: Checkpoint, b: Checkpoint): boolean => equal(Checkpoint, a, b);
const after = (life: Life, slot: number): Delivery[] => life.deliveries.filter((one) => one.slot > slot);

const slots = 60;

/** Whether a replica that goes on from the checkpoint delivers what one does that was there all the time. */
function goesOnAlike(seed: number, change: (checkpoint: Checkpoint) => Checkpoint = (one) => one): boolean {
  const told = history(seed, slots);
  const whole = new Life({ checkpointSlots: 20 });
  feed(whole, told, 1, slots);
  const checkpoint = change(whole.outputsOf("checkpoint")[1]!);
  const late = new Life({ checkpointSlots: 20 });
  feed(late, told, 1, 7);
  late.commands({ kind: "install", checkpoint });
  feed(late, told, 41, slots);
  return (
    same(agreed(whole), agreed(late)) && JSON.stringify(after(whole, 40)) === JSON.stringify(after(late, 40))
  );
}

describe("a checkpoint", () => {
  test("follows every slot that is a multiple, and says what all replicas have in common there", () => {
    const life = new Life({ checkpointSlots: 20 });
    const told = history(1, slots);
    const seen: Checkpoint[] = [];
    for (let slot = 1; slot <= slots; slot += 1) {
      feed(life, told, slot, slot);
      if (slot % 20 === 0) seen.push(clone(Checkpoint, agreed(life)));
    }
    const checkpoints = life.outputsOf("checkpoint");
    expect(checkpoints.map(({ slotOut }) => slotOut)).toEqual([21, 41, 61]);
    for (const [at, checkpoint] of checkpoints.entries()) expect(same(checkpoint, seen[at]!)).toBe(true);
  });

  test("comes earlier when the slots are large, in the same place everywhere", () => {
    const places = [1, 2].map((alpha) => {
      const life = new Life({ alpha, checkpointBytes: 2000 });
      for (let slot = 1; slot <= 60; slot += 1) life.decided(slot, [command(1, slot, "x".repeat(100))]);
      return life.outputsOf("checkpoint").map(({ slotOut }) => slotOut);
    });
    expect(places[0]!.length).toBeGreaterThan(2);
    expect(places[0]).toEqual(places[1]);
  });

  test("does not tell when epochs were forgotten, which is no part of the order", () => {
    const told = history(3, slots);
    const [alone, waiting] = [new Life({ checkpointSlots: slots }), new Life({ checkpointSlots: slots })];
    for (const life of [alone, waiting]) {
      feed(life, told, 1, slots - 1);
      if (life === alone) life.commands({ kind: "stable", slot: slots - 1 });
      feed(life, told, slots, slots);
    }
    expect(alone.state.epochs.length).toBeLessThan(waiting.state.epochs.length);
    expect(encode(Checkpoint, alone.outputsOf("checkpoint")[0]!)).toEqual(
      encode(Checkpoint, waiting.outputsOf("checkpoint")[0]!),
    );
  });

  test("a replica that goes on from one delivers what one does that was there all the time", () => {
    for (let seed = 1; seed <= 100; seed += 1) expect(goesOnAlike(seed), `seed ${seed}`).toBe(true);
  });

  const twins: Record<string, (checkpoint: Checkpoint) => Checkpoint> = {
    "sessions are forgotten": (one) => ({ ...one, sessions: { keys: [], values: [] } }),
    "it is of one slot later": (one) => ({ ...one, slotOut: one.slotOut + 1 }),
    "epochs are forgotten": (one) => ({
      ...one,
      epochs: one.epochs.slice(-1).map((epoch) => ({ ...epoch, id: 0 })),
    }),
    "the number of the next control is forgotten": (one) => ({ ...one, nextControl: 1 }),
    "the slot of the last control is forgotten": (one) => ({ ...one, lastChange: 0 }),
  };
  for (const [name, change] of Object.entries(twins))
    test(`refuses the twin: ${name}`, () => {
      const alike = Array.from({ length: 20 }, (_, seed) => goesOnAlike(seed + 1, change));
      expect(alike).toContain(false);
    });

  test("a life on a checkpoint and the slots after it is the same as one on all slots", () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const life = new Life({ checkpointSlots: 20 });
      feed(life, history(seed, slots), 1, slots);
      const checkpoint = life.outputsOf("checkpoint")[1]!;
      const tail = life.records.filter((entry) => entry.kind === "delivered" && entry.slot > 40);
      const before = agreed(life);
      life.restart([checkpoint, ...tail]);
      expect(same(agreed(life), before)).toBe(true);
    }
  });

  test("what was applied in an earlier life is told again at the start, for the application", () => {
    const life = new Life({ checkpointSlots: 20 });
    feed(life, history(4, 30), 1, 30);
    const delivered = life.deliveries;
    life.restart();
    expect(life.outputsOf("replayed").map((one) => ({ ...one, kind: "deliver" }))).toEqual(delivered);
  });
});

describe("going on from a snapshot", () => {
  const checkpoint = (): Checkpoint => {
    const life = new Life({ checkpointSlots: 20 });
    for (let slot = 1; slot <= 18; slot += 1) life.decided(slot, [command(1, slot)]);
    life.decided(19, [swap(1, "paxos")]);
    life.decided(20, [command(2, 1)], 1);
    return life.outputsOf("checkpoint")[0]!;
  };

  test("begins the epochs in force, ends those that are over, and says where it stands", () => {
    const life = new Life();
    life.commands({ kind: "install", checkpoint: checkpoint() });
    expect(life.spawned.at(-1)).toBe("paxos 1");
    expect(life.outputsOf("retire")[0]).toEqual({ kind: "retire", epoch: 0 });
    expect(life.outputsOf("installed")).toMatchObject([
      { delivered: 20, epoch: 1, protocol: "paxos", nextControl: 2 },
    ]);
    expect(life.outputsOf("trim").at(-1)).toEqual({ kind: "trim", epoch: 1, slot: 20 });
    expect(life.state).toMatchObject({ slotOut: 21, slotIn: 21, stable: 20, duty: null });
    life.decided(21, [command(2, 2)], 1);
    expect(life.log).toEqual([[21, "paxos", ["c2:2"]]]);
  });

  test("a life on one ends the epochs before it when they are over: an earlier life may have left records of them", () => {
    const three = { membership: membershipOf(["r0", "r1", "r2"], 1), checkpointSlots: 20 };
    const life = new Life(three);
    for (let slot = 1; slot <= 18; slot += 1) life.decided(slot, [command(1, slot)]);
    life.decided(19, [swap(1, "paxos")]);
    life.decided(20, [command(2, 1)], 1);
    life.restart([life.outputsOf("checkpoint")[0]!]);
    const ended = (): number[] => life.outputsOf("retire").map(({ epoch }) => epoch);
    life.message("r1", { kind: "head", delivered: 20, stable: 18, held: 0 });
    expect(ended()).toEqual([]);
    life.message("r1", { kind: "head", delivered: 20, stable: 19, held: 0 });
    expect(ended()).toEqual([0]);
    life.message("r2", { kind: "head", delivered: 20, stable: 20, held: 1 });
    expect(ended()).toEqual([0]);
  });

  test("what it had proposed is proposed again, unless it was executed", () => {
    const life = new Life({ alpha: 4, maxBatch: 1 });
    life.submit(command(1, 5), command(1, 19), command(2, 1), command(2, 2));
    expect(life.state.inflight.keys).toEqual([1, 2, 3, 4]);
    life.commands({ kind: "install", checkpoint: checkpoint() });
    expect(life.proposed.slice(4)).toEqual([
      [1, 21, ["c1:19"]],
      [1, 22, ["c2:2"]],
    ]);
  });

  test("decisions that came before it count: those behind it are delivered, those within are not", () => {
    const life = new Life();
    life.decided(5, [command(1, 5)]);
    life.decided(21, [command(2, 2)], 1);
    life.commands({ kind: "install", checkpoint: checkpoint() });
    expect(life.log).toEqual([[21, "paxos", ["c2:2"]]]);
    expect(life.state.known.keys).toEqual([]);
  });

  test("an older one changes nothing", () => {
    const life = new Life({ checkpointSlots: 20 });
    const old = checkpoint();
    for (let slot = 1; slot <= 20; slot += 1) life.decided(slot, [command(1, slot)]);
    const before = agreed(life);
    life.commands({ kind: "install", checkpoint: old });
    expect(same(agreed(life), before)).toBe(true);
    expect(life.outputsOf("installed")).toEqual([]);
  });
});
