import {
  type ClientMessage,
  type DeliveredSlot,
  encodeCommand,
  genesisChain,
  joinBatch,
  nextChain,
} from "@eunomia/aneris-switch/messages";
import { sha256 } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type SlotAlarm,
  SlotOrder,
  type SlotOrderOptions,
  type SlotView,
  Subscription,
} from "../src/index.ts";
import { Cluster } from "./support/cluster.ts";
import {
  type MakeSubscription,
  ReaderActor,
  readerDefaults,
  type SubscriptionLike,
} from "./support/reader.ts";
import { type ReadingOptions, runReading } from "./support/reading.ts";
import { World } from "./support/world.ts";

const runs = Number(process.env.ANERIS_CLIENT_RUNS ?? 100);

/** `count` slots of a cluster; `flavour` makes another history. */
function history(count: number, flavour = 0): DeliveredSlot[] {
  const slots: DeliveredSlot[] = [];
  let chain = genesisChain(sha256, "t");
  for (let slot = 1; slot <= count; slot += 1) {
    const vector = joinBatch([
      encodeCommand(1, 2 * slot, 0, new Uint8Array([slot & 255, flavour])),
      encodeCommand(2, slot, 0, new Uint8Array([flavour])),
    ]);
    chain = nextChain(sha256, chain, slot, 0, sha256(vector));
    slots.push({ slot, epoch: 0, vector, chain });
  }
  return slots;
}

function order(options: Partial<SlotOrderOptions> = {}) {
  const alarms: SlotAlarm[] = [];
  const slots = new SlotOrder({
    position: readerDefaults.position,
    agreement: 1,
    maxBufferedBytes: 100_000,
    sha256,
    alarm: (alarm) => alarms.push(alarm),
    ...options,
  });
  const drain = (): number[] => {
    const out: number[] = [];
    for (let view = slots.first(); view !== null; view = slots.first()) {
      out.push(view.slot);
      slots.consumed();
    }
    return out;
  };
  return { slots, alarms, drain };
}

const calmReading: Omit<ReadingOptions, "seed"> = {
  copies: 1,
  lossRate: 0,
  duplicateRate: 0,
  maxDelayMs: 40,
  crashes: 0,
  creditBytes: 4096,
  workMs: 0,
};

