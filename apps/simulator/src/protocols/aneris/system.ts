import { type Client, createClient, createSubscriber, GatewayLink } from "@eunomia/aneris-client";
import type { ReplicaState } from "@eunomia/aneris-switch";
import { controlSigningBytes, Operation, readBatch } from "@eunomia/aneris-switch/messages";
import { encode, utf8Encode } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import type { Cluster, Draw, Scene, System, Watch } from "@eunomia/simulation";
import {
  type BroadcastEvent,
  bodyDigest,
  broadcastEvent,
  broadcastMonitors,
  deliverEvent,
  type Monitor,
} from "@eunomia/trace";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { crashBudget } from "../consensus-system.ts";
import { type NodeEars, startNode } from "./node.ts";
import { plainOracles, protocol, signatureOf } from "./parts.ts";
import { type AnerisRun, cluster, directoryOf, nodesOf, processOf } from "./shape.ts";

const writers = ["writer-1", "writer-2"] as const;
const readers = ["reader-1", "reader-2"] as const;

/** The clients, subscribers and monitors of one run. */
class Broadcast implements NodeEars {
  readonly oracles: NodeEars["oracles"];
  readonly #run: AnerisRun;
  readonly #scene: Scene;
  readonly #monitors: readonly Monitor<BroadcastEvent>[];
  readonly #clients: readonly Client[];
  /** The last slot that everybody has shown to the outside. */
  readonly #last = new Map<string, number>();
  #written = 0;
  #controlled = 0;
  #controlling = false;

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
      return createClient({ link: this.#link(self, i), random, rtoInitialMs: 200, rtoMaxMs: 800 });
    });
    for (const [i, self] of readers.entries()) this.#subscribe(self, i);
    for (const client of this.#clients) client.registered().catch(() => {});
  }

  substitute: NodeEars["substitute"] = (engine) => this.#scene.substitute(engine);

