import {
  type Client,
  createClient,
  createSubscriber,
  GatewayLink,
  type Position,
  SlotsTrimmedError,
  type Subscriber,
} from "@eunomia/aneris-client";
import type { Delivery } from "@eunomia/aneris-switch";
import { controlDomain, controlSigningBytes, Operation, readBatch } from "@eunomia/aneris-switch/messages";
import { encode, fromHex, toHex, utf8Encode } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { plainAuthenticator } from "@eunomia/crypto-auth";
import {
  type BroadcastEvent,
  bodyDigest,
  broadcastEvent,
  broadcastMonitors,
  deliverEvent,
  verdicts,
} from "@eunomia/trace";
import { type MemoryNetwork, memoryNetwork } from "@eunomia/transports/memory";
import type { ClusterConfig } from "../../src/node/config.ts";
import { processOf } from "../../src/node/names.ts";
import { type Change, Operator } from "./operator.ts";
import {
  type NodeWorld,
  publicKeyOf,
  SimulatedNode,
  type SnapshotWorld,
  sealOf,
  sha256,
} from "./simulated-node.ts";
import type { Disk } from "./slow-disk.ts";
import { VirtualTime } from "./virtual-time.ts";

/** How a run differs from a sound one. */
export interface Twin {
  readonly disk?: Disk;
  readonly amnesia?: boolean;
  /** Nodes keep snapshots and let go of their logs; or do so wrongly. */
  readonly snapshots?: "sound" | "snapshot goes on" | "log is let go of";
  /** Nodes come and go. */
  readonly members?: boolean;
  /** Six nodes, which run protocols for Byzantine faults, too. */
  readonly laws?: boolean;
}

/** A run that broke a promise. */
export class PromiseBroken extends Error {}

const subscribers = ["reader-1", "reader-2"] as const;
const clientNames = ["writer-1", "writer-2", "writer-3"] as const;
const controllerKey = "5a".repeat(32);

/** A whole cluster with its clients and subscribers in virtual time, everything drawn from one seed. */
export class SimulatedCluster {
  readonly time = new VirtualTime();
  readonly random: SeededRandom;
  readonly config: ClusterConfig;
  readonly network: MemoryNetwork;
  /** Members, and who is about to be one or still runs though it is none any more. */
  readonly nodes: SimulatedNode[];
  /** Their disks are gone with them. */
  readonly ended: SimulatedNode[] = [];
  readonly operator: Operator;
  readonly clients: readonly Client[];
  readonly #readers: Subscriber[];
  readonly #monitors: ReturnType<typeof broadcastMonitors>;
  readonly #firstProblem: string[] = [];
  /** The last slot that everybody has shown to the outside, which is later than when their engines know it. */
  readonly #slots = new Map<string, number>();
  readonly #applied = new Map<number, string>();
  /** Down from early on until everything works again: nobody's log reaches back to where it stopped. */
  readonly sleeper: SimulatedNode | null;
  readonly #ids: readonly string[];
  readonly #world: NodeWorld;
  /** The last slot of which the operator knows. */
  #followed = 0;
  #controlling = false;
  /** Protocols of the epochs, in their order. */
  readonly protocols: string[];
  trimmed = 0;
  commands = 0;
  crashes = 0;
  controls = 0;

