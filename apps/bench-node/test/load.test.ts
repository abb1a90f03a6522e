import type { Client } from "@eunomia/aneris-client";
import { expect, test } from "vitest";
import { Latencies } from "../src/load/latencies.ts";
import { Load, type LoadResult, type Shape } from "../src/load/load.ts";

/** A cluster on a clock of its own: answers each command `serviceMs` after it came, unless it is stalled then. */
class Service {
  now = 0;
  accepted = 0;
  most = 0;
  readonly #queueMax: number;
  readonly #serviceMs: number;
  readonly #stalls: (at: number) => boolean;
  readonly #waiting: { readonly seq: number; readonly at: number }[] = [];
  load: Load | null = null;

  constructor(serviceMs: number, stalls: (at: number) => boolean = () => false, queueMax = 1e6) {
    this.#serviceMs = serviceMs;
    this.#stalls = stalls;
    this.#queueMax = queueMax;
  }

  readonly clock = {
    now: () => this.now,
    sleep: async (ms: number) => {
      for (let i = 0; i < ms; i += 1) {
        this.now += 1;
        this.#answer();
        // What is handed in upon an answer is handed in before time goes on.
        await Promise.resolve();
      }
    },
  };

  /** All of a client that a load uses. */
  readonly client = {
    send: () => {
      if (this.#waiting.length >= this.#queueMax) return false;
      this.accepted += 1;
      this.#waiting.push({ seq: this.accepted, at: this.now });
      this.most = Math.max(this.most, this.#waiting.length);
      return true;
    },
  } as unknown as Client;

  #answer(): void {
    if (this.#stalls(this.now)) return;
    while (this.#waiting[0] !== undefined && this.now - this.#waiting[0].at >= this.#serviceMs)
      this.load!.settled(0, this.#waiting.shift()!.seq, 1);
  }
}

function run(service: Service, shape: Shape, seconds: number, patienceMs = 1000): Promise<LoadResult> {
  const load = new Load(shape, seconds, () => new Uint8Array(8), service.clock);
  service.load = load;
  load.add(service.client);
  return load.run(patienceMs);
}

test("an open loop keeps its rate, and a stall is felt by all that were due in it", async () => {
  // Nothing is answered from 1 s to 3 s of 10 s.
  const stalls = (at: number): boolean => at >= 1000 && at < 3000;
  const result = await run(new Service(2, stalls), { kind: "open", perSecond: 1000 }, 10);
  expect(result).toMatchObject({ handedIn: 10_000, answered: 10_000, unanswered: 0, turnedAway: 0 });
  expect(result.perSecond).toBeCloseTo(1000, 0);
  // A fifth of the commands waits, 1 s in the mean: what a loop that waits for answers would not see.
  expect(result.latencyMs.p50).toBeLessThan(5);
  expect(result.latencyMs.p90).toBeGreaterThan(900);
  expect(result.latencyMs.max).toBeGreaterThan(1990);
  expect(result.longestGapMs).toBeGreaterThanOrEqual(2000);
});

test("a load that is told to stop measures what it has, and waits for what is on its way", async () => {
  const service = new Service(20);
  const load = new Load({ kind: "open", perSecond: 1000 }, 10, () => new Uint8Array(8), service.clock);
  service.load = load;
  load.add(service.client);
  const result = await load.run(1000, (answered) => answered > 1500 && load.stop());
  expect(result).toMatchObject({
    seconds: 2.001,
    handedIn: 2000,
    answered: 2000,
    unanswered: 0,
    turnedAway: 0,
  });
});

test("an open loop hands in all that is due, whatever fraction of a millisecond it begins at", async () => {
  let handedIn = 0;
  for (let i = 0; i < 100; i += 1) {
    const service = new Service(2);
    service.now = i * 17.001;
    handedIn += (await run(service, { kind: "open", perSecond: 200 }, 1)).handedIn;
  }
  expect(handedIn).toBe(100 * 200);
});

test("a closed loop of the same stall has a few slow commands only", async () => {
  const stalls = (at: number): boolean => at >= 1000 && at < 3000;
  const result = await run(new Service(2, stalls), { kind: "closed", outstanding: 4 }, 10);
  expect(result.latencyMs.p99).toBeLessThan(5);
  expect(result.longestGapMs).toBeGreaterThanOrEqual(2000);
});

test("a closed loop has so many on their way, and hands in the next with each answer", async () => {
  const service = new Service(3);
  const result = await run(service, { kind: "closed", outstanding: 8 }, 3);
  expect(service.most).toBe(8);
  // 8 on their way for 3 ms each: a loop that waits for its own tick as well would be slower.
  expect(result.perSecond).toBeCloseTo((8 * 1000) / 3, -2);
  expect(result.turnedAway).toBe(0);
});

test("late commands are counted from when they were due, though the queue was full then", async () => {
  const stalls = (at: number): boolean => at >= 100 && at < 600;
  const result = await run(new Service(1, stalls, 50), { kind: "open", perSecond: 1000 }, 1);
  expect(result).toMatchObject({ handedIn: 1000, turnedAway: 0 });
  expect(result.latencyMs.max).toBeGreaterThan(490);
});

test("a cluster that answers no more: what it was given is unknown, what was due besides was turned away", async () => {
  const result = await run(new Service(1, (at) => at >= 500, 20), { kind: "open", perSecond: 1000 }, 2, 50);
  expect(result.unanswered).toBe(20);
  expect(result.answered + result.unanswered + result.turnedAway).toBe(2000);
});

test("quantiles are of all that were added, as by their definition", () => {
  const latencies = new Latencies();
  expect(latencies.quantile(0.5)).toBeNull();
  const values = Array.from({ length: 3001 }, (_, i) => (i * 7919) % 3001);
  for (const value of values) latencies.add(value);
  values.sort((a, b) => a - b);
  for (const share of [0, 0.001, 0.5, 0.9, 0.99, 0.999, 1]) {
    const quantile = latencies.quantile(share)!;
    expect(values.filter((value) => value <= quantile).length).toBeGreaterThanOrEqual(share * values.length);
    expect(values.filter((value) => value < quantile).length).toBeLessThanOrEqual(share * values.length);
  }
});
