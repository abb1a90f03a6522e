import { createHash } from "node:crypto";
import { BroadcastNode, type Delivery, replicaDefaults, type SnapshotEvent } from "@eunomia/aneris-switch";
import { fromHex, utf8Encode } from "@eunomia/codec";
import type { SeededRandom } from "@eunomia/conformance";
import { plainAuthenticator } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { Driver, type SlotLog, type Transport } from "@eunomia/engine";
import {
  journalStorage,
  openMemoryJournal,
  openMemorySlotLog,
  openMemorySnapshots,
  slotLogStorage,
  snapshotStorage,
} from "@eunomia/journal/memory";
import type { ClusterConfig } from "../../src/node/config.ts";
import { addressProblem, membershipOf } from "../../src/node/members.ts";
import { directory, nodeInName, processOf } from "../../src/node/names.ts";
import { protocolSpec, registry } from "../../src/node/protocols.ts";
import { type Disk, SlowJournal, SlowSlotLog, SlowSnapshots } from "./slow-disk.ts";
import { Tally } from "./tally.ts";
import { Life, type VirtualTime } from "./virtual-time.ts";

/** The native one: schedules spend much of their time in it. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(bytes).digest());

/** Stands for a signature: only whoever knows the key makes it, and in a simulation everybody keeps to that. */
export const sealOf = (key: Uint8Array, domain: string, bytes: Uint8Array): Uint8Array =>
  sha256(Buffer.concat([key, utf8Encode(domain), bytes]));

const sealed = (key: Uint8Array, domain: string, bytes: Uint8Array, signature: Uint8Array): boolean =>
  Buffer.compare(sealOf(key, domain, bytes), signature) === 0;

/** A real one: that a key is none to be forged is looked at. */
export const publicKeyOf = (id: string): Uint8Array =>
  native.ed25519.publicKey(sha256(utf8Encode(`secret of ${id}`)));

/** How nodes keep snapshots. */
export interface SnapshotWorld {
  readonly checkpointSlots: number;
  readonly keepSlots: number;
  readonly frozen: boolean;
  /** Wrong on purpose. */
  readonly twin: "snapshot goes on" | "log is let go of" | null;
}

export interface NodeWorld {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly config: ClusterConfig;
  /** Every node that may ever be one of the cluster. */
  readonly ids: readonly string[];
  readonly clients: readonly string[];
  readonly disk: Disk;
  /** The journal is empty after every restart, as on a machine whose disk was replaced. */
  readonly amnesia: boolean;
  readonly syncMaxMs: number;
  readonly logSyncDelayMs: number;
  readonly compactAboveBytes: number;
  /** Null: nodes keep their whole log. */
  readonly snapshots: SnapshotWorld | null;
  /** The digest of what an application has applied up to a slot. */
  applied(node: string, slot: number, digest: string): void;
  installed(node: string, slot: number): void;
  transport(self: string): Transport;
  delivered(node: string, delivery: Delivery): void;
  /** Who are the members now, as an operator tells a node that starts. */
  members(): readonly string[];
  removed(node: string): void;
  recovered(node: string, slot: number): void;
  failed(what: string): void;
}

interface Running {
  readonly life: Life;
  readonly node: BroadcastNode;
  readonly driver: Driver;
  crash(): void;
}

/** One node of a cluster in virtual time: the engines and the driver of a real one, on ports in memory. */
export class SimulatedNode {
  readonly id: string;
  readonly #world: NodeWorld;
  readonly #log = slotLogStorage();
  readonly #snapshots = snapshotStorage();
  #journal = journalStorage();
  #running: Running | null = null;
  /** Unsynced journal records and log entries that crashes took away. */
  lostRecords = 0;
  installs = 0;
  written = 0;

  constructor(world: NodeWorld, id: string) {
    this.#world = world;
    this.id = id;
  }

  get up(): boolean {
    return this.#running !== null;
  }

  get state(): BroadcastNode["state"] {
    return this.#running?.node.state;
  }

