import type { Client } from "@eunomia/aneris-client";
import { controlDomain, controlSigningBytes, Operation } from "@eunomia/aneris-switch/messages";
import { encode } from "@eunomia/codec";
import { signInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { nodeBodyDigest, type TraceWriter } from "@eunomia/trace/file";
import type { LocalCluster } from "../local/cluster.ts";
import { nodeInName } from "../node/names.ts";
import { protocolSpec } from "../node/protocols.ts";
import { wallClock } from "../node/trace.ts";

/** One thing that happens to the cluster when so much of the input (0 to 1) is handed in. */
export interface Step {
  readonly at: number;
  readonly title: string;
  run(): Promise<string>;
}

export interface Scene {
  readonly cluster: LocalCluster;
  readonly client: Client;
  /** For the events that no node can report itself. */
  readonly trace: TraceWriter;
}

/** How long a restarted cluster may take to answer a control command. */
const patienceMs = 30_000;

/**
 * Swaps the protocol by a control command that the cluster's principal signs. A gateway that lags names a number that is used up
 * already; nothing has happened then, and the command is signed anew with the next one.
 */
async function swap({ cluster, client, trace }: Scene, protocol: string): Promise<string> {
  const key = native.ed25519.importSigningKey(cluster.controller.seed);
  const principal = cluster.controller.principal;
  const operation: Operation = { kind: "swap", protocol: protocolSpec(cluster.config, protocol) };
  const bytes = encode(Operation, operation);
  const signal = AbortSignal.timeout(patienceMs);
  for (;;) {
    const outcome = await client.control({
      operation,
      signal,
      sign(n, notAfter) {
        trace.write({ kind: "control", at: wallClock(), who: "client", n, digest: nodeBodyDigest(bytes) });
        const signed = controlSigningBytes(cluster.config.cluster, n, notAfter, bytes);
        return [{ principal, signature: signInDomain(key, controlDomain, signed) }];
      },
    });
    if (outcome.kind === "effective")
      return `control command ${outcome.n} took effect in slot ${outcome.slot}`;
    if (!outcome.reason.startsWith("number"))
      throw new Error(`the cluster refused to swap to ${protocol}: ${outcome.reason}`);
    if (await comesTo(client, protocol, signal)) return `control command ${outcome.n} has taken effect`;
  }
}

/**
 * Whether the cluster comes to the protocol within a second: the answer to a command that took effect may be lost with a
 * connection, and handed in again its number is used up, by itself.
 */
async function comesTo(client: Scene["client"], protocol: string, signal: AbortSignal): Promise<boolean> {
  for (let tries = 0; tries < 10; tries += 1) {
    if ((await client.status(signal)).protocol === protocol) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function kill({ cluster, trace }: Scene, node: string): Promise<string> {
  const pid = cluster.pid(node);
  await cluster.kill(node);
  trace.write({ kind: "crash", at: wallClock(), who: node });
  return `node ${node} (process ${pid}) is gone`;
}

async function restart({ cluster }: Scene, node: string): Promise<string> {
  const { delivered } = await cluster.start(node);
  return `node ${node} is back as process ${cluster.pid(node)}, from slot ${delivered} of its log`;
}

/** The node whose leader is active, as the nodes see it; the first node where the protocol has no leader. */
async function leader(cluster: LocalCluster): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const { id } of cluster.config.nodes) {
      const duty = (await cluster.status(id))?.duty;
      const node = duty === undefined || duty === null ? null : nodeInName(duty);
      if (node !== null && cluster.pid(node) !== undefined) return node;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return cluster.config.nodes[0]!.id;
}

/** What happens in the demonstration: a replica lost and back, a swap, the leader lost and back, the swap undone. */
export function story(scene: Scene): Step[] {
  const { cluster } = scene;
  const follower = cluster.config.nodes.at(-1)!.id;
  let leading = "";
  return [
    { at: 0.12, title: "kill -9 of one replica", run: () => kill(scene, follower) },
    { at: 0.28, title: "restart it", run: () => restart(scene, follower) },
    { at: 0.4, title: "swap two-thirds → paxos", run: () => swap(scene, "paxos") },
    {
      at: 0.55,
      title: "kill -9 of the current leader",
      run: async () => {
        leading = await leader(cluster);
        return kill(scene, leading);
      },
    },
    { at: 0.68, title: "restart it", run: () => restart(scene, leading) },
    { at: 0.8, title: "swap paxos → two-thirds", run: () => swap(scene, "two-thirds") },
  ];
}
