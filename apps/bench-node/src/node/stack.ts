import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Application,
  BroadcastNode,
  type Delivery,
  type GatewayState,
  gatewayDefaults,
  lasting,
  type ReplicaConfig,
  type ReplicaOracles,
  replicaDefaults,
  type SnapshotEvent,
} from "@eunomia/aneris-switch";
import { fromHex, toHex } from "@eunomia/codec";
import type { Keys, SigningKey } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { DriverOptions, SlotLog, SnapshotStore } from "@eunomia/engine";
import { openHost, systemClock } from "@eunomia/host";
import { openFileJournal, openFileSlotLog, openFileSnapshots } from "@eunomia/journal/file";
import type { TcpEvent, TcpQuotas, TcpStats, TcpTls } from "@eunomia/transports/tcp";
import type { Deployed } from "../deploy/decide.ts";
import { openLine } from "../deploy/node-line.ts";
import { timedJournal } from "../observe/timed-journal.ts";
import { signaturesOf, verifier } from "../security/signatures.ts";
import { type ClusterConfig, type ClusterSecrets, ConfigError, type NodeAddress } from "./config.ts";
import { Links } from "./links.ts";
import { addressProblem, membershipOf } from "./members.ts";
import { directory, nodeInName, processOf } from "./names.ts";
import { protocolSpec, registry } from "./protocols.ts";
import { needsKeys } from "./signed.ts";
import type { Troubles } from "./troubles.ts";
import { type Convicted, type Refused, type Stuck, Witness } from "./witness.ts";

export interface NodeOptions {
  readonly config: ClusterConfig;
  /** What authenticates: secrets that all share, or certificates. */
  readonly secrets?: ClusterSecrets;
  /** Mutual TLS; then a session belongs to the name in the certificate of the client that opened it. */
  readonly tls?: TcpTls;
  /** Its key, with which it signs in protocols for Byzantine faults; needed where the configuration names one. */
  readonly signing?: Keys;
  /** How nodes authenticate, keep evidence of and spread what they say. Default: by `secrets` or `tls`, straight, and nothing is kept. */
  readonly deployed?: Deployed;
  /** What peers and clients may send. */
  readonly quotas?: TcpQuotas;
  /** Which of the nodes in `config` this is, or a new one: then `joins` says more. */
  readonly id: string;
  /** For a node that is none of the first ones: where it listens, and members from which it learns what came before it. */
  readonly joins?: { readonly self: NodeAddress; readonly contacts: readonly NodeAddress[] };
  readonly dataDirectory: string;
  /** What the cluster does with the order: the same at every node. Without one it orders commands, and keeps sessions. */
  readonly application?: Application;
  onSnapshot?(event: SnapshotEvent): void;
  onDelivery?(delivery: Delivery): void;
  /** This node's replica proposes in a slot. */
  onPropose?(slot: number): void;
  /** The journal was synced, in so many milliseconds. */
  onSync?(tookMs: number): void;
  /** This node is no member from slot `from` on and may end; its identity is never used again. */
  onRemoved?(from: number): void;
  onEvent?(event: TcpEvent): void;
  /** A client spoke for another's session, and was refused. */
  onForeign?(event: { readonly client: number; readonly process: string }): void;
  /** A consensus protocol ignored bad data of a peer. */
  onRefused?(refused: Refused): void;
  /** A node was seen to depart from its protocol; what convicts it lies in the folder `evidence` of the data. */
  onConvicted?(convicted: Convicted): void;
  /** A slot of Heterogeneous Paxos cannot be decided any more. */
  onStuck?(stuck: Stuck): void;
  onAlarm?(alarm: { readonly process: string; readonly slot: number; readonly reason: string }): void;
  /** The node has stopped and cannot go on. */
  onFault(error: Error): void;
  /** Takes the place of the disk, the clock and the network: they have troubles on order. Default: the real ones. */
  readonly troubles?: Troubles;
  /** Takes the place of the step of all engines: somebody writes it down. */
  readonly step?: NonNullable<DriverOptions["step"]>;
}

