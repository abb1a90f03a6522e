import { encode } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { encodeCommand, encodeRegistration, joinBatch } from "../src/messages.ts";
import { Checkpoint } from "../src/state.ts";
import { command, configOf, Life, labels } from "./support/lab.ts";

/** What exactly-once means, with a set of everything ever executed and no bound on memory. */
class NaiveSessions {
  readonly #done = new Map<number, Set<number>>();
  readonly #window: number;
  readonly #fifo: boolean;
  readonly acknowledged = new Map<number, number>();
  readonly places = new Map<string, { slot: number; index: number }>();
  constructor(window: number, fifo: boolean) {
    this.#window = window;
    this.#fifo = fifo;
  }
  low(client: number): number {
    const done = this.#done.get(client);
    let low = 0;
    while (done?.has(low + 1)) low += 1;
    return low;
  }
  execute(slot: number, commands: readonly [number, number][], clients: number): string[] {
    const kept: string[] = [];
    for (const [client, seq] of commands) {
      const done = this.#done.get(client) ?? new Set();
      this.#done.set(client, done);
      const low = this.low(client);
      if (client >= clients || seq < 1 || done.has(seq) || seq > low + this.#window) continue;
      if (this.#fifo && seq !== low + 1) continue;
      done.add(seq);
      this.acknowledged.set(client, Math.max(seq - this.#window, this.acknowledged.get(client) ?? 0));
      this.places.set(`${client}:${seq}`, { slot, index: kept.length });
      kept.push(`c${client}:${seq}`);
    }
    return kept;
  }
}

for (const fifo of [false, true])
  test(`exactly once as a set of all commands says, ${fifo ? "in" : "any"} order`, () => {
    let kept = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new SeededRandom(seed);
      const window = random.pick([2, 4, 16]);
      const life = new Life({ sessionWindow: window, fifo, staticClients: 4 });
      const naive = new NaiveSessions(window, fifo);
      for (let slot = 1; slot <= 40; slot += 1) {
        const commands = Array.from({ length: random.below(6) }, (): [number, number] => {
          const client = random.below(5);
          return [client, Math.max(0, naive.low(client) - 2 + random.below(window + 5))];
        });
        life.decided(
          slot,
          // An honest client has a window of numbers open at most, so it has the replies of all below.
          commands.map(([client, seq]) => command(client, seq, "x", Math.max(0, seq - window))),
        );
        const expected = naive.execute(slot, commands, 4);
        expect(life.log.at(-1)![2]).toEqual(expected);
        kept += expected.length;
        const runs = life.deliveries.at(-1)!.runs;
        expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
        for (const run of runs)
          for (let i = 0; i < run.count; i += 1)
            expect(expected[run.index + i]).toBe(`c${run.client}:${run.seq + i}`);
      }
      // Whoever asks again hears where it stands, or nothing if that is forgotten; never a second execution.
      for (const [name, place] of naive.places) {
        const [client, seq] = name.split(":").map(Number) as [number, number];
        const before = life.outputsOf("reply").length;
        life.submit(command(client, seq));
        const [reply] = life.outputsOf("reply").slice(before);
        if (reply !== undefined) expect(reply).toMatchObject({ client, seq, count: 1, ...place });
        if (seq > (naive.acknowledged.get(client) ?? 0)) expect(reply).toBeDefined();
      }
      expect(life.proposed).toEqual([]);
    }
    expect(kept).toBeGreaterThan(400);
  });

describe("runs", () => {
  test("commands of one client one after the other are one run, for reply and memory alike", () => {
    const life = new Life();
    const entries = [
      ...Array.from({ length: 256 }, (_, i) => command(1, i + 1)),
      command(2, 1),
      command(1, 257),
    ];
    life.decided(1, entries);
    expect(life.deliveries[0]!.runs).toEqual([
      { client: 1, seq: 1, count: 256, slot: 1, index: 0 },
      { client: 2, seq: 1, count: 1, slot: 1, index: 256 },
      { client: 1, seq: 257, count: 1, slot: 1, index: 257 },
    ]);
    expect(life.state.sessions.values[0]!.runs).toHaveLength(2);
  });

  test("an acknowledgement forgets places, of whole runs only", () => {
    const life = new Life();
    life.decided(1, [command(1, 1), command(1, 2)]);
    life.decided(2, [command(1, 3, "x", 1)]);
    expect(life.state.sessions.values[0]!.runs.map(({ seq }) => seq)).toEqual([1, 3]);
    life.decided(3, [command(1, 4, "x", 2)]);
    expect(life.state.sessions.values[0]!.runs.map(({ seq }) => seq)).toEqual([3, 4]);
    life.submit(command(1, 1));
    expect(life.outputsOf("reply")).toEqual([]);
    expect(life.proposed).toEqual([]);
  });
});

describe("registered sessions", () => {
  const nonce = new Uint8Array(32).fill(7);
  const opened = (over = {}): { life: Life; client: number } => {
    const life = new Life({ sessionTtlSlots: 16, ...over });
    life.submit(encodeRegistration(nonce));
    life.decideAll();
    return { life, client: life.deliveries[0]!.registered[0]!.client };
  };

  test("the id is made of the place of the registration, and works from the next command on", () => {
    const { life, client } = opened();
    expect(client).toBe(65_536);
    expect(life.deliveries[0]!.registered[0]!.nonce).toEqual(nonce);
    life.decided(2, [encodeCommand(client, 1, 0, nonce), encodeCommand(client + 1, 1, 0, nonce)]);
    expect(labels(life.deliveries[1]!.vector)).toEqual([`c${client}:1`]);
  });

  test("one that does nothing for too long expires in the same slot everywhere, also after a restart", () => {
    const lives = [opened(), opened(), opened()];
    const { client } = lives[0]!;
    const late = encodeCommand(client, 2, 0, nonce);
    const slots = Array.from({ length: 40 }, (_, i) => (i % 5 === 4 ? [late] : [command(1, i + 1)]));
    for (const [which, { life }] of lives.entries())
      for (const [i, entries] of slots.entries()) {
        // One session is used once, in the first half of its time.
        life.decided(
          i + 2,
          i === 3
            ? [encodeCommand(client, 1, 0, nonce)]
            : i < 23
              ? [entries[0]!].filter((e) => e !== late)
              : entries,
        );
        if (which === 1 && i === 12) life.restart();
      }
    const [a, b, c] = lives.map(({ life }) => life);
    expect(b!.state.chain).toEqual(a!.state.chain);
    expect(c!.state.chain).toEqual(a!.state.chain);
    expect(encode(Checkpoint, { ...a!.state })).toEqual(encode(Checkpoint, { ...b!.state }));
    expect(a!.log.flatMap(([, , words]) => words).filter((word) => word === `c${client}:2`)).toEqual([]);
    expect(a!.state.sessions.keys).not.toContain(client);
    a!.submit(late);
    expect(a!.outputsOf("rejected")).toMatchObject([{ client, seq: 2, reason: "session" }]);
  });

  test("memory stays flat over thousands of sessions that come and go", () => {
    const { life } = opened();
    const sizes: number[] = [];
    for (let i = 1; i <= 3000; i += 1) {
      life.decided(life.state.slotOut, [encodeRegistration(new Uint8Array(32).fill(i & 255))]);
      if (i % 500 === 0) sizes.push(life.state.sessions.keys.length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16 + 16 / 8 + 1);
  });
});

test("memory of a client that acknowledges is flat, and so is that of one that leaves gaps", () => {
  const life = new Life({ sessionWindow: 32 });
  let largest = 0;
  for (let seq = 1; seq <= 3000; seq += 1) {
    // Pairs arrive swapped.
    const real = seq % 2 === 1 ? seq + 1 : seq - 1;
    life.decided(seq, [command(1, real, "x", Math.max(0, seq - 8))]);
    largest = Math.max(largest, encode(Checkpoint, { ...life.state }).length);
  }
  expect(life.state.sessions.values[0]!.low).toBe(3000);
  expect(largest).toBeLessThan(800);
  expect(joinBatch([])).toHaveLength(1);
  expect(configOf().sessionWindow).toBe(1024);
});
