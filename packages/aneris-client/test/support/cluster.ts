import {
  type ClientMessage,
  type DeliveredSlot,
  type Entry,
  emptyBatch,
  encodeRegistration,
  entriesPerSlotMax,
  genesisChain,
  joinBatch,
  nextChain,
  type Run,
  readBatch,
} from "@eunomia/aneris-switch/messages";
import { sha256 } from "@eunomia/codec";
import type { World } from "./world.ts";

interface Session {
  low: number;
  done: Set<number>;
  places: Map<number, { slot: number; index: number }>;
}
interface Gateway {
  up: boolean;
  /** Cut off from the other nodes: answers, and delivers nothing new. */
  frozen: boolean;
  delivered: number;
  attached: Map<number, string>;
  subscribers: Map<string, { next: number; creditBytes: number }>;
  registrations: { nonce: string; process: string }[];
}
interface OrderedSlot extends DeliveredSlot {
  readonly runs: Run[];
  readonly registered: { nonce: Uint8Array; client: number }[];
}

/** A cluster reduced to what clients see of it: one order of slots, and gateways that fall behind, forget and refuse. */
export class Cluster {
  readonly world: World;
  readonly gateways = new Map<string, Gateway>();
  readonly slots: OrderedSlot[] = [];
  readonly sessions = new Map<number, Session>();
  readonly name = "t";
  /** Client, number and body of every command as it was executed. */
  readonly executed: { client: number; seq: number; body: string; slot: number; index: number }[] = [];
  sessionWindow = 1024;
  busyRate = 0;
  maxEntryBytes = 1 << 20;
  /** Most replies that were cached at a time for one client. */
  mostCached = 0;
  /** Highest number above the executed prefix that was offered. */
  mostAhead = 0;
  requests = 0;
  #pending: { entry: Entry; bytes: Uint8Array; key: string }[] = [];

