import { concat } from "@eunomia/codec";
import { type SnapshotSubject, snapshotExample, snapshotTwins } from "@eunomia/conformance";
import { type Event, step } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { SwitchError, transferDefaults, transferEngine } from "../src/index.ts";
import { type TransferMessage, TransferState, type TransferTypes } from "../src/transfer-types.ts";
import { piecesAt, type SnapshotNode, type TransferFaults, TransferWorld } from "./support/transfer-world.ts";

const calm: TransferFaults = { lost: 0, repeated: 0, changed: 0, restarts: 0 };

const bytesOf = (pieces: readonly Uint8Array[]): Uint8Array => concat(...pieces);

/** What a lagging replica beside the last node does: asks again and again, and is told of the newest snapshot. */
async function untilInstalled(world: TransferWorld, laggard: SnapshotNode, turns = 4000): Promise<boolean> {
  for (let turn = 0; turn < turns && laggard.installed.length === 0; turn += 1) {
    if (turn % 5 === 0) {
      const up = world.nodes.filter((node) => node !== laggard && !world.down.has(node.id));
      up[world.random.below(up.length)]!.keeper.offer(laggard.id);
    }
    await world.turn();
  }
  return laggard.installed.length > 0;
}

interface Outcome {
  readonly ok: boolean;
  readonly right: boolean;
  readonly changed: number;
  readonly sources: number;
}

async function run(seed: number, subject: SnapshotSubject): Promise<Outcome> {
  const draw = (part: number): number => ((seed * 2654435761 + part * 40503) >>> 0) / 2 ** 32;
  const faults: TransferFaults = {
    lost: draw(1) * 0.3,
    repeated: draw(2) * 0.3,
    changed: seed % 3 === 0 ? 0.1 : 0,
    restarts: seed % 4 === 0 ? 0.02 : 0,
  };
  const world = new TransferWorld(seed, faults, subject);
  const laggard = world.nodes[2]!;
  for (const node of world.nodes.slice(0, 2)) await node.checkpoint(40);
  let sources = 0;
  for (let turn = 0; turn < 3000 && laggard.installed.length === 0; turn += 1) {
    if (turn % 5 === 0) world.nodes[world.random.below(2)]!.keeper.offer(laggard.id);
    // One of the two goes away in the middle, or both get a newer snapshot and drop the old one.
    if (turn === 40 && seed % 5 === 1) world.down.add("t0");
    if (turn === 30 && seed % 5 === 2)
      for (const node of world.nodes.slice(0, 2)) {
        await node.checkpoint(50);
        node.store.drop(50);
      }
    await world.turn();
    sources = Math.max(sources, laggard.state.fetching?.sources.keys.length ?? 0);
  }
  const slot = laggard.installed.at(-1);
  const right =
    slot !== undefined && Buffer.compare(bytesOf(laggard.restored), bytesOf(piecesAt(slot))) === 0;
  return { ok: slot !== undefined, right, changed: world.changed, sources };
}

test("whatever is lost, changed or restarted: the state that arrives is the one that was taken", async () => {
  let changed = 0;
  let shared = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const outcome = await run(seed, snapshotExample);
    expect(outcome, `seed ${seed}`).toMatchObject({ ok: true, right: true });
    changed += outcome.changed;
    if (outcome.sources > 1) shared += 1;
  }
  console.log(`60 transfers: ${changed} chunks changed on their way, ${shared} from two sources`);
  expect(changed).toBeGreaterThan(20);
  expect(shared).toBeGreaterThan(20);
}, 60_000);

test("a store that does not verify chunks is found out", async () => {
  const { subject } = snapshotTwins.find(({ name }) => name === "takes-anything")!;
  const outcomes = [];
  for (let seed = 3; seed <= 60; seed += 3)
    outcomes.push(await run(seed, subject).catch(() => ({ right: false })));
  expect(outcomes.some(({ right }) => !right)).toBe(true);
});

