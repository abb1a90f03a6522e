import { ClientMessage } from "@eunomia/aneris-switch/messages";
import { encode, generate, mutateBytes } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { packetHeader } from "@eunomia/engine";
import { expect, test } from "vitest";
import { createClient, createSubscriber, GatewayLink } from "../src/index.ts";
import { believing, clockOf, pass } from "./support/ports.ts";
import { World } from "./support/world.ts";

/** A link with a client and a subscriber behind it, fed by hand. */
function target() {
  let from = "g0";
  const world = new World(2);
  let feed: (bytes: Uint8Array) => void = () => {};
  const link = new GatewayLink({
    self: "c",
    gateways: ["g0", "g1"],
    transport: {
      self: "c",
      send: () => true,
      listen: (receive) => {
        feed = (bytes) => receive(from, bytes);
      },
      close: async () => {},
    },
    authenticator: believing("c"),
    clock: clockOf(world),
    defer: (callback) => world.after(0, callback),
  });
  const client = createClient({ link, random: world.random, clientId: 1, window: 8 });
  const slots: number[] = [];
  const subscriber = createSubscriber({
    link,
    random: world.random,
    cluster: "t",
    creditBytes: 4096,
    onSlot: (slot) => void slots.push(slot.slot),
    onAlarm: () => {},
    onFault: (error) => {
      throw error;
    },
  });
  return {
    world,
    link,
    client,
    subscriber,
    slots,
    feed: (by: string, bytes: Uint8Array) => {
      from = by;
      feed(bytes);
    },
  };
}

function frame(from: string, message: ClientMessage): Uint8Array {
  const body = encode(ClientMessage, message);
  const header = packetHeader("c", from, "", body.length);
  return believing(from).seal("c", Buffer.concat([header, body]));
}

test("nothing that comes in throws, and all of it is counted", async () => {
  const random = new SeededRandom(77);
  const { world, link, client, subscriber, feed } = target();
  for (let i = 0; i < 20; i += 1) client.broadcast(new Uint8Array([i])).catch(() => {});
  await pass(world, 5);
  let wellFormed = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const message = generate(ClientMessage, random, random.below(12));
    const by = random.chance(0.9) ? "g0" : "gX";
    const bytes = frame(by, shrunk(message, random));
    const hostile = random.chance(0.5);
    if (!hostile) wellFormed += 1;
    feed(by, hostile ? mutateBytes(bytes, random) : bytes);
    if (i % 100 === 0) {
      world.run(world.now + 10);
      await Promise.resolve();
    }
    expect(subscriber.bufferedBytes).toBeLessThan(3 * 4096);
    expect(client.outstanding).toBeLessThanOrEqual(8);
  }
  expect(wellFormed).toBeGreaterThan(5000);
  const reasons = [...link.refusals().keys()];
  for (const part of [
    "frame: not canonical",
    "packet: not from a gateway",
    "message: ",
    "nobody takes",
    "reply: ",
  ])
    expect(reasons.filter((reason) => reason.includes(part)).length).toBeGreaterThan(0);
  expect(reasons.length).toBeLessThan(60);
});

/** Numbers that mean something here, so that messages get past the first check. */
function shrunk(message: ClientMessage, random: SeededRandom): ClientMessage {
  if (message.kind === "reply")
    return {
      kind: "reply",
      runs: message.runs.map((run) => ({
        ...run,
        client: random.below(3),
        seq: random.below(20),
        count: random.chance(0.2) ? run.count : random.below(5),
      })),
    };
  if (message.kind === "rejected") {
    // A lost session would end the test.
    const reason = random.pick(["busy", "window", "malformed", `odd ${random.next()}`]);
    return { ...message, client: random.below(3), seq: random.below(20), reason };
  }
  if (message.kind === "delivered")
    return {
      kind: "delivered",
      slots: message.slots.map((slot) => ({ ...slot, slot: random.below(12) })),
    };
  return message;
}
