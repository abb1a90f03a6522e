import type { NodeId } from "@eunomia/engine";
import type { Mode, Subject } from "./subjects.ts";
import { type Delays, World, type WorldNode } from "./world.ts";

/** The load: every slot carries a batch of so many bytes, and the first node keeps so many slots under way. */
export interface Shape {
  readonly batchBytes: number;
  readonly window: number;
  readonly slots: number;
}

/** One run of one protocol. */
export interface Throughput {
  readonly protocol: string;
  readonly n: number;
  readonly mode: Mode;
  readonly shape: Shape;
  /** Decisions per second of processor time, which all nodes share. */
  readonly perCpuSecond: number;
  /** From the proposal until its node knows, in message delays; roles of a node talk without one. Median. */
  readonly delays: number;
  readonly messagesPerDecision: number;
  readonly bytesPerDecision: number;
}

const trimEvery = 64;

/** Decides all slots in a closed loop at the first node. @throws Error when a slot is not decided within a thousand delays. */
export function throughput(subject: Subject, mode: Mode, shape: Shape): Throughput {
  const warmUp = { ms: 50, slots: Math.max(trimEvery, Math.floor(shape.slots / 4)) };
  const { cpuMicros, delays, messages, bytes } = driven(subject.nodes(mode), shape, warmUp);
  return {
    protocol: subject.name,
    n: subject.n,
    mode,
    shape,
    perCpuSecond: (shape.slots * 1e6) / cpuMicros,
    delays,
    messagesPerDecision: messages / shape.slots,
    bytesPerDecision: bytes / shape.slots,
  };
}

/** What the decisions of one run took. */
export interface Driven {
  readonly cpuMicros: number;
  /** From the proposal until its node knows, in milliseconds of virtual time. Median. */
  readonly delays: number;
  readonly messages: number;
  readonly bytes: number;
  readonly farBytes: number;
  /** What nobody took, by reason. */
  readonly refusals: ReadonlyMap<string, number>;
}

/**
 * The same for any nodes and distances.
 *
 * @param warmUp what is not counted: milliseconds in which a leader becomes stable, then decisions in which code is compiled.
 */
export function driven(
  nodes: readonly (WorldNode & { readonly learner: NodeId })[],
  shape: Shape,
  warmUp: { readonly ms: number; readonly slots: number },
  delays?: Delays,
): Driven {
  const load = new ClosedLoop(nodes[0]!.learner, shape);
  const world = new World(
    nodes,
    (process, { kind, slot }) => {
      if (kind === "decided") load.decided(process, slot!);
    },
    delays,
  );
  for (let i = 0; i < warmUp.ms; i += 1) world.tick();
  load.run(world, nodes, warmUp.slots);
  const { bytes, farBytes } = world;
  const before = { messages: total(world.sent), cpu: process.cpuUsage() };
  load.run(world, nodes, shape.slots);
  const { user, system } = process.cpuUsage(before.cpu);
  world.stop();
  return {
    cpuMicros: user + system,
    delays: load.medianDelay(shape.slots),
    messages: total(world.sent) - before.messages,
    bytes: world.bytes - bytes,
    farBytes: world.farBytes - farBytes,
    refusals: world.refusals(),
  };
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, one) => sum + one, 0);

/** Proposes from one process, as many slots at once as the window holds. */
class ClosedLoop {
  readonly #proposer: NodeId;
  readonly #shape: Shape;
  readonly #value: Uint8Array;
  readonly #began = new Map<number, number>();
  readonly #delays: number[] = [];
  readonly #known = new Set<number>();
  #next = 1;
  #through = 0;

  constructor(proposer: NodeId, shape: Shape) {
    this.#proposer = proposer;
    this.#shape = shape;
    this.#value = new Uint8Array(shape.batchBytes).fill(7);
  }

  decided(process: NodeId, slot: number): void {
    if (process === this.#proposer && slot > this.#through) this.#known.add(slot);
  }

  run(world: World, nodes: readonly { readonly learner: NodeId }[], slots: number): void {
    const last = this.#next + slots - 1;
    while (this.#through < last) {
      while (this.#next <= Math.min(last, this.#through + this.#shape.window)) this.#propose(world);
      world.until(() => this.#known.has(this.#through + 1));
      while (this.#known.delete(this.#through + 1)) this.#finish(world, nodes);
    }
  }

  medianDelay(count: number): number {
    const delays = this.#delays.slice(-count).sort((a, b) => a - b);
    return delays[Math.floor(delays.length / 2)]!;
  }

  #propose(world: World): void {
    const slot = this.#next++;
    this.#began.set(slot, world.now);
    // Different values, or one of them would be told by its digest alone.
    const value = this.#value.slice();
    new DataView(value.buffer).setUint32(0, slot);
    world.command(this.#proposer, { kind: "propose", slot, value });
  }

  #finish(world: World, nodes: readonly { readonly learner: NodeId }[]): void {
    this.#through += 1;
    const slot = this.#through;
    this.#delays.push(world.now - this.#began.get(slot)!);
    this.#began.delete(slot);
    if (slot % trimEvery !== 0) return;
    for (const { learner } of nodes) world.command(learner, { kind: "trim", slot: slot - trimEvery + 1 });
  }
}