export interface RunningNode {
  readonly node: BroadcastNode;
  readonly snapshots: SnapshotStore;
  /** What was ignored, by reason. */
  refusals(): ReadonlyMap<string, number>;
  /** Connections, what was refused of them, and until when this node's certificate is good. */
  links(): TcpStats;
  /** Another certificate, other authorities or revocations, without a stop. @throws TransportError, and nothing has changed. */
  updateTls(tls: TcpTls): void;
  /** Bytes of unfinished last writes that were cut off at the start. */
  readonly tornBytes: number;
  /** Whether there was an earlier run, and the last slot in the log of it. */
  readonly ranBefore: boolean;
  readonly restoredSlot: number;
  /** The last slot that is delivered and rests on durable records. */
  readonly deliveredSlot: number;
  /** The oldest slot in the log of this node. */
  readonly firstSlot: number;
  readonly subscribers: number;
  /** Whether an id is a node's that is or was a member, and no client's. */
  isNode(id: string): boolean;
  close(): Promise<void>;
}

/** The file that says "this node has run before": from then on an absent journal is a lost one. */
export const startedFile = "started.json";

/**
 * One node of a cluster on real ports: TCP, write-ahead log, delivered log, MACs; replica, gateway and the protocols of the
 * configuration. This is the composition to copy for a stack of one's own.
 *
 * @throws ConfigError, TransportError, JournalError, HostError, SwitchError: each says what to do.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { config, id, dataDirectory } = options;
  const protocols = registry(config, id, signaturesOf(signingKey(options)));
  mkdirSync(dataDirectory, { recursive: true });
  const started = join(dataDirectory, startedFile);
  const ranBefore = existsSync(started);
  const closers: (() => Promise<void>)[] = [];
  try {
    const { journal, log, snapshots } = openStores(options, closers);
    const links = await Links.open(options);
    closers.push(() => links.transport.close());
    const { transport } = links;
    const { troubles } = options;
    const ports = {
      transport: troubles?.transport(transport) ?? transport,
      authenticator: links.authenticator,
    };
    const line = options.deployed
      ? openLine({ ...options, deployed: options.deployed, ...ports }, closers)
      : null;
    const node = broadcastNode(options, protocols, log, snapshots, links);
    const witness = witnessOf(options, node);
    links.onGone = (client) => node.gone(client);
    const host = openHost({
      ...ports,
      ...line?.ports,
      ...(troubles && { clock: troubles.clock }),
      journal,
      nodeOf: directory(links.nodes),
      mayStartFresh: !ranBefore,
      onFault: options.onFault,
      ...(options.step && { step: options.step }),
      ...node.handlers,
      onOutput: (from, output) => {
        const { kind, slot } = output as { readonly kind: string; readonly slot: number };
        if (kind === "propose" && from.instance === lasting) options.onPropose?.(slot);
        if (from.instance !== lasting) witness.hear(from, output);
        node.handlers.onOutput(from, output);
      },
    });
    // From now on there is a journal, be it an empty one: a node that ends before its first record may come back.
    if (host.fresh) journal.snapshot([]);
    node.start(host.driver);
    if (!ranBefore) writeFileSync(started, `${JSON.stringify({ cluster: config.cluster, node: id })}\n`);
    return {
      node,
      snapshots,
      refusals: () => new Map([...host.driver.refusals(), ...(line?.refusals() ?? [])]),
      links: () => transport.stats(),
      isNode: (peer) => links.nodes.has(peer),
      updateTls: (tls) => transport.updateTls(tls),
      tornBytes: host.tornBytes,
      ranBefore,
      restoredSlot: log.last,
      get deliveredSlot() {
        return log.last;
      },
      get firstSlot() {
        return log.first;
      },
      get subscribers() {
        const gateway = { process: processOf(id, "gateway"), instance: lasting };
        return (host.driver.peek(gateway) as GatewayState | undefined)?.subscribers.keys.length ?? 0;
      },
      close: async () => {
        node.stop();
        links.stop();
        await line?.close();
        await host.close();
        await snapshots.close();
        await log.close();
      },
    };
  } catch (error) {
    for (const close of closers.reverse()) await close().catch(() => {});
    throw error;
  }
}

/** Hears what the engines of consensus say of others. */
function witnessOf(options: NodeOptions, node: BroadcastNode): Witness {
  const { config, dataDirectory, onRefused, onConvicted, onStuck } = options;
  return new Witness({
    cluster: config.cluster,
    folder: join(dataDirectory, "evidence"),
    state: () => node.state,
    ...(onRefused && { onRefused }),
    ...(onConvicted && { onConvicted }),
    ...(onStuck && { onStuck }),
  });
}