test("chunks come from every peer that has the same snapshot, and one that has none is left alone", async () => {
  const world = new TransferWorld(7, calm, snapshotExample, 4);
  for (const node of world.nodes.slice(0, 2)) await node.checkpoint(40);
  const laggard = world.nodes[3]!;
  const asked = new Map<string, number>();
  const send = world.send.bind(world);
  world.send = (from, to, message: TransferMessage) => {
    if (from === laggard.id && message.kind === "fetch")
      for (const one of to) asked.set(one, (asked.get(one) ?? 0) + 1);
    send(from, to, message);
  };
  expect(await untilInstalled(world, laggard)).toBe(true);
  expect([...asked.keys()].sort()).toEqual(["t0", "t1"]);
  expect(Math.min(...asked.values())).toBeGreaterThan(3);
  expect(laggard.events).toEqual(["fetching", "installed"]);
});

test("a snapshot that a peer fetches stays until nobody fetches it", async () => {
  const world = new TransferWorld(3, calm, snapshotExample);
  const [server, , laggard] = world.nodes;
  await server!.checkpoint(40);
  server!.keeper.offer(laggard!.id);
  while (laggard!.state.fetching?.begun !== true) await world.turn();
  for (const slot of [50, 60]) await server!.checkpoint(slot);
  server!.keeper.transfer({ kind: "pinned", slot: server!.state.pinned });
  expect(server!.store.slots).toEqual([40, 50, 60]);
  expect(await untilInstalled(world, laggard!)).toBe(true);
  for (let turn = 0; turn < 200; turn += 1) await world.turn();
  expect(server!.state.pinned).toBeNull();
  expect(server!.store.slots).toEqual([50, 60]);
});

test("a damaged snapshot is offered no more; the one before it is", async () => {
  const world = new TransferWorld(5, calm, snapshotExample);
  const [server, , laggard] = world.nodes;
  await server!.checkpoint(40);
  await server!.checkpoint(50);
  const chunk = server!.store.chunk(50, 3);
  if (chunk.ok) chunk.bytes[0]! ^= 1;
  expect(await untilInstalled(world, laggard!)).toBe(true);
  expect(laggard!.installed).toEqual([40]);
  expect(server!.events).toContain("damaged");
});

describe("one engine", () => {
  const config = { ...transferDefaults, self: "t0", servePerTick: 2, maxQueued: 3 };
  const engine = transferEngine(config);
  const begin = (): TransferState => {
    const state = engine.init(config);
    step(engine, config, state, { kind: "commands", commands: [{ kind: "peers", processes: ["t0", "t1"] }] });
    return state;
  };
  const root = new Uint8Array(32);

  test("serves no more in a tick than its bound, and lets no peer queue without end", () => {
    const state = begin();
    const loads: unknown[] = [];
    const take = (event: Event<TransferTypes>): void => {
      for (const effect of step(engine, config, state, event).effects)
        if (effect.kind === "output" && effect.output.kind === "load") loads.push(effect.output);
    };
    for (let index = 0; index < 50; index += 1)
      take({ kind: "message", from: "t1", message: { kind: "fetch", slot: 9, root, index } });
    expect(loads.length).toBe(2);
    expect(state.queue.length).toBe(3);
    take({ kind: "timeout", timer: "tick" });
    expect(loads.length).toBe(4);
  });

  test("ignores who is no peer", () => {
    const state = begin();
    const messages: TransferMessage[] = [
      { kind: "offer", slot: 9, root },
      { kind: "fetch", slot: 9, root, index: 0 },
      { kind: "describe", slot: 9, root },
      { kind: "seek", slot: 9, root },
    ];
    for (const message of messages)
      expect(step(engine, config, state, { kind: "message", from: "client", message }).fired).toEqual([]);
    expect(TransferState.equal(state, begin())).toBe(true);
  });

  test("refuses limits that cannot work", () => {
    expect(() => transferEngine({ ...config, maxInFlight: 0 })).toThrowError(SwitchError);
  });
});
