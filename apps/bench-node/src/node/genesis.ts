import { toHex, utf8Encode } from "@eunomia/codec";
import { native } from "@eunomia/crypto-auth/native";
import type { ClusterConfig } from "./config.ts";
import { needsKeys } from "./signed.ts";

/** What nodes and clients say to each other. Raised with every change of a message that an older one would misunderstand. */
const messages = 1;

/**
 * A digest of all in the configuration that must be the same at every node for ever. Where a node serves its status, what it
 * lets its senders send, and how long it waits for more values are its own affairs.
 */
export function genesisDigest(config: ClusterConfig): string {
  const { cluster, nodes, f, initial, protocols, controllers, alpha, mode, fifo, maxBatch, maxBatchBytes } =
    config;
  const { checkpointSlots = 10_000, application = "none", origin = null } = config;
  const { phase1 = null, phase2 = null } = protocols.paxos ?? {};
  const said = [
    cluster,
    nodes.map(({ id, host, port }) => [id, host, port]),
    [f, initial, Object.keys(protocols).sort(), phase1, phase2],
    [controllers.threshold, controllers.principals.map(({ id, publicKey }) => [id, publicKey])],
    [alpha, mode, fifo, maxBatch, maxBatchBytes, checkpointSlots, application],
    origin && [origin.slot, origin.root],
    // Nothing of clusters without such protocols changes.
    ...(needsKeys(protocols)
      ? [nodes.map(({ publicKey }) => publicKey), protocols["hetero-paxos"] ?? null]
      : []),
  ];
  return toHex(native.sha256(utf8Encode(JSON.stringify(said)))).slice(0, 16);
}

/** What both ends of a connection must have in common besides the name of the cluster: messages and configuration. */
export const dialectOf = (config: ClusterConfig): string =>
  `messages ${messages}, configuration ${genesisDigest(config)}`;
