import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BroadcastNode, type Delivery, replicaDefaults } from "@eunomia/aneris-switch";
import { fromHex, toHex } from "@eunomia/codec";
import { hmacAuthenticator, pairSecret, verifyInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { TraceLine } from "@eunomia/engine";
import { openHost, systemClock } from "@eunomia/host";
import { openFileJournal, openFileSlotLog } from "@eunomia/journal/file";
import { type TcpEvent, tcpTransport } from "@eunomia/transports/tcp";
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
  onTrace?(line: TraceLine): void;
}

export interface RunningNode {
  readonly node: BroadcastNode;
  /** What was ignored, by reason. */
  refusals(): ReadonlyMap<string, number>;
  /** Bytes of unfinished last writes that were cut off at the start. */
  readonly tornBytes: number;
  /** The last slot in the log of earlier runs. */
  readonly restoredSlot: number;
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
  const { config, secrets, id, dataDirectory } = options;
  const own = config.nodes.find((node) => node.id === id);
  if (own === undefined)
    throw new ConfigError(
      "cluster configuration",
      "nodes",
      `a node "${id}"`,
      config.nodes.map((node) => node.id).join(", "),
    );
  mkdirSync(dataDirectory, { recursive: true });
  const tag = `${config.cluster}/${id}`;
  const identity = join(dataDirectory, identityFile);
  const ranBefore = existsSync(identity);
  const journal = openFileJournal({ directory: join(dataDirectory, "journal"), tag });
  const log = openFileSlotLog({ directory: join(dataDirectory, "log"), tag });
  const nodeIds = config.nodes.map((node) => node.id);
  const authenticator = hmacAuthenticator({
    self: id,
    cluster: config.cluster,
    keys: { kind: "cluster", secret: fromHex(secrets.nodes), peers: nodeIds },
    provider: native,
  });
  const transport = await tcpTransport({
    self: id,
    listen: { host: own.host, port: own.port },
    peers: Object.fromEntries(
      config.nodes
        .filter((node) => node.id !== id)
        .map((node) => [node.id, { host: node.host, port: node.port }]),
    ),
    cluster: config.cluster,
    maxFrameBytes: 8 << 20,
    maxQueueBytes: 64 << 20,
    onEvent(event) {
      if (event.kind === "connected" && event.direction === "accepted" && !nodeIds.includes(event.peer))
        authenticator.admit(event.peer, pairSecret(native, fromHex(secrets.clients), event.peer, id));
      if (event.kind === "disconnected" && event.direction === "accepted" && !nodeIds.includes(event.peer))
        node.gone(event.peer);
      options.onEvent?.(event);
    },
  });
  const keys = new Map<string, ReturnType<typeof native.ed25519.importPublicKey>>();
  const node: BroadcastNode = new BroadcastNode({
    replica: {
      ...replicaDefaults,
      cluster: config.cluster,
      self: processOf(id, "replica"),
      replicas: nodeIds.map((nodeId) => processOf(nodeId, "replica")),
      f: config.f,
      alpha: config.alpha,
      mode: { kind: config.mode },
      fifo: config.fifo,
      maxBatch: config.maxBatch,
      maxBatchBytes: config.maxBatchBytes,
      initial: { name: config.initial, params: new Uint8Array() },
      controllers: {
        threshold: config.controllers.threshold,
        principals: config.controllers.principals.map(({ id: principal, publicKey }) => ({
          id: principal,
          key: fromHex(publicKey),
        })),
      },
      beside: nodeIds.map((nodeId) => ({
        process: processOf(nodeId, "leader"),
        replica: processOf(nodeId, "replica"),
      })),
    },
    gateway: { self: processOf(id, "gateway"), maxSubscribers: 1024, maxClients: 65_536, readBytes: 1 << 20 },
    oracles: {
      sha256: native.sha256,
      verify(publicKey, domain, bytes, signature) {
        try {
          const name = toHex(publicKey);
          const key = keys.get(name) ?? native.ed25519.importPublicKey(publicKey);
          keys.set(name, key);
          return verifyInDomain(key, domain, bytes, signature);
        } catch {
          return false; // A key that does not import verifies nothing, at every node alike.
        }
      },
    },
    protocols: registry(config, id),
    log,
    clock: systemClock,
    onFault: options.onFault,
    ...(options.onDelivery && { onDelivery: options.onDelivery }),
    ...(options.onAlarm && { onAlarm: options.onAlarm }),
  });
  try {
    const host = openHost({
      transport,
      journal,
      authenticator,
      nodeOf: directory(config),
      mayStartFresh: !ranBefore,
      onFault: options.onFault,
      ...(options.onTrace && { onTrace: options.onTrace }),
      ...node.handlers,
    });
    node.start(host.driver);
    if (!ranBefore) writeFileSync(identity, `${JSON.stringify({ cluster: config.cluster, node: id })}\n`);
    const close = async (): Promise<void> => {
      await host.close();
      await log.close();
    };
    return {
      node,
      refusals: () => host.driver.refusals(),
      tornBytes: host.tornBytes,
      restoredSlot: log.last,
      close,
    };
  } catch (error) {
    await transport.close();
    await journal.close();
    await log.close();
    throw error;
  }
}