  recovered(who: string, slot: number): void {
    this.#last.set(who, slot);
    this.note({ kind: "recover", at: this.#scene.nowMs(), who, slot });
  }

  delivered(who: string, delivery: Parameters<NodeEars["delivered"]>[1]): void {
    this.#last.set(who, delivery.slot);
    if (delivery.epoch > 0 && delivery.count > 0) this.#scene.mark("commands behind a swap");
    this.note(deliverEvent(this.#scene.nowMs(), who, delivery, readBatch(delivery.vector) ?? []));
  }

  alarmed(_who: string, what: string): void {
    this.#scene.violated("no alarm", what);
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
      !this.#controlling &&
      this.#clients.every((client) => client.clientId !== null && client.outstanding + client.queued === 0) &&
      everybody.every((who) => (this.#last.get(who) ?? 0) === level) &&
      this.#swapsInForce(level)
    );
  }

  /** The newest swap takes effect without traffic, and what was before it is forgotten in the end. */
  #swapsInForce(level: number): boolean {
    return (this.#scene.core ?? []).every((node) => {
      const state = this.#stateOf(node);
      return state !== undefined && state.epochs.length === 1 && state.epochs[0]!.from <= level + 1;
    });
  }

  finish(settled: boolean): string | null {
    if (!settled) return null;
    const at = this.#scene.nowMs();
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
      utf8Encode(`${session}:${first + i}${"-".repeat(draw.chance(0.1) ? 400 : 0)}`),
    );
    this.note(broadcastEvent(this.#scene.nowMs(), writers[client]!, session, first, bodies));
    for (const body of bodies)
      own.broadcast(body).then(
        () => this.#scene.answered("commands", true),
        () => this.#scene.answered("commands", false),
      );
    this.#written += count;
    return "commands";
  }

  control(draw: Draw): string | null {
    if (this.#controlling || this.#controlled >= this.#run.controls || this.#scene.core !== null) return null;
    if (!draw.chance(0.05)) return null;
    this.#controlling = true;
    this.#controlled += 1;
    const operation: Operation = draw.chance(0.2)
      ? { kind: "mode", mode: { kind: draw.pick(["cut", "window"] as const) } }
      : { kind: "swap", protocol: protocol(draw.pick(["two-thirds", "paxos"])) };
    const bytes = encode(Operation, operation);
    const who = writers[0];
    const sign = (n: number, notAfter: number) => {
      this.note({ kind: "control", at: this.#scene.nowMs(), who, n, digest: bodyDigest(bytes) });
      return [signatureOf(controlSigningBytes(cluster, n, notAfter, bytes))];
    };
    const done = (accepted: boolean): void => {
      this.#controlling = false;
      this.#scene.answered(operation.kind, accepted);
    };
    this.#clients[0]!.control({ operation, sign }).then(
      ({ kind }) => done(kind === "effective"),
      () => done(false),
    );
    return operation.kind;
  }

  describe(): string {
    const nodes = nodesOf(this.#run).map((node) => {
      const state = this.#stateOf(node);
      return state === undefined
        ? `${node} is down`
        : `${node}: next slot ${state.slotOut}, epochs ${state.epochs.map(({ id, from }) => `${id} from ${from}`)}, ${state.pending.length} pending, ${state.inflight.keys.length} in flight`;
    });
    const clients = this.#clients.map((client) => `${client.outstanding + client.queued} open`);
    const last = readers.map((who) => `${who} at ${this.#last.get(who) ?? 0}`);
    return [...nodes, ...clients, ...last, `control under way: ${this.#controlling}`].join("\n");
  }

  #stateOf(node: NodeId): ReplicaState | undefined {
    return this.#scene.peek(processOf(node, "replica")) as ReplicaState | undefined;
  }

  #link(self: string, start: number): GatewayLink {
    const nodes = nodesOf(this.#run);
    const order = nodes.map((_, i) => nodes[(i + start) % nodes.length]!);
    return new GatewayLink({
      self,
      gateways: order.map((node) => processOf(node, "gateway")),
      nodeOf: directoryOf(this.#run),
      ...this.#scene.outside(self),
    });
  }

  #subscribe(self: string, start: number): void {
    const { random } = this.#scene.outside(`${self}-chance`);
    createSubscriber({
      link: this.#link(self, start),
      random,
      cluster,
      sha256: this.oracles.sha256,
      silenceMs: 300,
      onSlot: ({ slot, epoch, vector, entries }) => {
        this.#last.set(self, slot);
        this.note(deliverEvent(this.#scene.nowMs(), self, { slot, epoch, vector }, entries));
      },
      onAlarm: (alarm) => this.alarmed(self, `${self}: ${JSON.stringify(alarm)}`),
      onFault: (error) => this.#scene.violated("subscriber", String(error)),
    });
  }
}

/** An epoch ends once the logs of f + 1 replicas hold it: whoever lags learns it from one of them. */
function retiredEpochs(run: AnerisRun, scene: Scene): Watch {
  const durable = new Map<NodeId, number>();
  const note = (process: NodeId, slot: number): void =>
    void durable.set(process, Math.max(slot, durable.get(process) ?? 0));
  return {
    property: "an epoch ends when f + 1 logs hold it",
    step({ process, engine, event, effects }) {
      if (engine !== "aneris-replica") return null;
      if (event.kind === "commands")
        for (const command of event.commands as { kind: string; slot: number }[])
          if (command.kind === "stable") note(process, command.slot);
      for (const effect of effects as { kind: string; output?: { kind: string; delivered: number } }[]) {
        if (effect.output?.kind === "restored") note(process, effect.output.delivered);
        if (effect.output?.kind !== "retire") continue;
        const last = ((scene.peek(process, "") as ReplicaState | undefined)?.epochs[0]?.from ?? 1) - 1;
        const holders = [...durable.values()].filter((slot) => slot >= last).length;
        if (holders < run.f + 1)
          return `${process} ends an epoch through slot ${last}, which ${holders} logs hold`;
      }
      return null;
    },
  };
}

/** The whole broadcast: nodes as on real machines, clients and subscribers as applications use them, swaps under load. */
export function anerisSystem(substitution: Partial<Substitution> = {}): System<AnerisRun> {
  const { oracles } = { ...unchanged, ...substitution };
  return {
    name: "aneris",
    wire: "bytes",
    promises: true,
    draw: drawRun,
    build(run, scene): Cluster {
      const nodes = nodesOf(run);
      const broadcast = new Broadcast(run, scene, oracles(plainOracles));
      return {
        nodes: nodes.map((id) => ({ id, start: (life) => startNode(life, run, broadcast) })),
        nodeOf: directoryOf(run),
        clients: [
          ...writers.map((id, i) => ({ id, act: (draw: Draw) => broadcast.write(i, draw) })),
          { id: "monitor", act: (draw: Draw) => broadcast.control(draw) },
        ],
        watches: [
          retiredEpochs(run, scene),
          {
            property: "broadcast",
            fate: ({ atMs, node, kind }) => {
              if (kind === "crashed" || kind === "stopped")
                broadcast.note({ kind: "crash", at: atMs, who: node });
              return null;
            },
            end: (settled) => broadcast.finish(settled),
          },
        ],
        budget: crashBudget(nodes, run.f),
        patienceMs: 30_000,
        done: () => broadcast.settled,
        describe: () => broadcast.describe(),
      };
    },
  };
}

function drawRun(draw: Draw): AnerisRun {
  const nodes = draw.pick([4, 3, 5]);
  return {
    nodes,
    f: nodes === 3 ? 0 : 1,
    initial: draw.pick(["paxos", "two-thirds"] as const),
    ...(nodes === 4
      ? draw.pick([
          { phase1: 3, phase2: 2 },
          { phase1: 2, phase2: 3 },
        ])
      : { phase1: nodes === 3 ? 2 : 3, phase2: nodes === 3 ? 2 : 3 }),
    graceMs: draw.pick([20, 0]),
    alpha: draw.pick([2, 1, 4, 8]),
    mode: draw.pick(["cut", "window"] as const),
    fifo: draw.chance(0.5),
    maxBatch: draw.pick([64, 1, 3]),
    controlGap: draw.pick([1, 1, 3]),
    dutySpan: draw.pick([0, 0, 2]),
    digestAboveBytes: draw.pick([null, 300]),
    logSyncDelayMs: draw.pick([50, 5, 250]),
    compactAboveBytes: draw.pick([65_536, 4096]),
    commands: draw.pick([40, 100, 10]),
    controls: draw.pick([2, 4, 1]),
  };
}
