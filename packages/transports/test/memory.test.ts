import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MemoryNetworkOptions, memoryNetwork, TransportError } from "../src/memory.ts";

/** Virtual time: callbacks run in order of their due time, and of their making where that is equal. */
function virtualTime() {
  const due: { atMs: number; made: number; callback: () => void }[] = [];
  let nowMs = 0;
  let made = 0;
  return {
    schedule: (delayMs: number, callback: () => void) => {
      due.push({ atMs: nowMs + delayMs, made: made++, callback });
    },
    run(untilMs = Number.POSITIVE_INFINITY) {
      for (;;) {
        due.sort((a, b) => a.atMs - b.atMs || a.made - b.made);
        const next = due[0];
        if (next === undefined || next.atMs > untilMs) return;
        due.shift();
        nowMs = next.atMs;
        next.callback();
      }
    },
    now: () => nowMs,
  };
}

function pair(options: MemoryNetworkOptions) {
  const time = virtualTime();
  const network = memoryNetwork({ schedule: time.schedule, ...options });
  const a = network.transport("a");
  const b = network.transport("b");
  const got: number[] = [];
  const atMs: number[] = [];
  b.listen((_from, bytes) => {
    got.push(bytes[0]!);
    atMs.push(time.now());
  });
  const sendAll = (count: number) => {
    for (let frame = 0; frame < count; frame++) a.send("b", Uint8Array.of(frame));
  };
  return { time, network, a, b, got, atMs, sendAll };
}

describe("faults", () => {
  test("without faults all frames arrive, once, in order", () => {
    const { time, got, sendAll } = pair({});
    sendAll(200);
    expect(got).toEqual([]);
    time.run();
    expect(got).toEqual(Array.from({ length: 200 }, (_, frame) => frame));
  });

  test("losses, repetitions and reorderings happen at about their rates", () => {
    for (let seed = 0; seed < 5; seed++) {
      const lossy = pair({ seed, lossRate: 0.3 });
      lossy.sendAll(250);
      lossy.time.run();
      expect(lossy.got.length).toBeGreaterThan(140);
      expect(lossy.got.length).toBeLessThan(210);
      expect(lossy.network.stats().droppedFrames.get("loss")).toBe(250 - lossy.got.length);

      const repeating = pair({ seed, duplicateRate: 0.3 });
      repeating.sendAll(250);
      repeating.time.run();
      expect(repeating.got.length).toBeGreaterThan(290);
      expect(repeating.got.length).toBeLessThan(360);
      expect(new Set(repeating.got).size).toBe(250);

      const mixing = pair({ seed, reorderRate: 0.5 });
      mixing.sendAll(250);
      mixing.time.run();
      expect(mixing.got).not.toEqual(mixing.got.toSorted((x, y) => x - y));
      expect(mixing.got.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 250 }, (_, frame) => frame));
    }
  });

  test("delays lie within their bounds, and let frames overtake", () => {
    const { time, got, atMs, sendAll } = pair({ minDelayMs: 10, maxDelayMs: 50 });
    sendAll(200);
    time.run();
    expect(got.length).toBe(200);
    expect(Math.min(...atMs)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...atMs)).toBeLessThan(50);
    expect(Math.max(...atMs) - Math.min(...atMs)).toBeGreaterThan(30);
    expect(got).not.toEqual(got.toSorted((x, y) => x - y));
  });

  test("the same seed gives the same run, another seed another", () => {
    const run = (seed: number) => {
      const { time, got, sendAll } = pair({
        seed,
        lossRate: 0.2,
        duplicateRate: 0.2,
        reorderRate: 0.2,
        maxDelayMs: 9,
      });
      sendAll(100);
      time.run();
      return got;
    };
    let differing = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(run(seed)).toEqual(run(seed));
        if (run(seed).join() !== run(seed + 1).join()) differing++;
      }),
      { seed: 4, numRuns: 50 },
    );
    expect(differing).toBe(50);
  });

  test("an injected Random decides", () => {
    const { time, got, sendAll } = pair({ random: { next: () => 0 }, lossRate: 0.01 });
    sendAll(10);
    time.run();
    expect(got).toEqual([]);
  });
});

