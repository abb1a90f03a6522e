import { type Client, createClient, createSubscriber, GatewayLink } from "@eunomia/aneris-client";
import type { ReplicaState } from "@eunomia/aneris-switch";
import { controlSigningBytes, type Entry, Operation, readBatch } from "@eunomia/aneris-switch/messages";
import { encode, toHex, utf8Encode } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import type { Draw, Scene } from "@eunomia/simulation";
import {
  type BroadcastEvent,
  bodyDigest,
  broadcastEvent,
  broadcastMonitors,
  deliverEvent,
  type Monitor,
} from "@eunomia/trace";
import { LogHistory } from "./log-history.ts";
import { Lookers } from "./lookers.ts";
import type { NodeEars } from "./node.ts";
import { signatureOf } from "./parts.ts";
import { type AnerisRun, cluster, directoryOf, nodesOf, processOf, specOf } from "./shape.ts";
import { Stranger, strangerSession } from "./stranger.ts";

export const writers = ["writer-1", "writer-2"] as const;
const readers = ["reader-1", "reader-2"] as const;
export const stranger = "stranger";

/** The clients, subscribers and monitors of one run. */
export class Broadcast implements NodeEars {
  readonly oracles: NodeEars["oracles"];
  readonly #run: AnerisRun;
  readonly #scene: Scene;
  readonly #monitors: readonly Monitor<BroadcastEvent>[];
  readonly #clients: readonly Client[];
  /** The last slot that everybody has shown to the outside. */
  readonly #last = new Map<string, number>();
  readonly #history = new LogHistory();
  readonly #stranger: Stranger;
  readonly lookers: Lookers;
  /** Operations of the control commands by number, as they were delivered. */
  readonly #effective = new Map<string, string>();
  /** Every control command that a client has signed. */
  readonly #signed = new Set<string>();
  #written = 0;
  #controlled = 0;
  /** Clients whose control commands are under way. */
  readonly #controlling = new Set<number>();