  constructor(seed: number, twin: Twin) {
    const random = new SeededRandom(seed);
    this.random = random;
    this.config = twin.laws ? drawLaws(random) : drawConfig(random);
    this.protocols = [this.config.initial];
    this.network = memoryNetwork({
      random,
      schedule: (delayMs, callback) => this.time.after(delayMs, callback),
    });
    const { nodes } = this.config;
    const spares = twin.members ? Array.from({ length: 6 }, (_, i) => addressOf(nodes.length + 1 + i)) : [];
    this.operator = new Operator(random, nodes, spares);
    const ids = nodes.map((node) => node.id);
    this.#ids = [...ids, ...spares.map((node) => node.id)];
    this.#monitors = broadcastMonitors({
      globalOrder: true,
      processes: [...ids, ...subscribers],
      // Where logs are let go of, a reader may have to begin anew further on, as a node does.
      isSubscriber: (who) => twin.snapshots === undefined && !this.#ids.includes(who),
      fifo: this.config.fifo,
    });
    const world: NodeWorld = {
      time: this.time,
      random,
      config: this.config,
      ids: this.#ids,
      members: () => this.operator.nodes.map(({ id }) => id),
      removed: (who) =>
        void this.time.after(random.pick([0, 500]), () => {
          const node = this.nodes.find(({ id }) => id === who);
          if (node !== undefined) this.end(node);
        }),
      clients: [...clientNames, ...subscribers],
      disk: twin.disk ?? "honest",
      amnesia: twin.amnesia ?? false,
      syncMaxMs: random.pick([0, 5, 20, 80]),
      logSyncDelayMs: random.pick([5, 50, 250]),
      compactAboveBytes: random.pick([4096, 65_536, 64 << 20]),
      snapshots: twin.snapshots === undefined ? null : drawSnapshots(seed, twin.snapshots),
      applied: (who, slot, digest) => {
        const known = this.#applied.get(slot) ?? digest;
        this.#applied.set(slot, known);
        if (known !== digest) this.#firstProblem.push(`the application of ${who} differs after slot ${slot}`);
      },
      installed: (who, slot) => this.#note({ kind: "install", at: this.time.now(), who, slot }),
      transport: (self) => this.network.transport(self),
      delivered: (who, delivery) => {
        this.#note(deliverEvent(this.time.now(), who, delivery, readBatch(delivery.vector) ?? []));
        this.#follow(delivery);
      },
      recovered: (who, slot) => this.#note({ kind: "recover", at: this.time.now(), who, slot }),
      failed: (what) => this.#firstProblem.push(what),
    };
    this.#world = world;
    this.nodes = ids.map((id) => new SimulatedNode(world, id));
    this.sleeper = world.snapshots !== null && ids.length === 4 ? this.nodes[seed % 4]! : null;
    this.clients = clientNames.map((self) =>
      createClient({ link: this.#link(self), random, rtoInitialMs: 200, rtoMaxMs: 800 }),
    );
    this.#readers = subscribers.map((self) => this.#reader(self));
  }

  /** @throws PromiseBroken as soon as something is known to be wrong. */
  async run(ms: number): Promise<void> {
    await this.time.run(this.time.now() + ms);
    const problem = this.#firstProblem[0];
    if (problem !== undefined) throw new PromiseBroken(problem);
    for (const { kind, property, detail } of verdicts(this.#monitors))
      if (kind === "violated") throw new PromiseBroken(`${property}: ${detail}`);
  }

  /** `count` commands of one client; none before its session is open. */
  write(client: Client, count: number): void {
    const session = client.clientId;
    if (session === null) return;
    const first = client.nextSeq + client.queued;
    const bodies = Array.from({ length: count }, (_, i) =>
      utf8Encode(
        `${session}:${first + i}${"-".repeat(this.random.chance(0.2) ? this.random.below(900) : 0)}`,
      ),
    );
    this.#note(broadcastEvent(this.time.now(), client.link.self, session, first, bodies));
    for (const body of bodies) client.send(body);
    this.commands += count;
  }

  /** Has other members decided on, if no control command is under way; new ones are started before that or after. */
  change(change: Change | null = this.#controlling ? null : this.operator.draw()): void {
    if (change === null) return;
    let off = false;
    for (const id of change.joiners)
      this.time.after(this.random.pick([0, 100, 1000]), () => {
        if (!off) this.#join(id);
      });
    const settled = (reason: string): void => {
      if (reason.includes("used before")) this.operator.refused += 1;
      // A command may be in the order though its sender hears otherwise: what the order says counts.
      if (change.joiners.every((id) => this.operator.has(id))) return;
      // A gateway that lags names a number that is used up.
      if (reason.startsWith("number")) return this.control(change.operation, settled);
      off = true;
      for (const node of this.nodes.filter(({ id }) => change.joiners.includes(id))) this.end(node);
    };
    this.control(change.operation, settled);
  }

  #follow({ slot, controls }: Delivery): void {
    if (slot <= this.#followed) return;
    this.#followed = slot;
    for (const { operation } of controls) {
      if (operation.kind === "swap" || operation.kind === "reconfigure")
        this.protocols.push(operation.protocol.name);
      if (operation.kind !== "reconfigure") continue;
      const back = this.ended.find(({ id }) =>
        operation.membership.members.some(({ replica }) => replica === processOf(id, "replica")),
      );
      if (back !== undefined) this.#firstProblem.push(`${back.id} left and has become a member again`);
      this.operator.follow(operation.membership);
    }
  }

  #join(id: string): void {
    const node = new SimulatedNode(this.#world, id);
    this.nodes.push(node);
    node.start();
  }

  /** A node goes for good. */
  end(node: SimulatedNode): void {
    if (node.up) node.crash();
    this.#note({ kind: "crash", at: this.time.now(), who: node.id });
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.ended.push(node);
  }

  /** Nodes that speak with no member that speaks with them are told again by their operator who is there. */
  rescue(): void {
    const circle = ({ state }: SimulatedNode): Set<string> =>
      new Set(state?.epochs.flatMap(({ membership }) => membership.members.map(({ replica }) => replica)));
    for (const node of [...this.nodes]) {
      const self = processOf(node.id, "replica");
      const others = this.nodes.filter(({ id }) => id !== node.id && this.operator.has(id));
      const speaks = (other: SimulatedNode): boolean =>
        circle(node).has(processOf(other.id, "replica")) && circle(other).has(self);
      if (!node.up || others.length === 0 || others.some(speaks)) continue;
      this.crash(node);
      node.start();
    }
  }

  /** Has a control command signed and handed in, if none is under way. */
  control(operation: Operation, settled: (reason: string) => void = () => {}): void {
    if (this.#controlling) return;
    this.#controlling = true;
    const bytes = encode(Operation, operation);
    const [client] = this.clients;
    const done = (): void => {
      this.#controlling = false;
    };
    client!
      .control({
        operation,
        sign: (n, notAfter) => {
          this.#note({
            kind: "control",
            at: this.time.now(),
            who: client!.link.self,
            n,
            digest: bodyDigest(bytes),
          });
          const signed = controlSigningBytes(this.config.cluster, n, notAfter, bytes);
          return [
            { principal: "operator", signature: sealOf(fromHex(controllerKey), controlDomain, signed) },
          ];
        },
      })
      .then((outcome) => {
        if (outcome.kind === "effective") this.controls += 1;
        done();
        settled(outcome.kind === "effective" ? "" : outcome.reason);
      }, done);
  }

  crash(node: SimulatedNode): void {
    if (!node.up) return;
    node.crash();
    this.crashes += 1;
    this.#note({ kind: "crash", at: this.time.now(), who: node.id });
  }

  /** Everything that was asked for is answered, and everybody has all of it. */
  get settled(): boolean {
    const level = Math.max(...this.nodes.map((node) => (node.state?.slotOut ?? 1) - 1));
    const everybody = [...this.nodes.map((node) => node.id), ...subscribers];
    return (
      !this.#controlling &&
      this.nodes.length === this.operator.nodes.length &&
      this.nodes.every(({ id }) => this.operator.has(id)) &&
      this.clients.every((client) => client.outstanding + client.queued === 0) &&
      everybody.every((who) => this.#slots.get(who) === level)
    );
  }

  /** Epochs after the first: swaps that took effect. */
  get swaps(): number {
    return Math.max(...this.nodes.map((node) => node.state?.epochs.at(-1)?.id ?? 0));
  }

  /** @throws PromiseBroken unless every property holds now that the run is over. */
  finish(): void {
    this.#note({ kind: "quiesced", at: this.time.now() });
    for (const { kind, property, detail, looked } of verdicts(this.#monitors, true)) {
      if (kind !== "ok") throw new PromiseBroken(`${property} ${kind}: ${detail}`);
      if (looked === 0 && !property.startsWith("P8")) throw new PromiseBroken(`${property} saw nothing`);
    }
  }

  describe(): string {
    const nodes = this.nodes.map((node) => {
      const state = node.state;
      const waiting = `${state?.pending.length} pending, ${state?.inflight.keys.length} in flight`;
      return `${node.id}: next slot ${state?.slotOut}, epoch ${JSON.stringify(state?.epochs.at(-1)?.id)}, ${waiting}, duty ${state?.duty}`;
    });
    const clients = this.clients.map(
      (client) => `${client.link.self}: ${client.outstanding + client.queued} open`,
    );
    const readers = this.#readers.map((reader, i) => `${subscribers[i]} at ${reader.position.next}`);
    const members = `members ${this.operator.nodes.map(({ id }) => id).join(", ")}`;
    return [members, ...nodes, ...clients, ...readers, `control ${this.#controlling}`].join("; ");
  }

  #note(event: BroadcastEvent): void {
    if (event.kind === "deliver" || event.kind === "recover" || event.kind === "install")
      this.#slots.set(event.who, event.slot);
    for (const monitor of this.#monitors) monitor.feed(event);
  }

  #link(self: string): GatewayLink {
    const ids = this.#ids;
    const first = this.config.nodes.length;
    const start = this.random.below(first);
    // Who may join comes last: one that is not yet a member says of itself that nothing has happened.
    const order = [...ids.slice(start, first), ...ids.slice(0, start), ...ids.slice(first)];
    const nodeOf = new Map(order.map((id) => [processOf(id, "gateway"), id]));
    return new GatewayLink({
      self,
      gateways: [...nodeOf.keys()],
      nodeOf: (process) => nodeOf.get(process) ?? null,
      transport: this.network.transport(self),
      authenticator: plainAuthenticator({ self, cluster: this.config.cluster, peers: ids }),
      clock: this.time,
      defer: (callback) => void this.time.after(0, callback),
    });
  }

  #reader(self: string, from?: Position): Subscriber {
    return createSubscriber({
      link: this.#link(self),
      ...(from && { from }),
      random: this.random,
      cluster: this.config.cluster,
      sha256,
      silenceMs: 300,
      onSlot: ({ slot, epoch, vector, entries }) =>
        this.#note(deliverEvent(this.time.now(), self, { slot, epoch, vector }, entries)),
      onAlarm: (alarm) => this.#firstProblem.push(`alarm of ${self}: ${JSON.stringify(alarm)}`),
      onFault: (error) => {
        if (!(error instanceof SlotsTrimmedError)) {
          this.#firstProblem.push(`${self} stopped: ${error}`);
          return;
        }
        this.trimmed += 1;
        this.#note({ kind: "install", at: this.time.now(), who: self, slot: error.first - 1 });
        const which = subscribers.indexOf(self as (typeof subscribers)[number]);
        this.time.after(0, () => {
          this.#readers[which] = this.#reader(self, { next: error.first, chain: null });
        });
      },
    });
  }
}

/** From a seed of its own: runs without snapshots stay what they are. */
function drawSnapshots(seed: number, how: NonNullable<Twin["snapshots"]>): SnapshotWorld {
  const random = new SeededRandom(seed + 0x5eed);
  return {
    checkpointSlots: random.pick([2, 5, 15]),
    keepSlots: random.pick([0, 0, 10]),
    frozen: random.chance(0.5),
    twin: how === "sound" ? null : how,
  };
}

/** All protocols on as many nodes as one liar among them takes. */
function drawLaws(random: SeededRandom): ClusterConfig {
  const config = drawConfig(random);
  const nodes = Array.from({ length: 6 }, (_, i) => addressOf(1 + i)).map((node) => ({
    ...node,
    publicKey: toHex(publicKeyOf(node.id)),
  }));
  const protocols = {
    "two-thirds": {},
    paxos: {},
    "two-thirds-byzantine": { roundMs: random.pick([20, 50]) },
    "hetero-paxos": {},
  };
  const initial = random.pick(Object.keys(protocols) as (keyof typeof protocols)[]);
  return { ...config, nodes, f: 1, protocols, initial };
}

const addressOf = (n: number) => ({ id: `n${n}`, host: "memory", port: n });

function drawConfig(random: SeededRandom): ClusterConfig {
  const count = random.pick([4, 4, 4, 3]);
  // Of three nodes none may be down for two-thirds; it then waits for all of them.
  const f = count === 4 ? 1 : 0;
  return {
    cluster: "simulated",
    nodes: Array.from({ length: count }, (_, i) => addressOf(1 + i)),
    f,
    initial: random.pick(["two-thirds", "paxos"]),
    protocols: {
      "two-thirds": { graceMs: random.pick([0, 20]) },
      paxos:
        count === 4
          ? random.pick([
              { phase1: 3, phase2: 2 },
              { phase1: 2, phase2: 3 },
            ])
          : { phase1: 2, phase2: 2 },
    },
    controllers: { threshold: 1, principals: [{ id: "operator", publicKey: controllerKey }] },
    alpha: random.pick([1, 2, 4, 8]),
    mode: random.pick(["cut", "window"]),
    fifo: random.chance(0.5),
    maxBatch: random.pick([1, 3, 64]),
    maxBatchBytes: random.pick([4096, 512 * 1024]),
  };
}
