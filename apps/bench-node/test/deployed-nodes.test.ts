import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeRegistration, joinBatch } from "@eunomia/aneris-switch/messages";
import { fromHex } from "@eunomia/codec";
import { generateKeys } from "@eunomia/crypto-auth";
import { systemRandom } from "@eunomia/crypto-auth/native";
import { afterAll, describe, expect, test } from "vitest";
import { audit } from "../src/deploy/audit.ts";
import type { DeploymentName } from "../src/deploy/compare.ts";
import { deployedFor } from "../src/deploy/decide.ts";
import { deploymentTexts } from "../src/deploy/examples.ts";
import { heldIn } from "../src/deploy/held.ts";
import { LocalCluster } from "../src/local/cluster.ts";
import { freePorts } from "../src/local/ports.ts";
import type { ClusterConfig } from "../src/node/config.ts";
import { type NodeOptions, type RunningNode, startNode } from "../src/node/stack.ts";
import { keyed } from "../src/security/node-keys.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("deployed");
afterAll(() => directory.remove());

const ids = ["n1", "n2", "n3", "n4"];
/** A deployment of the program, for four nodes. */
const textOf = (name: DeploymentName): string =>
  deploymentTexts[name]
    .replaceAll("n1, n2, n3, n4, n5, n6", ids.join(", "))
    .replace("EAST = {n1, n2, n3};  WEST = {n4, n5, n6};", "EAST = {n1, n2};  WEST = {n3, n4};")
    .replace("OPTIMISTIC(n4)", "OPTIMISTIC(n3)");
const secrets = { nodes: "01".repeat(32), clients: "02".repeat(32) };
const keys = new Map(ids.map((id) => [id, generateKeys(systemRandom())]));
const registration = (i: number): Uint8Array => joinBatch([encodeRegistration(new Uint8Array([i, i >> 8]))]);

async function configOf(): Promise<ClusterConfig> {
  const ports = await freePorts(ids.length);
  return {
    cluster: "deployed",
    nodes: ids.map((id, i) => keyed({ id, host: "127.0.0.1", port: ports[i]! }, keys.get(id))),
    f: 1,
    initial: "two-thirds",
    protocols: { "two-thirds": {} },
    controllers: { threshold: 1, principals: [{ id: "operator", publicKey: "ab".repeat(32) }] },
    alpha: 4,
    mode: "cut",
    fifo: false,
    maxBatch: 1,
    maxBatchBytes: 4096,
  };
}

const faults: Error[] = [];
const optionsOf = (config: ClusterConfig, name: DeploymentName, id: string): NodeOptions => ({
  config,
  secrets,
  signing: keys.get(id)!,
  deployed: deployedFor(textOf(name), ids, `${name}.policy`),
  id,
  dataDirectory: join(directory.path, config.cluster, name, id),
  onFault: (error) => faults.push(error),
});

/** Has some nodes order so many commands, all at the first one. */
async function ordered(nodes: readonly RunningNode[], first: number, count: number): Promise<void> {
  for (let i = first; i < first + count; i += 1) nodes[0]!.node.submit(registration(i));
  await until("the order", () => nodes.every((node) => node.deliveredSlot >= first + count - 1));
}

const closeAll = (nodes: readonly RunningNode[]): Promise<unknown> =>
  Promise.all(nodes.map((node) => node.close()));

describe("real nodes are started with a deployment", () => {
  test.each(["lan", "wan"] as const)("%s", { timeout: 60_000 }, async (name) => {
    const config = await configOf();
    const nodes = await Promise.all(ids.map((id) => startNode(optionsOf(config, name, id))));
    await ordered(nodes, 1, 20);
    for (const node of nodes)
      expect([...node.refusals().keys()].filter((reason) => reason.startsWith("statement"))).toEqual([]);
    await closeAll(nodes);
    expect(faults).toEqual([]);
  });

  test("a relay that is down delays, and nothing else", { timeout: 60_000 }, async () => {
    const config = { ...(await configOf()), cluster: "relayless" };
    const alive = ids.filter((id) => id !== "n3");
    const nodes = await Promise.all(alive.map((id) => startNode(optionsOf(config, "wan", id))));
    await ordered(nodes, 1, 3);
    await closeAll(nodes);
    expect(faults).toEqual([]);
  });

  test("what they said can be audited from disk, across restarts", { timeout: 60_000 }, async () => {
    const config = await configOf();
    const start = (id: string): Promise<RunningNode> => startNode(optionsOf(config, "auditable", id));
    let nodes = await Promise.all(ids.map(start));
    await ordered(nodes, 1, 10);
    await closeAll(nodes);
    nodes = await Promise.all(ids.map(start));
    await ordered(nodes, 11, 10);
    await closeAll(nodes);
    expect(faults).toEqual([]);

    const held = await Promise.all(
      ids.map((id) => heldIn(join(directory.path, "deployed", "auditable", id))),
    );
    const publicKeys = new Map(config.nodes.map(({ id, publicKey }) => [id, fromHex(publicKey!)]));
    const report = audit("auditor", publicKeys, new Map(held.map(({ node, records }) => [node, records])));
    expect(report).toMatchObject({ guilty: [], missing: new Map(), refused: new Map() });
    for (const id of ids) expect(report.said.get(id)).toBeGreaterThan(10);

    // A node that lost what it said must not go on under its name.
    rmSync(join(directory.path, "deployed", "auditable", "n2", "statements"), { recursive: true });
    await expect(start("n2")).rejects.toMatchObject({ code: "journal-lost" });
  });

  test("without what the deployment needs, a node says what it lacks", async () => {
    const config = await configOf();
    const options = optionsOf(config, "auditable", "n1");
    const { signing: _, ...keyless } = { ...options, dataDirectory: join(directory.path, "keyless") };
    await expect(startNode(keyless)).rejects.toMatchObject({ code: "config", field: "signing" });
    const nameless = { ...config, nodes: config.nodes.map(({ publicKey: _, ...node }) => node) };
    await expect(startNode({ ...options, config: nameless })).rejects.toThrow("the public key of n1");
    const tls = deployedFor(textOf("lan").replace("* -> * : HMAC-SHA256", "* -> * : TLS13"), ids);
    await expect(startNode({ ...options, deployed: tls })).rejects.toThrow("certificates");
  });
});

test("a process with a deployment that the check refuses does not start, and says why", {
  timeout: 60_000,
}, async () => {
  const folder = join(directory.path, "refused");
  const cluster = await LocalCluster.create({
    directory: folder,
    nodes: 1,
    f: 0,
    initial: "paxos",
    protocols: { paxos: {} },
  });
  const text = textOf("auditable")
    .replaceAll("n1, n2, n3, n4", "n1")
    .replace("  NODES -> AUDITOR on Protocol : Ed25519;\n", "");
  writeFileSync(join(folder, "cluster.policy"), text.replace("on Protocol", ""));
  const file = join(folder, "cluster.json");
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), deployment: "cluster.policy" }),
  );
  await expect(cluster.start("n1")).rejects.toThrow(/deployment.*cluster\.policy/s);
});