  constructor(run: AnerisRun, scene: Scene, oracles: NodeEars["oracles"]) {
    this.oracles = oracles;
    this.#run = run;
    this.#scene = scene;
    const nodes = nodesOf(run);
    this.#monitors = broadcastMonitors({
      globalOrder: true,
      processes: [...nodes, ...readers],
      isSubscriber: (who) => !nodes.includes(who),
      fifo: run.fifo,
      recoverCovers: true,
    });
    this.#clients = writers.map((self, i) => {
      const { random } = scene.outside(`${self}-chance`);
      const window = run.sessionWindow;
      return createClient({
        link: this.#link(self, this.#from(i)),
        random,
        window,
        rtoInitialMs: 200,
        rtoMaxMs: 800,
      });
    });
    this.#stranger = new Stranger(this.#link(stranger, this.#from(0)), run.sessionWindow, (seq, body) =>
      this.#submit(stranger, strangerSession, seq, [body]),
    );
    this.lookers = new Lookers(
      {
        nodes,
        reads: run.reads,
        link: (self, node) => this.#link(self, [node]),
        lies: (node) => this.#lies(node),
      },
      scene,
      this.#history,
    );
    for (const [i, self] of readers.entries()) this.#subscribe(self, i);
    for (const client of this.#clients) client.registered().catch(() => {});
  }

  substitute: NodeEars["substitute"] = (engine) => this.#scene.substitute(engine);

  recovered(who: string, slot: number): void {
    if (this.#lies(who)) return;
    this.#last.set(who, slot);
    this.note({ kind: "recover", at: this.#scene.nowMs(), who, slot });
  }

  delivered(who: string, delivery: Parameters<NodeEars["delivered"]>[1]): void {
    if (this.#lies(who)) return;
    this.#last.set(who, delivery.slot);
    if (delivery.epoch > 0 && delivery.count > 0) this.#scene.mark("commands behind a swap");
    this.#deliver(who, delivery, readBatch(delivery.vector) ?? []);
  }

  /** What a Byzantine node says of itself is nobody's delivery. */
  #lies(who: string): boolean {
    return this.#scene.faulty.byzantine.has(who);
  }

  #deliver(
    who: string,
    slot: { readonly slot: number; readonly epoch: number; readonly vector: Uint8Array },
    entries: readonly Entry[],
  ): void {
    this.#history.delivered(slot.slot, entries);
    const nonces = entries.flatMap((entry) => (entry.kind === "register" ? [toHex(entry.nonce)] : []));
    if (new Set(nonces).size < nonces.length)
      this.#scene.violated("a slot opens one session for a request", `slot ${slot.slot} at ${who}`);
    for (const entry of entries)
      if (entry.kind === "control") this.#effective.set(`${entry.n} in ${slot.slot}`, toHex(entry.operation));
    this.note(deliverEvent(this.#scene.nowMs(), who, slot, entries));
  }

  #submit(who: string, session: number, first: number, bodies: readonly Uint8Array[]): void {
    const at = this.#scene.nowMs();
    this.note(broadcastEvent(at, who, session, first, bodies));
    for (const i of bodies.keys()) this.#history.submitted(at, who, session, first + i);
  }

  alarmed(who: string, what: string): void {
    if (!this.#lies(who)) this.#scene.violated("no alarm", what);
  }

  note(event: BroadcastEvent): void {
    for (const monitor of this.#monitors) {
      monitor.feed(event);
      const { kind, property, detail } = monitor.verdict();
      if (kind === "violated") this.#scene.violated(property, detail);
    }
  }

  /** Everything that was asked for is answered, and everybody in the core has all of it. */
  get settled(): boolean {
    const everybody = [...(this.#scene.core ?? nodesOf(this.#run)), ...readers];
    const level = Math.max(...everybody.map((who) => this.#last.get(who) ?? 0));
    return (
      this.#controlling.size === 0 &&
      this.lookers.settled(this.#scene.core ?? nodesOf(this.#run)) &&
      this.#clients.every((client) => client.clientId !== null && client.outstanding + client.queued === 0) &&
      everybody.every((who) => (this.#last.get(who) ?? 0) === level) &&
      this.#swapsInForce(level)
    );
  }

  /** The newest swap takes effect without traffic, and what was before it is forgotten in the end. */
  #swapsInForce(level: number): boolean {
    return (this.#scene.core ?? []).every((node) => {
      const state = this.#stateOf(node);
      if (state === undefined || state.epochs.length !== 1 || state.epochs[0]!.from > level + 1) return false;
      // What is known to be decided is delivered, whoever proposed it.
      return state.highestSeen < state.slotOut;
    });
  }

  finish(settled: boolean): string | null {
    const at = this.#scene.nowMs();
    const disorder = this.#history.problem(at);
    if (disorder !== null || !settled) return disorder;
    // Nobody owes it an answer.
    this.note({ kind: "faulty", at, who: stranger, fault: "crash" });
    for (const who of nodesOf(this.#run))
      if (!(this.#scene.core ?? []).includes(who)) this.note({ kind: "faulty", at, who, fault: "crash" });
    this.note({ kind: "quiesced", at });
    for (const monitor of this.#monitors) {
      const { kind, property, detail } = monitor.verdict(true);
      if (kind !== "ok") return `${property} ${kind}: ${detail}`;
    }
    return null;
  }

  write(client: number, draw: Draw): string | null {
    const own = this.#clients[client]!;
    const session = own.clientId;
    if (session === null || this.#written >= this.#run.commands || this.#scene.core !== null) return null;
    const count = 1 + draw.below(4);
    const first = own.nextSeq + own.queued;
    const bodies = Array.from({ length: count }, (_, i) =>
      utf8Encode(`${session}:${first + i}${"-".repeat(draw.chance(0.2) ? 400 : 0)}`),
    );
    const who = writers[client]!;
    this.#submit(who, session, first, bodies);
    for (const body of bodies)
      own.broadcast(body).then(
        ({ seq, slot, index }) => {
          this.#history.answered(this.#scene.nowMs(), who, session, seq, slot, index);
          this.#scene.answered("commands", true);
        },
        () => this.#scene.answered("commands", false),
      );
    this.#written += count;
    return "commands";
  }

  /** Both clients control, and like to do it at once: then one of them comes too late for its number. */
  control(client: number, draw: Draw): string | null {
    const open = this.#controlling;
    if (open.has(client) || this.#controlled >= this.#run.controls || this.#scene.core !== null) return null;
    if (!draw.chance(open.size > 0 ? 0.5 : 0.05)) return null;
    open.add(client);
    this.#controlled += 1;
    const operation: Operation = draw.chance(0.2)
      ? { kind: "mode", mode: { kind: draw.pick(["cut", "window"] as const) } }
      : { kind: "swap", protocol: specOf(this.#run, draw.pick(["two-thirds", "paxos"] as const)) };
    const bytes = encode(Operation, operation);
    const who = writers[client]!;
    const sign = (n: number, notAfter: number) => {
      this.note({ kind: "control", at: this.#scene.nowMs(), who, n, digest: bodyDigest(bytes) });
      this.#signed.add(`${who} ${n} ${toHex(bytes)}`);
      return [signatureOf(controlSigningBytes(cluster, n, notAfter, bytes))];
    };
    const done = (accepted: boolean): void => {
      open.delete(client);
      this.#scene.answered(operation.kind, accepted);
    };
    this.#clients[client]!.control({ operation, sign }).then(
      (outcome) => {
        if (outcome.kind === "effective") this.#confirmed(who, outcome.n, outcome.slot);
        else if (outcome.reason.includes("another command")) this.#scene.mark("a control that came too late");
        done(outcome.kind === "effective");
      },
      () => done(false),
    );
    return operation.kind;
  }

  /** An answer is about a number: it may be an earlier command of the client that took effect under it, never another's. */
  #confirmed(who: string, n: number, slot: number): void {
    const operation = this.#effective.get(`${n} in ${slot}`);
    if (operation === undefined || !this.#signed.has(`${who} ${n} ${operation}`))
      this.#scene.violated("a confirmed control took effect", `${who} hears of control ${n} in slot ${slot}`);
  }

  /** Somebody who keeps to nothing. */
  stray(draw: Draw): string | null {
    if (this.#scene.core !== null || !draw.chance(0.1)) return null;
    const node = draw.pick(nodesOf(this.#run));
    const state = this.#stateOf(node);
    if (state !== undefined && draw.chance(0.3)) {
      const left = this.#stranger.leftover(state, this.#run.alpha, draw);
      if (left !== null) {
        this.#scene.command(processOf(node, "replica"), left);
        return "leftovers";
      }
    }
    return this.#stranger.request(state, draw);
  }

  describe(): string {
    const nodes = nodesOf(this.#run).map((node) => {
      const state = this.#stateOf(node);
      return state === undefined
        ? `${node} is down`
        : `${node}: next slot ${state.slotOut}, epochs ${state.epochs.map(({ id, from }) => `${id} from ${from}`)}, ${state.pending.length} pending, ${state.inflight.keys.length} in flight, seen ${state.highestSeen}`;
    });
    const clients = this.#clients.map((client) => `${client.outstanding + client.queued} open`);
    const last = readers.map((who) => `${who} at ${this.#last.get(who) ?? 0}`);
    return [...nodes, ...clients, ...last, `controls under way: ${this.#controlling.size}`].join("\n");
  }

  #stateOf(node: NodeId): ReplicaState | undefined {
    return this.#scene.peek(processOf(node, "replica")) as ReplicaState | undefined;
  }

  /** All nodes, beginning with one of them. */
  #from(start: number): NodeId[] {
    const nodes = nodesOf(this.#run);
    return nodes.map((_, i) => nodes[(i + start) % nodes.length]!);
  }

  #link(self: string, nodes: readonly NodeId[]): GatewayLink {
    return new GatewayLink({
      self,
      gateways: nodes.map((node) => processOf(node, "gateway")),
      nodeOf: directoryOf(this.#run),
      ...this.#scene.outside(self),
    });
  }

  #subscribe(self: string, start: number): void {
    const { random } = this.#scene.outside(`${self}-chance`);
    createSubscriber({
      link: this.#link(self, this.#from(start)),
      random,
      cluster,
      sha256: this.oracles.sha256,
      silenceMs: 300,
      creditBytes: this.#run.creditBytes,
      onSlot: ({ slot, epoch, vector, entries }) => {
        this.#last.set(self, slot);
        this.#deliver(self, { slot, epoch, vector }, entries);
      },
      onAlarm: (alarm) => this.alarmed(self, `${self}: ${JSON.stringify(alarm)}`),
      onFault: (error) => this.#scene.violated("subscriber", String(error)),
    });
  }
}
