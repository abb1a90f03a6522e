import { genesisChain } from "@eunomia/aneris-switch/messages";
import { sha256 } from "@eunomia/codec";
import { afterEach, expect, test } from "vitest";
import {
  type Client,
  type ClientOptions,
  createClient,
  createSubscriber,
  GatewayLink,
  type Position,
  type Receipt,
  type SlotAlarm,
  type Subscriber,
  type SubscriberOptions,
} from "../src/index.ts";
import { believing, clockOf, pass, Wire } from "./support/ports.ts";
import { MemoryLog, realNode } from "./support/real.ts";
import { World } from "./support/world.ts";

const faults: Error[] = [];
const alarms: SlotAlarm[] = [];
afterEach(() => {
  expect(faults.splice(0)).toEqual([]);
  expect(alarms.splice(0)).toEqual([]);
});

function setUp() {
  const world = new World(11);
  const wire = new Wire(world);
  const log = new MemoryLog();
  const nodeOf = (process: string): string | null => (process === "g0" ? "n0" : null);
  const ports = (self: string) => ({
    self,
    gateways: ["g0"],
    nodeOf,
    transport: wire.transport(self),
    authenticator: believing(self),
    clock: clockOf(world),
    defer: (callback: () => void) => world.after(0, callback),
  });
  return {
    world,
    wire,
    log,
    link: (self: string) => new GatewayLink(ports(self)),
    client: (self: string, options: Partial<ClientOptions> = {}): Client =>
      createClient({ ...ports(self), random: world.random, ...options }),
    subscriber: (
      self: string,
      options: Pick<SubscriberOptions, "onSlot"> & { from?: Position },
    ): Subscriber =>
      createSubscriber({
        ...ports(self),
        random: world.random,
        cluster: "t",
        onAlarm: (alarm) => alarms.push(alarm),
        onFault: (error) => faults.push(error as Error),
        ...options,
      }),
  };
}

test("a client and a subscriber on one link, against a real node", async () => {
  const { world, wire, log, link } = setUp();
  const node = realNode(world, wire, log, faults);
  const shared = link("app");
  const client = createClient({ link: shared, random: world.random });
  const seen = new Map<string, string>();
  const subscriber = createSubscriber({
    link: shared,
    random: world.random,
    cluster: "t",
    onSlot: (slot) =>
      slot.commands((id, seq, body, index) => seen.set(`${slot.slot}:${index}`, `${id}:${seq}:${body[0]}`)),
    onAlarm: (alarm) => alarms.push(alarm),
    onFault: (error) => faults.push(error as Error),
  });
  const receipts = Promise.all([...Array(200).keys()].map((i) => client.broadcast(new Uint8Array([i]))));
  await pass(world, 500);
  for (const [i, { seq, slot, index }] of (await receipts).entries()) {
    expect(seq).toBe(i + 1);
    expect(seen.get(`${slot}:${index}`)).toBe(`${client.clientId}:${seq}:${i}`);
  }
  expect(seen.size).toBe(200);
  expect(client.clientId).toBeGreaterThanOrEqual(65_536);
  expect([...shared.refusals()]).toEqual([]);
  expect(subscriber.position.next).toBe(log.last + 1);
  node.stop();
});

test("several clients share a link", async () => {
  const { world, wire, log, link } = setUp();
  realNode(world, wire, log, faults);
  const shared = link("app");
  const clients = [1, 2, 3].map((clientId) => createClient({ link: shared, random: world.random, clientId }));
  const receipts = Promise.all(
    clients.flatMap((c) => [c.broadcast(new Uint8Array(1)), c.broadcast(new Uint8Array(1))]),
  );
  await pass(world, 50);
  expect((await receipts).map(({ seq, index }) => [seq, index])).toEqual([
    [1, 0],
    [2, 1],
    [1, 2],
    [2, 3],
    [1, 4],
    [2, 5],
  ]);
  expect([...shared.refusals()]).toEqual([]);
});

test("one tick of broadcasts is one frame", async () => {
  const { world, wire, log, client } = setUp();
  realNode(world, wire, log, faults);
  const c = client("c1", { clientId: 1 });
  await pass(world, 5);
  const before = wire.frames;
  for (let i = 0; i < 100; i += 1) void c.broadcast(new Uint8Array([i]));
  world.run(world.now);
  expect(wire.frames - before).toBe(1);
  await pass(world, 20);
  expect(c.outstanding).toBe(0);
});

test("a subscriber goes on from its stored position after a restart of itself and of the node", async () => {
  const { world, wire, log, client, subscriber } = setUp();
  const first = realNode(world, wire, log, faults);
  const c = client("c1", { clientId: 1 });
  const slots: number[] = [];
  let stored: Position = { next: 1, chain: null };
  const start = (from?: Position): Subscriber =>
    subscriber("s", {
      ...(from && { from }),
      onSlot: async (slot) => {
        await Promise.resolve();
        slots.push(slot.slot);
        stored = slot.position;
      },
    });
  const before = start();
  for (let i = 0; i < 5; i += 1) {
    void c.broadcast(new Uint8Array([i]));
    await pass(world, 10);
  }
  await before.close();
  await pass(world, 5);
  first.stop();
  const position = stored;
  expect(position.next).toBe(6);
  const receipt = c.broadcast(new Uint8Array([9]));
  realNode(world, wire, log, faults);
  const after = start(position);
  await pass(world, 3000);
  expect(await receipt).toMatchObject({ seq: 6, slot: 6 });
  expect(slots).toEqual([1, 2, 3, 4, 5, 6]);
  expect(after.bufferedBytes).toBe(0);
  // The chain that the replica computed is the one that was checked here.
  expect(position.chain).not.toEqual(genesisChain(sha256, "t"));
});

