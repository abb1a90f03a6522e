import { equalBytes } from "@eunomia/codec";
import { ClientActor } from "./actor.ts";
import { Cluster } from "./cluster.ts";
import { honestReader, type MakeSubscription, ReaderActor } from "./reader.ts";
import { type Faults, World } from "./world.ts";

export interface ReadingOptions extends Faults {
  readonly seed: number;
  readonly copies: number;
  readonly agreement?: number;
  readonly crashes: number;
  readonly creditBytes: number;
  readonly workMs: number;
  readonly make?: MakeSubscription;
}

export interface Reading {
  readonly slots: number;
  readonly mostBuffered: number;
  readonly ignored: number;
}

const names = ["g0", "g1", "g2"];

/**
 * A subscriber reads while slots are made in bad weather, then the weather clears. Throws on the first property that does not
 * hold: every slot comes out once, in order, with its content; no alarm is raised; what waits stays within its bound.
 */
export function runReading(options: ReadingOptions): Reading {
  const { seed, copies, agreement = 1, creditBytes, workMs, make = honestReader } = options;
  const world = new World(seed);
  const cluster = new Cluster(world, names, [1]);
  const writer = new ClientActor(world, "c", { gateways: names, clientId: 1, window: 64 });
  const bytes = 100;
  for (let i = 0; i < 60; i += 1)
    world.after(world.below(1500), () => writer.offer(new Uint8Array(bytes).fill(i)));
  world.faults = options;
  const reader = new ReaderActor(
    world,
    "s",
    { gateways: names, copies, agreement, creditBytes },
    make,
    workMs,
  );
  for (let i = 0; i < options.crashes; i += 1) {
    const gateway = names[world.below(3)]!;
    const at = world.below(1500);
    world.after(at, () => cluster.crash(gateway));
    world.after(at + 50 + world.below(700), () => cluster.restart(gateway));
  }
  world.run(2200);
  world.faults = { lossRate: 0, duplicateRate: 0, maxDelayMs: 3 };
  for (const gateway of names) if (!cluster.gateways.get(gateway)!.up) cluster.restart(gateway);
  const done = (): boolean =>
    writer.session.outstanding + writer.session.queued === 0 && reader.slots.length >= cluster.slots.length;
  const ended = world.run(60_000, done);
  for (const [i, slot] of reader.slots.entries()) {
    if (slot !== i + 1) throw new Error(`slot ${slot} came out in place ${i + 1}`);
    if (!equalBytes(reader.vectors[i]!, cluster.slots[i]!.vector)) throw new Error("another content");
  }
  if (!ended) throw new Error(`stuck after slot ${reader.slots.length} of ${cluster.slots.length}`);
  if (reader.alarms.length > 0) throw new Error(`false alarm: ${reader.alarms[0]!.kind}`);
  const largest = Math.max(...cluster.slots.map(({ vector }) => vector.length)) + 64;
  if (reader.mostBuffered > 2 * copies * creditBytes + largest)
    throw new Error(`${reader.mostBuffered} bytes wait`);
  return { slots: reader.slots.length, mostBuffered: reader.mostBuffered, ignored: reader.ignored.length };
}