describe("the order of slots", () => {
  test("is without gaps or repetitions whatever the order they come in", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 200 }), (arrivals) => {
        const all = history(30);
        const { slots, drain, alarms } = order();
        const out: number[] = [];
        for (const i of arrivals) {
          slots.take(`g${i % 3}`, all[i]!);
          out.push(...drain());
        }
        const came = new Set(arrivals);
        let expected = 0;
        while (came.has(expected)) expected += 1;
        expect(out).toEqual(Array.from({ length: expected }, (_, i) => i + 1));
        expect(slots.next).toBe(expected + 1);
        expect(alarms).toEqual([]);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  test("goes on from a stored position, and checks the chain there", () => {
    const all = history(9);
    const right = order({ position: { next: 5, chain: all[3]!.chain } });
    for (const slot of all) right.slots.take("g0", slot);
    expect(right.drain()).toEqual([5, 6, 7, 8, 9]);
    const wrong = order({ position: { next: 5, chain: all[2]!.chain } });
    expect(wrong.slots.take("g0", all[4]!)).toBe("wrong");
    expect(wrong.alarms).toEqual([{ kind: "chain", slot: 5, gateway: "g0" }]);
    const unknown = order({ position: { next: 5, chain: null } });
    unknown.slots.take("g0", all[4]!);
    expect(unknown.slots.take("g1", { ...history(9, 1)[5]! })).toBe("wrong");
    expect(unknown.drain()).toEqual([5]);
  });

  test("raises an alarm when gateways differ: before, while and after the slot is delivered", () => {
    const [mine, other] = [history(4), history(4, 1)];
    const late = order();
    late.slots.take("g0", mine[0]!);
    expect(late.slots.take("g1", other[0]!)).toBe("wrong");
    late.drain();
    expect(late.slots.take("g2", other[0]!)).toBe("wrong");
    expect(late.slots.take("g2", mine[0]!)).toBe("dropped");
    expect(late.alarms.map(({ kind, gateway }) => `${kind} ${gateway}`)).toEqual([
      "difference g1",
      "difference g2",
    ]);
    const early = order();
    early.slots.take("g0", mine[1]!);
    early.slots.take("g1", other[1]!);
    expect(early.alarms).toEqual([{ kind: "difference", slot: 2, gateway: "g1" }]);
    early.slots.take("g0", mine[0]!);
    expect(early.drain()).toEqual([1, 2]);
    // A gateway that contradicts itself.
    early.slots.take("g0", mine[3]!);
    expect(early.slots.take("g0", other[3]!)).toBe("wrong");
  });

  test("refuses what is no batch, even with a fitting chain", () => {
    const vector = new Uint8Array([0x81]);
    const chain = nextChain(sha256, genesisChain(sha256, "t"), 1, 0, sha256(vector));
    const { slots, alarms, drain } = order();
    expect(slots.take("g0", { slot: 1, epoch: 0, vector, chain })).toBe("wrong");
    expect(alarms).toEqual([{ kind: "malformed", slot: 1, gateway: "g0" }]);
    slots.take("g1", history(1)[0]!);
    expect(drain()).toEqual([1]);
  });

  test("with an agreement of two, waits for two equal copies and passes over one that differs", () => {
    const [mine, other] = [history(2), history(2, 1)];
    const { slots, alarms, drain } = order({ agreement: 2 });
    slots.take("g0", other[0]!);
    slots.take("g0", other[0]!);
    slots.take("g1", mine[0]!);
    expect(drain()).toEqual([]);
    slots.take("g2", mine[0]!);
    expect(drain()).toEqual([1]);
    expect(alarms.length).toBeGreaterThan(0);
    expect(slots.bufferedBytes).toBe(0);
  });

  test("holds a bounded number of bytes whatever gateways send", () => {
    const all = history(400);
    const random = new SeededRandom(9);
    const { slots } = order({ maxBufferedBytes: 3000 });
    let full = 0;
    for (let i = 0; i < 3000; i += 1) {
      if (slots.take(`g${random.below(3)}`, all[random.below(400)]!) === "full") full += 1;
      expect(slots.bufferedBytes).toBeLessThanOrEqual(3000 + all[399]!.vector.length + 64);
    }
    expect(full).toBeGreaterThan(100);
  });

  test("shows commands as views into the vector", () => {
    const { slots } = order();
    const [first] = history(1);
    slots.take("g0", first!);
    const view = slots.first()!;
    const seen: [number, number, number, number][] = [];
    view.commands((client, seq, body, index) => {
      expect(body.buffer).toBe(first!.vector.buffer);
      seen.push([client, seq, body[0]!, index]);
    });
    expect(seen).toEqual([
      [1, 2, 1, 0],
      [2, 1, 0, 1],
    ]);
    expect(view.position.next).toBe(2);
    expect(view.registeredClient(3)).toBe(65_539);
  });
});

test("a subscriber reads every slot once and in order through loss, reordering, crashes and slow work", () => {
  const totals = { slots: 0, ignored: 0, mostBuffered: 0 };
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        lossRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
        duplicateRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
        maxDelayMs: fc.integer({ min: 1, max: 80 }),
        crashes: fc.integer({ min: 0, max: 4 }),
        creditBytes: fc.constantFrom(300, 1000, 8192),
        workMs: fc.constantFrom(0, 0, 20),
        copies: fc.integer({ min: 1, max: 3 }),
        agreement: fc.constantFrom(1, 1, 2),
      }),
      (options) => {
        const agreement = Math.min(options.agreement, options.copies);
        const reading = runReading({ ...options, agreement });
        for (const key of ["slots", "ignored", "mostBuffered"] as const) totals[key] += reading[key];
      },
    ),
    { numRuns: runs, seed: 20_261_120 },
  );
  expect(totals.slots).toBeGreaterThan(runs * 20);
  expect(totals.mostBuffered).toBeGreaterThan(runs * 100);
});