/** The key of the node, which must be the one that the others know. @throws ConfigError */
function signingKey({ config, id, joins, signing }: NodeOptions): SigningKey | null {
  if (!needsKeys(config.protocols)) return null;
  const known = (joins?.self ?? config.nodes.find((node) => node.id === id))?.publicKey;
  const own = signing && toHex(signing.bundle[0]!.publicKey);
  if (signing !== undefined && own === known) return native.ed25519.importSigningKey(signing.seed);
  throw new ConfigError(
    "node options",
    "signing",
    `the key of ${id}, whose public half is ${known}`,
    own ?? "none",
  );
}

/** What a node keeps on its disk, all of it marked with whose it is. */
function openStores(options: NodeOptions, closers: (() => Promise<void>)[]) {
  const { config, id, dataDirectory, onSync, troubles } = options;
  const files = troubles && { fileSystem: troubles.fileSystem };
  const tag = `${config.cluster}/${id}`;
  const journal = openFileJournal({ directory: join(dataDirectory, "journal"), tag, ...files });
  closers.push(() => journal.close());
  const log = openFileSlotLog({ directory: join(dataDirectory, "log"), tag, ...files });
  closers.push(() => log.close());
  const { cluster } = config;
  const snapshots = openFileSnapshots({ directory: join(dataDirectory, "snapshots"), cluster, ...files });
  closers.push(() => snapshots.close());
  return { journal: onSync ? timedJournal(journal, onSync) : journal, log, snapshots };
}

/** Replica, gateway and protocols, over the delivered log. */
function broadcastNode(
  options: NodeOptions,
  protocols: ReturnType<typeof registry>,
  log: SlotLog,
  snapshots: SnapshotStore,
  links: Links,
): BroadcastNode {
  const { config, id, joins, application, onSnapshot, onDelivery, onRemoved, onForeign, onAlarm, onFault } =
    options;
  const contacts = (joins?.contacts ?? []).map((node) => processOf(node.id, "replica"));
  return new BroadcastNode({
    replica: { ...replicaConfig(config, id), contacts },
    // The transport has made sure that a client's id begins with its certificate's name and a slash.
    gateway: { ...gatewayDefaults, self: processOf(id, "gateway"), ownerUntil: options.tls ? "/" : "" },
    oracles: oracles(),
    protocols,
    nodeOf: nodeInName,
    membershipProblem: addressProblem,
    onMembership: (peers) => links.follow(peers),
    log,
    snapshots,
    transferOf: (replica) => processOf(nodeInName(replica) ?? replica, "transfer"),
    clock: options.troubles?.clock ?? systemClock,
    onFault,
    ...(config.origin && { origin: { slot: config.origin.slot, root: fromHex(config.origin.root) } }),
    ...(application && { application }),
    ...(onSnapshot && { onSnapshot }),
    ...(onDelivery && { onDelivery }),
    ...(onRemoved && { onRemoved }),
    ...(onForeign && { onForeign }),
    ...(onAlarm && { onAlarm }),
  });
}

/** What the replica asks that is no business of an engine. */
export function oracles(): Omit<ReplicaOracles, "validate"> {
  return { sha256: native.sha256, verify: verifier() };
}

/** The replica of a node, as the configuration of its cluster says. */
export function replicaConfig(config: ClusterConfig, id: string): ReplicaConfig {
  const { cluster, nodes, f, alpha, mode, fifo, maxBatch, maxBatchBytes, initial, controllers } = config;
  const { checkpointSlots = replicaDefaults.checkpointSlots } = config;
  return {
    ...replicaDefaults,
    cluster,
    alpha,
    fifo,
    maxBatch,
    maxBatchBytes,
    checkpointSlots,
    self: processOf(id, "replica"),
    membership: membershipOf(nodes, f),
    mode: { kind: mode },
    initial: protocolSpec(config, initial),
    controllers: {
      threshold: controllers.threshold,
      principals: controllers.principals.map(({ id: principal, publicKey }) => ({
        id: principal,
        key: fromHex(publicKey),
      })),
    },
  };
}
