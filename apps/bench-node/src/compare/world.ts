import {
  type AnyEngine,
  type Authenticator,
  type Clock,
  Driver,
  type DriverOptions,
  type Effect,
  type EngineTypes,
  type Journal,
  type NodeId,
  type Ports,
  type Random,
  step,
  type Transport,
} from "@eunomia/engine";

/** One process of a protocol, ready to run. */
export interface WorldProcess {
  readonly process: NodeId;
  readonly engine: AnyEngine;
  readonly config: unknown;
}

/** One node: what runs on it, and how its packets are sealed. */
export interface WorldNode {
  readonly id: NodeId;
  readonly authenticator: Authenticator;
  readonly processes: readonly WorldProcess[];
  /** Puts something between the driver of this node and the network. */
  readonly line?: (base: WorldPorts) => Pick<Ports, "transport" | "authenticator" | "wire">;
  /** Takes the place of the step of its engines: a node that lies. */
  readonly step?: NonNullable<DriverOptions["step"]>;
}

/** What a world gives to a node. */
export type WorldPorts = Pick<Ports, "transport" | "clock" | "random" | "defer"> & {
  readonly nodeOf: (process: NodeId) => NodeId | null;
};

/** How long frames take, in milliseconds from 1 on. */
export type Delays = (from: NodeId, to: NodeId) => number;

export type WorldOutput = (
  process: NodeId,
  output: { readonly kind: string; readonly slot?: number },
) => void;

/** The instance that all processes of a world live in. */
const instance = "";

/**
 * Nodes with the product's driver each, in one process and in virtual time: every frame takes one millisecond, which is one
 * message delay, unless `delays` says otherwise, and work takes none. Records are made, and go nowhere. What is sent at one moment
 * over one distance arrives together.
 */
export class World {
  now = 0;
  /** Messages between processes so far, by kind; those within a node count too. */
  readonly sent = new Map<string, number>();
  /** Sealed bytes between nodes so far. */
  bytes = 0;
  /** The same over distances of more than one millisecond. */
  farBytes = 0;
  readonly #delays: Delays;
  readonly #drivers = new Map<NodeId, Driver>();
  readonly #nodeOf = new Map<NodeId, NodeId>();
  readonly #listeners = new Map<NodeId, (from: NodeId, bytes: Uint8Array) => void>();
  readonly #due = new Map<number, Set<() => void>>();
  #deferred: (() => void)[] = [];
  readonly #wire = new Map<number, (() => void)[]>();

  constructor(nodes: readonly WorldNode[], onOutput: WorldOutput, delays: Delays = () => 1) {
    this.#delays = delays;
    for (const node of nodes) for (const { process } of node.processes) this.#nodeOf.set(process, node.id);
    for (const node of nodes) this.#drivers.set(node.id, this.#driver(node, onOutput));
    for (const { id, processes } of nodes)
      for (const { process, engine, config } of processes)
        this.#drivers.get(id)!.spawn({ process, instance }, engine, config);
    this.#settle();
  }

  /** Hands a command to a process; it is taken before time goes on. */
  command(process: NodeId, command: unknown): void {
    this.#drivers.get(this.#nodeOf.get(process)!)!.command({ process, instance }, command);
  }

  /** Lets one message delay pass. */
  tick(): void {
    this.#settle();
    this.now += 1;
    const arriving = this.#wire.get(this.now) ?? [];
    this.#wire.delete(this.now);
    for (const arrive of arriving) arrive();
    const timers = this.#due.get(this.now);
    this.#due.delete(this.now);
    for (const fire of timers ?? []) fire();
    this.#settle();
  }

  /** Ticks until the condition holds. @throws Error when it does not within so many delays. */
  until(condition: () => boolean, limit = 1000): void {
    for (let left = limit; !condition(); left -= 1) {
      if (left === 0) throw new Error(`nothing came of ${limit} message delays`);
      this.tick();
    }
  }

  /** Packets that nobody took, by reason, at all nodes. */
  refusals(): ReadonlyMap<string, number> {
    const all = new Map<string, number>();
    for (const driver of this.#drivers.values())
      for (const [reason, count] of driver.refusals()) all.set(reason, (all.get(reason) ?? 0) + count);
    return all;
  }

  stop(): void {
    for (const driver of this.#drivers.values()) driver.stop();
  }

  #settle(): void {
    while (this.#deferred.length > 0) {
      const now = this.#deferred;
      this.#deferred = [];
      for (const callback of now) callback();
    }
  }

  #driver({ id, authenticator, line, step: own }: WorldNode, onOutput: WorldOutput): Driver {
    const nodeOf = (process: NodeId): NodeId | null => this.#nodeOf.get(process) ?? null;
    const base = {
      transport: this.#transport(id),
      clock: this.#clock(),
      random: noChance,
      defer: (callback: () => void) => void this.#deferred.push(callback),
    };
    const driver = new Driver(
      { ...base, journal: noDisk(), authenticator, ...line?.({ ...base, nodeOf }) },
      {
        nodeOf,
        onOutput: ({ process }, output) => onOutput(process, output as { kind: string; slot?: number }),
        onSpawn: () => {},
        onFault: (error) => {
          throw error;
        },
        step: (address, engine, config, state, event) => {
          const taken = own?.(address, engine, config, state, event) ?? step(engine, config, state, event);
          for (const effect of taken.effects) this.#count(effect);
          return taken;
        },
      },
    );
    driver.open([]);
    return driver;
  }

  #count(effect: Effect<EngineTypes>): void {
    if (effect.kind !== "send") return;
    const { kind } = effect.message;
    this.sent.set(kind, (this.sent.get(kind) ?? 0) + effect.to.length);
  }

  #transport(self: NodeId): Transport {
    return {
      self,
      send: (to, bytes) => {
        const delay = this.#delays(self, to);
        const at = this.now + delay;
        this.bytes += bytes.length;
        if (delay > 1) this.farBytes += bytes.length;
        const arrive = (): void => this.#listeners.get(to)!(self, bytes);
        const arriving = this.#wire.get(at) ?? [];
        if (arriving.length === 0) this.#wire.set(at, arriving);
        arriving.push(arrive);
        return true;
      },
      listen: (receive) => this.#listeners.set(self, receive),
      close: async () => {},
    };
  }

  #clock(): Clock {
    return {
      now: () => this.now,
      after: (delayMs, callback) => {
        const at = this.now + Math.max(1, Math.ceil(delayMs));
        const timers = this.#due.get(at) ?? new Set();
        this.#due.set(at, timers.add(callback));
        return () => timers.delete(callback);
      },
    };
  }
}

const noChance: Random = { next: () => 0 };

/** A disk that is infinitely quick, and keeps nothing: what it would keep is not what is measured. */
function noDisk(): Journal {
  let position = 0;
  return {
    replay: () => ({ kind: "absent" }),
    append: (records) => (position += records.length),
    sync: () => position,
    snapshot: () => {},
    sizeBytes: 0,
    close: async () => {},
  };
}
