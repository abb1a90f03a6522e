import { type ClientMessage, emptyBatch } from "@eunomia/aneris-switch/messages";
import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { createClient, createSubscriber, SlotsTrimmedError, Subscription } from "../src/index.ts";
import { believing, clockOf, pass, Wire } from "./support/ports.ts";
import { readerDefaults } from "./support/reader.ts";
import { MemoryLog, realNode } from "./support/real.ts";
import { World } from "./support/world.ts";

/** Which slot each gateway begins with; null: it does not answer. */
type Gateways = Readonly<Record<string, number | null>>;

/** A subscription at slot 10 before gateways of which some have let go of it. */
function read(gateways: Gateways, copies = 1) {
  const trimmed: number[] = [];
  const asked: string[] = [];
  const waiting: { from: string; message: ClientMessage }[] = [];
  const subscription: Subscription = new Subscription(
    {
      ...readerDefaults,
      gateways: Object.keys(gateways),
      copies,
      position: { next: 10, chain: null },
      random: new SeededRandom(1),
    },
    {
      send: (to, message) => {
        for (const gateway of to) {
          const first = gateways[gateway]!;
          if (first === null) continue;
          if (message.kind === "ask") waiting.push({ from: gateway, message: statusOf(message.nonce) });
          if (message.kind !== "subscribe" || message.creditBytes === 0) continue;
          asked.push(gateway);
          if (first > message.next) waiting.push({ from: gateway, message: { kind: "trimmed", first } });
          else
            waiting.push({ from: gateway, message: { kind: "delivered", slots: [emptySlot(message.next)] } });
        }
      },
      alarm: () => {},
      trimmed: (first) => trimmed.push(first),
      ignored: () => {},
    },
  );
  for (let now = 0; now < 5000; now += 5) {
    subscription.tick(now);
    for (const { from, message } of waiting.splice(0)) subscription.take(now + 1, from, message);
  }
  return { trimmed, asked: [...new Set(asked)], subscription };
}

const emptySlot = (slot: number) => ({
  slot,
  epoch: 0,
  vector: emptyBatch,
  chain: new Uint8Array(32).fill(slot),
});

const statusOf = (nonce: number): ClientMessage => ({
  kind: "status",
  nonce,
  delivered: 10,
  epoch: 0,
  protocol: "",
  nextControl: 1,
  chain: new Uint8Array(),
  subscribers: 0,
});

describe("a subscriber whose slots were let go of", () => {
  test("goes to a gateway that still holds them", () => {
    const { trimmed, asked, subscription } = read({ g0: 50, g1: 60, g2: 3 });
    expect(asked).toEqual(["g0", "g1", "g2"]);
    expect(subscription.reading).toEqual(["g2"]);
    expect(trimmed).toEqual([]);
    expect(subscription.next).toBe(11);
  });

  test("hears once what the oldest slot is when nobody holds them", () => {
    for (const copies of [1, 2, 3]) expect(read({ g0: 50, g1: 60, g2: 40 }, copies).trimmed).toEqual([40]);
  });

  test("does not wait for gateways that are down", () => {
    expect(read({ g0: 50, g1: null, g2: 60 }).trimmed).toEqual([50]);
  });

  test("waits for all of them when none has said so", () => {
    expect(read({ g0: null, g1: null }).trimmed).toEqual([]);
  });
});

test("against a real node: the error says where to begin, and a subscriber that begins there goes on", async () => {
  const world = new World(3);
  const wire = new Wire(world);
  const log = new MemoryLog();
  const faults: Error[] = [];
  const node = realNode(world, wire, log, faults);
  const ports = (self: string) => ({
    self,
    gateways: ["g0"],
    nodeOf: (process: string) => (process === "g0" ? "n0" : null),
    transport: wire.transport(self),
    authenticator: believing(self),
    clock: clockOf(world),
    defer: (callback: () => void) => world.after(0, callback),
    random: world.random,
  });
  const client = createClient(ports("app"));
  for (let i = 0; i < 8; i += 1) {
    void client.broadcast(new Uint8Array([i]));
    await pass(world, 50);
  }
  expect(log.last).toBeGreaterThan(6);
  log.truncate(5);
  const stopped: unknown[] = [];
  const seen: number[] = [];
  const subscriber = (self: string, from?: { next: number; chain: null }) =>
    createSubscriber({
      ...ports(self),
      cluster: "t",
      onSlot: ({ slot }) => void seen.push(slot),
      onAlarm: () => {},
      onFault: (error) => stopped.push(error),
      ...(from && { from }),
    });
  subscriber("s1");
  await pass(world, 3000);
  expect(stopped).toEqual([expect.any(SlotsTrimmedError)]);
  expect(stopped[0]).toMatchObject({ code: "trimmed", next: 1, first: 5 });
  expect(seen).toEqual([]);
  subscriber("s2", { next: 5, chain: null });
  await pass(world, 1000);
  expect(seen).toEqual(Array.from({ length: log.last - 4 }, (_, i) => i + 5));
  node.stop();
  expect(faults).toEqual([]);
});