test("a missing slot comes even when later ones have taken all the credit", () => {
  const all = history(20);
  const sent: ClientMessage[] = [];
  const subscription = new Subscription(
    { ...readerDefaults, gateways: ["g0"], creditBytes: 300, random: new SeededRandom(1) },
    { send: (_to, message) => sent.push(message), alarm: () => {}, trimmed: () => {}, ignored: () => {} },
  );
  subscription.tick(0);
  subscription.take(1, "g0", { kind: "delivered", slots: all.slice(1, 6) });
  for (let now = 1; now < 200; now += 1) subscription.tick(now);
  expect(subscription.bufferedBytes).toBeGreaterThan(300);
  expect(sent.filter(({ kind }) => kind === "subscribe")[1]).toEqual({
    kind: "subscribe",
    next: 1,
    creditBytes: 1,
  });
  subscription.take(201, "g0", { kind: "delivered", slots: all.slice(0, 1) });
  const out: number[] = [];
  for (let view = subscription.first(); view !== null; view = subscription.first()) {
    out.push(view.slot);
    subscription.consumed();
  }
  expect(out).toEqual([1, 2, 3, 4, 5, 6]);
});

test("two equal copies are enough when an agreement of two is asked for", () => {
  for (let seed = 1; seed <= 10; seed += 1)
    expect(
      runReading({ ...calmReading, seed, copies: 3, agreement: 2, lossRate: 0.1 }).slots,
    ).toBeGreaterThan(10);
});

test("a consumer that stands still holds no more than its credit, and loses nothing", () => {
  const world = new World(4);
  const cluster = new Cluster(world, ["g0", "g1"], [1]);
  const reader = new ReaderActor(world, "s", { gateways: ["g0", "g1"], creditBytes: 1000 });
  reader.paused = true;
  for (let i = 0; i < 500; i += 1) world.after(10 * i, () => cluster.order(true));
  world.run(6000);
  expect(reader.slots).toEqual([]);
  expect(reader.mostBuffered).toBeLessThanOrEqual(1000 + 65);
  reader.paused = false;
  reader.soon();
  expect(world.run(20_000, () => reader.slots.length === 500)).toBe(true);
});

test("a gateway that is cut off from the others is left for one that gets on", () => {
  const world = new World(5);
  const cluster = new Cluster(world, ["g0", "g1"], [1]);
  const reader = new ReaderActor(world, "s", { gateways: ["g0", "g1"] });
  for (let i = 0; i < 20; i += 1) world.after(10 * i, () => cluster.order(true));
  // g0 answers questions and delivers nothing: its log stands still.
  cluster.freeze("g0");
  expect(world.run(10_000, () => reader.slots.length === 20)).toBe(true);
  expect(reader.subscription.reading).toEqual(["g1"]);
});

test("a gateway with another history is left, with an alarm", () => {
  const world = new World(6);
  const cluster = new Cluster(world, ["g0", "g1"], [1]);
  const forged = history(5, 1);
  const options = { gateways: ["g1", "g0"], position: { next: 1, chain: genesisChain(sha256, "t") } };
  const reader = new ReaderActor(world, "s", options, (settings, sink) => {
    const honest = new Subscription(settings, sink);
    const take = honest.take.bind(honest);
    honest.take = (now, from, message) =>
      take(
        now,
        from,
        from === "g1" && message.kind === "delivered"
          ? {
              kind: "delivered",
              slots: message.slots.map(({ slot }) => ({ ...forged[slot - 1]!, epoch: 9 })),
            }
          : message,
      );
    return honest;
  });
  for (let i = 0; i < 5; i += 1) world.after(10 * i, () => cluster.order(true));
  expect(world.run(10_000, () => reader.slots.length === 5)).toBe(true);
  expect(reader.alarms[0]).toEqual({ kind: "chain", slot: 1, gateway: "g1" });
});