test("control: asks for the number, has it signed, hears where it took effect", async () => {
  const { world, wire, log, client, subscriber } = setUp();
  realNode(world, wire, log, faults);
  const controls: number[] = [];
  subscriber("s", {
    onSlot: (slot) => {
      for (const entry of slot.entries) if (entry.kind === "control") controls.push(entry.n);
    },
  });
  const c = client("c1", { clientId: 1 });
  const swap = {
    kind: "swap",
    protocol: { name: "at-once", params: new Uint8Array([1]) },
  } as const;
  const sign = () => [{ principal: "m", signature: new Uint8Array(64) }];
  const effective = c.control({ operation: swap, sign });
  await pass(world, 100);
  expect(await effective).toEqual({ kind: "effective", slot: 1, n: 1 });
  const status = c.status();
  await pass(world, 20);
  expect(await status).toMatchObject({ nextControl: 2, delivered: 1, gateway: "g0" });
  const unsigned = c.submitControl(2, 100, swap, []);
  await pass(world, 100);
  expect(await unsigned).toMatchObject({ kind: "refused", certain: true });
  const old = c.submitControl(1, 100, swap, sign());
  await pass(world, 100);
  expect(await old).toMatchObject({ kind: "refused", certain: false });
  expect(controls).toEqual([1]);
});

test("cancellation, closing and refusals end as what they are", async () => {
  const { world, wire, log, client } = setUp();
  const c = client("c1", { clientId: 1, window: 1, maxQueued: 2, maxBodyBytes: 10 });
  const outcomes: string[] = [];
  const note = (promise: Promise<Receipt>): void =>
    void promise.then(
      () => outcomes.push("settled"),
      (error) => outcomes.push(`${error.code} ${error.sent ?? ""} ${error.reason ?? ""}`.trim()),
    );
  note(c.broadcast(new Uint8Array(11)));
  const abort = new AbortController();
  note(c.broadcast(new Uint8Array(1), abort.signal));
  await pass(world, 5);
  const abortQueued = new AbortController();
  note(c.broadcast(new Uint8Array(1), abortQueued.signal));
  note(c.broadcast(new Uint8Array(1)));
  note(c.broadcast(new Uint8Array(1)));
  expect(c.send(new Uint8Array(1))).toBe(false);
  abort.abort();
  abortQueued.abort();
  await pass(world, 5);
  await c.close();
  await pass(world, 5);
  note(c.broadcast(new Uint8Array(1)));
  await pass(world, 5);
  expect(outcomes).toEqual([
    "too large",
    "queue full",
    "unknown true cancelled",
    "unknown false cancelled",
    "unknown false closed",
    "unknown false closed",
  ]);
  realNode(world, wire, log, faults);
  await pass(world, 2000);
  expect(log.last).toBe(0);
});

test("an unknown session surfaces and is not replaced", async () => {
  const { world, wire, log, client } = setUp();
  realNode(world, wire, log, faults);
  const lost: string[] = [];
  const c = client("c9", { clientId: 9, onLost: (error) => lost.push(error.message) });
  const outcome = c.broadcast(new Uint8Array(1)).catch((error) => error);
  await pass(world, 50);
  expect(await outcome).toMatchObject({ code: "session", client: 9, seq: 1, sent: true });
  expect(await c.broadcast(new Uint8Array(1)).catch((error) => error)).toMatchObject({
    code: "session",
    sent: false,
  });
  expect(() => c.send(new Uint8Array(1))).toThrow("session 9 is unknown");
  expect(lost).toHaveLength(1);
  expect(log.last).toBe(0);
});

test("the form without promises: back-pressure, runs, drained and idle", async () => {
  const { world, wire, log, client } = setUp();
  realNode(world, wire, log, faults);
  let settled = 0;
  const c = client("c1", {
    clientId: 1,
    window: 16,
    maxQueued: 50,
    onSettled: ({ count }) => {
      settled += count;
    },
  });
  const body = new Uint8Array(8);
  let sent = 0;
  let stops = 0;
  const feed = async (): Promise<void> => {
    while (sent < 1000) {
      if (c.send(body)) sent += 1;
      else {
        stops += 1;
        await c.drained();
      }
    }
    await c.idle();
  };
  const done = feed();
  await pass(world, 2000);
  await done;
  expect(settled).toBe(1000);
  expect(stops).toBeGreaterThan(10);
  expect(c.nextSeq).toBe(1001);
});

test("a node that is away holds nothing up for ever", async () => {
  const { world, wire, log, client } = setUp();
  realNode(world, wire, log, faults);
  const c = client("c1");
  wire.cut.add("n0");
  const receipt = c.broadcast(new Uint8Array([1]));
  const status = c.status();
  await pass(world, 3000);
  wire.cut.clear();
  await pass(world, 5000);
  expect(await receipt).toMatchObject({ seq: 1, index: 0 });
  expect((await status).gateway).toBe("g0");
});

test("options that cannot work are refused with what was expected", () => {
  const { client, subscriber, link } = setUp();
  expect(() => client("c", { window: 1025 })).toThrow(
    '"window" expected an integer from 1 to 1024, got 1025',
  );
  expect(() => client("c", { clientId: 0 })).toThrow('"clientId"');
  expect(() => client("g0")).toThrow('"self"');
  expect(() => subscriber("s", { onSlot: () => {}, from: { next: 0, chain: new Uint8Array(32) } })).toThrow(
    '"from"',
  );
  expect(() => link("c").gateways).not.toThrow();
});