  /** What the node keeps on its disk, and in the state of its replica. */
  get kept() {
    const held = [...this.#snapshots.held.values()];
    const state = this.state;
    return {
      journalBytes: (this.#journal.records ?? []).reduce((sum, { length }) => sum + length, 0),
      logSlots: this.#log.entries?.length ?? 0,
      snapshots: held.length,
      snapshotBytes: held.reduce((sum, { manifest }) => sum + manifest.sizeBytes, 0),
      stateItems:
        state === undefined ? 0 : state.known.keys.length + state.inflight.keys.length + state.pending.length,
    };
  }

  refusals(): ReadonlyMap<string, number> {
    return this.#running?.driver.refusals() ?? new Map();
  }

  crash(): void {
    this.#running?.crash();
    this.#running = null;
  }

  start(): void {
    const { id } = this;
    const world = this.#world;
    const { random, config } = world;
    const life = new Life(world.time);
    const transport = world.transport(id);
    if (world.amnesia) this.#journal = journalStorage();
    const memory = openMemoryJournal({ storage: this.#journal });
    const memoryLog = openMemorySlotLog({ storage: this.#log });
    const delayMs = (): number => random.below(world.syncMaxMs + 1);
    const journal = new SlowJournal(memory, life, delayMs, world.disk);
    const log = new SlowSlotLog(memoryLog, life, delayMs);
    const failed = (what: string) => (error: Error) => {
      if (!life.over) world.failed(`${what} of ${id}: ${error.stack ?? error.message}`);
    };
    const snapshots = world.snapshots === null ? null : this.#openSnapshots(world.snapshots, life, log);
    const options = optionsOf(config, id);
    const node = new BroadcastNode({
      ...options,
      ...snapshots,
      replica: {
        ...options.replica,
        checkpointSlots: world.snapshots?.checkpointSlots ?? 10_000,
        contacts: world
          .members()
          .filter((member) => member !== id)
          .map((member) => processOf(member, "replica")),
      },
      log: snapshots?.log ?? log,
      clock: life,
      logSyncDelayMs: world.logSyncDelayMs,
      onDelivery: (delivery) => world.delivered(id, delivery),
      onRemoved: () => {
        if (!life.over) world.removed(id);
      },
      onAlarm: ({ process, slot, reason }) => world.failed(`alarm: ${process}, slot ${slot}: ${reason}`),
      onFault: failed("log"),
    });
    const authenticator = plainAuthenticator({
      self: id,
      cluster: config.cluster,
      peers: [...world.ids, ...world.clients],
    });
    const driver = new Driver(
      {
        transport,
        journal,
        clock: life,
        random,
        authenticator,
        defer: (callback) => void life.after(0, callback),
      },
      {
        nodeOf: directory(new Set(world.ids)),
        onFault: failed("driver"),
        compactAboveBytes: world.compactAboveBytes,
        ...node.handlers,
        onOutput: (from, output) => {
          // Nobody lies here, so that nobody may be convicted, and no signature be wrong.
          const { kind, reason } = output as { readonly kind: string; readonly reason?: string };
          if (kind === "evidence" || kind === "stuck" || reason === "signature")
            world.failed(`${kind} at ${from.process} in epoch ${from.instance}: ${JSON.stringify(output)}`);
          node.handlers.onOutput(from, output);
        },
      },
    );
    const replay = journal.replay();
    driver.open(replay.kind === "records" ? replay.records : []);
    node.start(driver);
    world.recovered(id, log.last);
    this.#running = {
      life,
      node,
      driver,
      crash: () => {
        life.end();
        driver.stop();
        const { last } = log;
        // A disk may keep more than it promised: any first part of what was not synced.
        memory.crash(random.chance(0.5) ? 0 : random.below(8));
        memoryLog.crash(random.chance(0.5) ? 0 : random.below(8));
        snapshots?.crash();
        this.lostRecords += Math.max(0, last - this.#log.base - (this.#log.entries?.length ?? 0));
        void transport.close();
      },
    };
  }

  /** Store and application of one life, and what goes with them. */
  #openSnapshots(how: SnapshotWorld, life: Life, log: SlotLog) {
    const { id } = this;
    const world = this.#world;
    const memory = openMemorySnapshots({
      cluster: world.config.cluster,
      chunkBytes: 512,
      sha256,
      storage: this.#snapshots,
    });
    const delayMs = (): number => world.random.below(world.syncMaxMs + 1);
    const application = new Tally(
      {
        applied: (slot, digest) => world.applied(id, slot, digest),
        failed: (what) => world.failed(`the application of ${id}: ${what}`),
      },
      how.frozen,
      how.twin === "snapshot goes on",
    );
    return {
      log: how.twin === "log is let go of" ? hasty(log) : log,
      snapshots: new SlowSnapshots(memory, life, delayMs),
      application,
      keepSlots: how.keepSlots,
      transferOf: (replica: string) => processOf(nodeInName(replica) ?? replica, "transfer"),
      onSnapshot: (event: SnapshotEvent) => {
        if (event.kind === "written") this.written += 1;
        else if (event.kind === "installed") {
          this.installs += 1;
          world.installed(id, event.slot);
        } else if (event.kind !== "fetching" && !life.over)
          world.failed(
            `snapshot of ${id}: ${JSON.stringify(event)} ${event.kind === "failed" ? event.error : ""}`,
          );
      },
      crash: () => memory.crash(),
    };
  }
}

/** A log that lets go of all it has whenever it may let go of something. */
function hasty(log: SlotLog): SlotLog {
  return new Proxy(log, {
    get: (target, name) => {
      if (name === "truncate") return () => target.truncate(target.last + 1);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Replica, gateway and protocols as a node on real ports has them; only signatures are cheaper. */
function optionsOf(config: ClusterConfig, id: string) {
  return {
    replica: {
      ...replicaDefaults,
      cluster: config.cluster,
      self: processOf(id, "replica"),
      membership: membershipOf(config.nodes, config.f),
      alpha: config.alpha,
      mode: { kind: config.mode },
      fifo: config.fifo,
      maxBatch: config.maxBatch,
      maxBatchBytes: config.maxBatchBytes,
      initial: protocolSpec(config, config.initial),
      controllers: {
        threshold: config.controllers.threshold,
        principals: config.controllers.principals.map(({ id: principal, publicKey }) => ({
          id: principal,
          key: fromHex(publicKey),
        })),
      },
    },
    gateway: {
      self: processOf(id, "gateway"),
      maxSubscribers: 16,
      maxClients: 64,
      readBytes: 1 << 16,
      ownerUntil: "",
    },
    oracles: {
      sha256,
      verify: sealed,
    },
    protocols: registry(config, id, {
      sign: (domain, bytes) => sealOf(publicKeyOf(id), domain, bytes),
      verify: sealed,
    }),
    nodeOf: nodeInName,
    membershipProblem: addressProblem,
  };
}
