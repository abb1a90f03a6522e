import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  BroadcastNode,
  type Delivery,
  gatewayDefaults,
  type ReplicaConfig,
  type ReplicaOracles,
  replicaDefaults,
} from "@eunomia/aneris-switch";
import { fromHex, toHex } from "@eunomia/codec";
import { hmacAuthenticator, type PublicKey, verifyInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { DriverOptions, SlotLog } from "@eunomia/engine";
import { openHost, systemClock } from "@eunomia/host";
import { openFileJournal, openFileSlotLog } from "@eunomia/journal/file";
import { type TcpEvent, type TcpTransport, tcpTransport } from "@eunomia/transports/tcp";
import { ClientKeys } from "./clients.ts";
import { type ClusterConfig, type ClusterSecrets, ConfigError } from "./config.ts";
import { directory, processOf } from "./names.ts";
import { registry } from "./protocols.ts";

export interface NodeOptions {
  readonly config: ClusterConfig;
  readonly secrets: ClusterSecrets;
  /** Which of the nodes in `config` this is. */
  readonly id: string;
  readonly dataDirectory: string;
  onDelivery?(delivery: Delivery): void;
  onEvent?(event: TcpEvent): void;
  onAlarm?(alarm: { readonly process: string; readonly slot: number; readonly reason: string }): void;
  /** The node has stopped and cannot go on. */
  onFault(error: Error): void;
  /** Takes the place of the step of all engines: somebody writes it down. */
  readonly step?: NonNullable<DriverOptions["step"]>;
}

export interface RunningNode {
  readonly node: BroadcastNode;
  /** What was ignored, by reason. */
  refusals(): ReadonlyMap<string, number>;
  /** Bytes of unfinished last writes that were cut off at the start. */
  readonly tornBytes: number;
  /** Whether there was an earlier run, and the last slot in the log of it. */
  readonly ranBefore: boolean;
  readonly restoredSlot: number;
  /** The last slot that is delivered and rests on durable records. */
  readonly deliveredSlot: number;
  close(): Promise<void>;
}

/** The file that says "this node has run before": from then on an absent journal is a lost one. */
const identityFile = "identity.json";

/**
 * One node of a cluster on real ports: TCP, write-ahead log, delivered log, MACs; replica, gateway and the protocols of the
 * configuration. This is the composition to copy for a stack of one's own.
 *
 * @throws ConfigError, TransportError, JournalError, HostError, SwitchError: each says what to do.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { config, id, dataDirectory } = options;
  if (!config.nodes.some((node) => node.id === id))
    throw new ConfigError(
      "cluster configuration",
      "nodes",
      `a node "${id}"`,
      config.nodes.map((node) => node.id).join(", "),
    );
  const protocols = registry(config, id);
  mkdirSync(dataDirectory, { recursive: true });
  const identity = join(dataDirectory, identityFile);
  const ranBefore = existsSync(identity);
  const closers: (() => Promise<void>)[] = [];
  try {
    const tag = `${config.cluster}/${id}`;
    const journal = openFileJournal({ directory: join(dataDirectory, "journal"), tag });
    closers.push(() => journal.close());
    const log = openFileSlotLog({ directory: join(dataDirectory, "log"), tag });
    closers.push(() => log.close());
    const node = broadcastNode(options, protocols, log);
    const { transport, authenticator } = await openLinks(options, (client) => node.gone(client));
    closers.push(() => transport.close());
    const host = openHost({
      transport,
      journal,
      authenticator,
      nodeOf: directory(config),
      mayStartFresh: !ranBefore,
      onFault: options.onFault,
      ...(options.step && { step: options.step }),
      ...node.handlers,
    });
    // From now on there is a journal, be it an empty one: a node that ends before its first record may come back.
    if (host.fresh) journal.snapshot([]);
    node.start(host.driver);
    if (!ranBefore) writeFileSync(identity, `${JSON.stringify({ cluster: config.cluster, node: id })}\n`);
    return {
      node,
      refusals: () => host.driver.refusals(),
      tornBytes: host.tornBytes,
      ranBefore,
      restoredSlot: log.last,
      get deliveredSlot() {
        return log.last;
      },
      close: async () => {
        node.stop();
        await host.close();
        await log.close();
      },
    };
  } catch (error) {
    for (const close of closers.reverse()) await close().catch(() => {});
    throw error;
  }
}

/** Replica, gateway and protocols, over the delivered log. */
function broadcastNode(
  options: NodeOptions,
  protocols: ReturnType<typeof registry>,
  log: SlotLog,
): BroadcastNode {
  const { config, id, onDelivery, onAlarm, onFault } = options;
  return new BroadcastNode({
    replica: replicaConfig(config, id),
    gateway: { ...gatewayDefaults, self: processOf(id, "gateway") },
    oracles: oracles(),
    protocols,
    log,
    clock: systemClock,
    onFault,
    ...(onDelivery && { onDelivery }),
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
  return {
    ...replicaDefaults,
    cluster,
    f,
    alpha,
    fifo,
    maxBatch,
    maxBatchBytes,
    self: processOf(id, "replica"),
    replicas: nodes.map((node) => processOf(node.id, "replica")),
    mode: { kind: mode },
    initial: { name: initial, params: new Uint8Array() },
    controllers: {
      threshold: controllers.threshold,
      principals: controllers.principals.map(({ id: principal, publicKey }) => ({
        id: principal,
        key: fromHex(publicKey),
      })),
    },
    beside: nodes.map((node) => ({
      process: processOf(node.id, "leader"),
      replica: processOf(node.id, "replica"),
    })),
  };
}

/** Verifies the signatures of control commands; a key is imported once. */
function verifier(): (
  publicKey: Uint8Array,
  domain: string,
  bytes: Uint8Array,
  signature: Uint8Array,
) => boolean {
  const keys = new Map<string, PublicKey>();
  return (publicKey, domain, bytes, signature) => {
    try {
      const name = toHex(publicKey);
      const key = keys.get(name) ?? native.ed25519.importPublicKey(publicKey);
      keys.set(name, key);
      return verifyInDomain(key, domain, bytes, signature);
    } catch {
      return false; // A key that does not import verifies nothing, at every node alike.
    }
  };
}

/** The transport and the authenticator above it: nodes know each other, clients are admitted while they are connected. */
async function openLinks(
  { config, secrets, id, onEvent }: NodeOptions,
  gone: (client: string) => void,
): Promise<{ transport: TcpTransport; authenticator: ReturnType<typeof hmacAuthenticator> }> {
  const nodeIds = config.nodes.map((node) => node.id);
  const authenticator = hmacAuthenticator({
    self: id,
    cluster: config.cluster,
    keys: { kind: "cluster", secret: fromHex(secrets.nodes), peers: nodeIds },
    provider: native,
  });
  const clients = new ClientKeys(authenticator, secrets.clients, nodeIds);
  const { host, port } = config.nodes.find((node) => node.id === id)!;
  const others = config.nodes.filter((node) => node.id !== id);
  const transport = await tcpTransport({
    self: id,
    listen: { host, port },
    peers: Object.fromEntries(others.map((node) => [node.id, { host: node.host, port: node.port }])),
    cluster: config.cluster,
    maxFrameBytes: 8 << 20,
    maxQueueBytes: 64 << 20,
    onEvent(event) {
      const left = clients.observe(event);
      if (left !== null) gone(left);
      onEvent?.(event);
    },
  });
  return { transport, authenticator };
}