/** Keeps slots in a way of its own; everything else as the real one does. */
function keeping(take: (slot: DeliveredSlot, out: SlotView[], honest: SlotOrder) => void): MakeSubscription {
  return (options, sink) => {
    const real = new Subscription(options, sink);
    const shadow = new SlotOrder({ ...options, maxBufferedBytes: 1e9, alarm: () => {} });
    const out: SlotView[] = [];
    const twin: SubscriptionLike = {
      first: () => out[0] ?? null,
      consumed: () => void out.shift(),
      take: (now, from, message) => {
        if (message.kind === "delivered") for (const slot of message.slots) take(slot, out, shadow);
        const taken = real.take(now, from, message);
        while (real.first() !== null) real.consumed();
        return taken;
      },
      tick: (now) => real.tick(now),
      get wakeAt() {
        return real.wakeAt;
      },
      get bufferedBytes() {
        return real.bufferedBytes;
      },
      get reading() {
        return real.reading;
      },
    };
    return twin;
  };
}

/** A view of a slot that did not come in order. */
function viewOf(slot: DeliveredSlot): SlotView {
  const single = new SlotOrder({
    position: { next: slot.slot, chain: null },
    agreement: 1,
    maxBufferedBytes: 1e9,
    sha256,
    alarm: () => {},
  });
  single.take("", slot);
  return single.first()!;
}

/** The published Java client: a counter that moves by one per slot that matches it, and a buffer that nobody looks into again. */
const publishedCounter = (): MakeSubscription => {
  let counter = 1;
  const later = new Map<number, DeliveredSlot>();
  return keeping((slot, out) => {
    if (slot.slot < counter) return;
    if (later.has(slot.slot)) return;
    if (slot.slot > counter) {
      later.set(slot.slot, slot);
      return;
    }
    out.push(viewOf(slot));
    counter += 1;
  });
};

const laterFirst = (): MakeSubscription => {
  let highest = 0;
  return keeping((slot, out) => {
    if (slot.slot <= highest) return;
    highest = slot.slot;
    out.push(viewOf(slot));
  });
};

const repeating = (): MakeSubscription =>
  keeping((slot, out) => {
    out.push(viewOf(slot));
  });

const ungenerous = (): MakeSubscription => (options, sink) => {
  const real = new Subscription(options, {
    ...sink,
    alarm: (alarm) => sink.alarm(alarm),
    send: (to, message) => {
      if (message.kind !== "credit" && message.kind !== "ask") sink.send(to, message);
    },
  });
  Object.defineProperty(real, "wakeAt", { get: () => Number.POSITIVE_INFINITY });
  return real;
};

const greedy = (): MakeSubscription => (options, sink) =>
  new Subscription({ ...options, creditBytes: 1 << 20 }, sink);

const twins: Record<string, () => MakeSubscription> = {
  "advances its counter by one per matching slot and sticks once a later slot was buffered first":
    publishedCounter,
  "delivers a later slot first": laterFirst,
  "delivers repetitions": repeating,
  "grants no credit": ungenerous,
  "takes more than its credit": greedy,
};

describe("broken twins are refused", () => {
  for (const [name, make] of Object.entries(twins))
    test(name, () => {
      const options = { ...calmReading, creditBytes: 300, workMs: 80, duplicateRate: 0.2 };
      for (let seed = 1; seed <= 4; seed += 1) {
        runReading({ ...options, seed });
        expect(() => runReading({ ...options, seed, make: make() })).toThrow();
      }
    });

  test("the published fault shows with two slots that change places", () => {
    const [first, second] = history(2);
    const world = new World(1);
    const options = { ...readerDefaults, gateways: ["g0"], random: world.random };
    const sink = { send: () => {}, alarm: () => {}, trimmed: () => {}, ignored: () => {} };
    const outOf = (make: MakeSubscription): number[] => {
      const subscription = make(options, sink);
      subscription.tick(0);
      // The later one is repeated, as gateways do.
      for (const slot of [second!, first!, second!])
        subscription.take(1, "g0", { kind: "delivered", slots: [slot] });
      const out: number[] = [];
      for (let view = subscription.first(); view !== null; view = subscription.first()) {
        out.push(view.slot);
        subscription.consumed();
      }
      return out;
    };
    expect(outOf((settings, to) => new Subscription(settings, to))).toEqual([1, 2]);
    expect(outOf(publishedCounter())).toEqual([1]);
  });
});