  constructor(world: World, gateways: readonly string[], staticClients: readonly number[] = []) {
    this.world = world;
    for (const id of gateways) {
      this.gateways.set(id, fresh(0));
      world.join(id, (from, message) => this.#take(id, from, message));
    }
    for (const client of staticClients) this.openSession(client);
    const order = (): void => {
      this.order();
      world.after(5, order);
    };
    world.after(5, order);
  }

  openSession(client: number): void {
    this.sessions.set(client, { low: 0, done: new Set(), places: new Map() });
  }

  crash(id: string): void {
    this.gateways.set(id, { ...fresh(this.slots.length), up: false });
  }

  freeze(id: string): void {
    this.gateways.get(id)!.frozen = true;
  }

  restart(id: string): void {
    this.gateways.set(id, fresh(this.slots.length));
  }

  /** Orders what is pending as one slot; an idle cluster orders nothing. */
  order(force = false): void {
    if (this.#pending.length === 0 && !force) return;
    const slot = this.slots.length + 1;
    const kept: Uint8Array[] = [];
    const runs: Run[] = [];
    const registered: OrderedSlot["registered"] = [];
    for (const { entry, bytes } of this.#pending.splice(0)) {
      if (entry.kind === "register") {
        const client = slot * entriesPerSlotMax + kept.length;
        this.openSession(client);
        registered.push({ nonce: entry.nonce, client });
      } else if (entry.kind === "command" && !this.#execute(entry, bytes, slot, kept.length, runs)) continue;
      kept.push(bytes);
    }
    const vector = kept.length === 0 ? emptyBatch : joinBatch(kept);
    const before = this.slots[slot - 2]?.chain ?? genesisChain(sha256, this.name);
    const chain = nextChain(sha256, before, slot, 0, sha256(vector));
    this.slots.push({ slot, epoch: 0, vector, chain, runs, registered });
    for (const id of this.gateways.keys()) this.world.after(this.world.below(20), () => this.#catchUp(id));
  }

  #execute(
    entry: Extract<Entry, { kind: "command" }>,
    bytes: Uint8Array,
    slot: number,
    index: number,
    runs: Run[],
  ): boolean {
    const { client, seq, ack } = entry;
    const session = this.sessions.get(client);
    if (session === undefined || seq <= session.low || session.done.has(seq)) return false;
    if (seq > session.low + this.sessionWindow) return false;
    session.done.add(seq);
    while (session.done.delete(session.low + 1)) session.low += 1;
    for (const known of session.places.keys()) if (known <= ack) session.places.delete(known);
    session.places.set(seq, { slot, index });
    this.mostCached = Math.max(this.mostCached, session.places.size);
    const body = bytes.subarray(entry.bodyStart - entry.start);
    this.executed.push({ client, seq, body: [...body].join(), slot, index });
    const last = runs[runs.length - 1];
    if (last?.client === client && last.seq + last.count === seq && last.index + last.count === index)
      last.count += 1;
    else runs.push({ client, seq, count: 1, slot, index });
    return true;
  }

  #catchUp(id: string): void {
    const gateway = this.gateways.get(id)!;
    if (!gateway.up || gateway.frozen) return;
    while (gateway.delivered < this.slots.length) {
      gateway.delivered += 1;
      const { runs, registered } = this.slots[gateway.delivered - 1]!;
      for (const run of runs) {
        const process = gateway.attached.get(run.client);
        if (process !== undefined) this.world.send(id, process, { kind: "reply", runs: [run] });
      }
      for (const { nonce, client } of registered) {
        const at = gateway.registrations.findIndex((entry) => entry.nonce === [...nonce].join());
        const [entry] = at < 0 ? [] : gateway.registrations.splice(at, 1);
        if (entry === undefined) continue;
        gateway.attached.set(client, entry.process);
        this.world.send(id, entry.process, { kind: "registered", nonce, client, slot: gateway.delivered });
      }
    }
    for (const process of gateway.subscribers.keys()) this.#pump(id, process);
  }

  #pump(id: string, process: string): void {
    const gateway = this.gateways.get(id)!;
    const subscriber = gateway.subscribers.get(process);
    while (subscriber && subscriber.creditBytes > 0 && subscriber.next <= gateway.delivered) {
      const { slot, epoch, vector, chain } = this.slots[subscriber.next - 1]!;
      subscriber.next += 1;
      subscriber.creditBytes = Math.max(0, subscriber.creditBytes - vector.length - 64);
      this.world.send(id, process, { kind: "delivered", slots: [{ slot, epoch, vector, chain }] });
    }
  }

  #take(id: string, from: string, message: ClientMessage): void {
    const gateway = this.gateways.get(id)!;
    if (!gateway.up) return;
    if (message.kind === "request") {
      this.requests += 1;
      if (message.client > 0) gateway.attached.set(message.client, from);
      for (const entry of readBatch(message.batch) ?? []) this.#submit(id, from, entry, message.batch);
    } else if (message.kind === "register") {
      const nonce = [...message.nonce].join();
      gateway.registrations.push({ nonce, process: from });
      const entry = { kind: "register", nonce: message.nonce, owner: "", start: 0, end: 0 } as const;
      const bytes = encodeRegistration(message.nonce);
      this.#pending.push({ entry, bytes, key: nonce });
    } else if (message.kind === "subscribe") {
      gateway.subscribers.set(from, { next: message.next, creditBytes: message.creditBytes });
      this.#pump(id, from);
    } else if (message.kind === "credit") {
      const subscriber = gateway.subscribers.get(from);
      if (subscriber) subscriber.creditBytes += message.bytes;
      this.#pump(id, from);
    } else if (message.kind === "ask") this.#status(id, from, message.nonce);
  }

  #status(id: string, to: string, nonce: number): void {
    const { delivered, subscribers } = this.gateways.get(id)!;
    this.world.send(id, to, {
      kind: "status",
      nonce,
      delivered,
      epoch: 0,
      protocol: "p",
      nextControl: 1,
      chain: new Uint8Array(32),
      subscribers: subscribers.size,
    });
  }

  #submit(id: string, from: string, entry: Entry, batch: Uint8Array): void {
    if (entry.kind !== "command") return;
    const { client, seq } = entry;
    const reject = (reason: string): void =>
      this.world.send(id, from, { kind: "rejected", client, seq, reason });
    const session = this.sessions.get(client);
    if (session === undefined) return reject("session");
    if (entry.end - entry.start > this.maxEntryBytes) return reject("too large");
    this.mostAhead = Math.max(this.mostAhead, seq - session.low);
    if (seq <= session.low || session.done.has(seq)) {
      const place = session.places.get(seq);
      if (place) this.world.send(id, from, { kind: "reply", runs: [{ client, seq, count: 1, ...place }] });
      return;
    }
    if (seq > session.low + this.sessionWindow) return reject("window");
    if (this.world.chance() < this.busyRate) return reject("busy");
    const key = `${client}:${seq}`;
    if (this.#pending.some((pending) => pending.key === key)) return;
    this.#pending.push({ entry, bytes: batch.slice(entry.start, entry.end), key });
  }
}

function fresh(delivered: number): Gateway {
  return {
    up: true,
    frozen: false,
    delivered,
    attached: new Map(),
    subscribers: new Map(),
    registrations: [],
  };
}