describe("partitions", () => {
  test("frames pass within a group only, and those on their way across are lost", () => {
    const { time, network, got, sendAll } = pair({});
    sendAll(1);
    network.partition([["a"], ["b", "c"]]);
    time.run();
    expect(got).toEqual([]);
    network.partition([["a", "b"], ["c"]]);
    sendAll(1);
    time.run();
    expect(got).toEqual([0]);
    network.partition([["a"]]);
    sendAll(1);
    network.heal();
    time.run();
    expect(got).toEqual([0, 0]);
    expect(network.stats().droppedFrames.get("partition")).toBe(1);
  });

  test("a cut is one direction of one link", () => {
    const { time, network, a, b, got } = pair({});
    const back: number[] = [];
    a.listen((_from, bytes) => back.push(bytes[0]!));
    network.cut("a", "b");
    a.send("b", Uint8Array.of(1));
    b.send("a", Uint8Array.of(2));
    time.run();
    expect([got, back]).toEqual([[], [2]]);
    network.heal();
    a.send("b", Uint8Array.of(3));
    time.run();
    expect(got).toEqual([3]);
  });
});

describe("limits and mistakes", () => {
  test("the queue is bounded per link, and empties", () => {
    const { time, network, a, got } = pair({ maxQueueBytes: 50, maxFrameBytes: 40 });
    network.transport("c");
    expect(a.send("b", new Uint8Array(41))).toBe(false);
    expect(Array.from({ length: 7 }, () => a.send("b", new Uint8Array(6)))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(a.send("c", new Uint8Array(6))).toBe(true);
    time.run();
    expect(got.length).toBe(5);
    expect(a.send("b", new Uint8Array(40))).toBe(true);
    expect(network.stats().droppedFrames).toEqual(
      new Map([
        ["frame too large", 1],
        ["queue full", 2],
        ["no listener", 1],
      ]),
    );
  });

  test("sender and receiver never share memory, nor do repeated frames", () => {
    const { time, network, a } = pair({ duplicateRate: 1 });
    const received: Uint8Array[] = [];
    network.transport("c").listen((_from, bytes) => received.push(bytes));
    const bytes = Uint8Array.of(1, 2);
    a.send("c", bytes);
    bytes[0] = 9;
    time.run();
    received[0]![1] = 9;
    expect(received[1]).toEqual(Uint8Array.of(1, 2));
  });

  test("asked again for a node, the former end is closed and hears nothing", () => {
    const { time, network, a, b, got } = pair({});
    const again: number[] = [];
    network.transport("b").listen((_from, bytes) => again.push(bytes[0]!));
    a.send("b", Uint8Array.of(5));
    time.run();
    expect([got, again, b.send("a", Uint8Array.of(1))]).toEqual([[], [5], false]);
  });

  test("mistakes are typed errors that say what to do", () => {
    const mistakes: (() => unknown)[] = [
      () => memoryNetwork({ lossRate: 1.1 }),
      () => memoryNetwork({ duplicateRate: Number.NaN }),
      () => memoryNetwork({ maxDelayMs: 5 }),
      () => memoryNetwork({ schedule: () => {}, minDelayMs: 5, maxDelayMs: 4 }),
      () => memoryNetwork({ maxQueueBytes: 0 }),
      () => memoryNetwork().setFaults({ reorderRate: -1 }),
    ];
    for (const mistake of mistakes)
      expect(mistake).toThrow(
        expect.objectContaining({ code: "bad-option", message: expect.stringMatching(/expected .* got /) }),
      );
    const end = memoryNetwork().transport("a");
    end.listen(() => {});
    expect(() => end.listen(() => {})).toThrow(TransportError);
  });
});
