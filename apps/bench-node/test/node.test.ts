import { rmSync } from "node:fs";
import { join } from "node:path";
import { encodeRegistration, joinBatch } from "@eunomia/aneris-switch/messages";
import { openFileJournal } from "@eunomia/journal/file";
import { afterAll, expect, test } from "vitest";
import { LocalCluster } from "../src/local/cluster.ts";
import { freePorts } from "../src/local/ports.ts";
import type { ClusterConfig } from "../src/node/config.ts";
import { startNode } from "../src/node/stack.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("node");
afterAll(() => directory.remove());

async function alone(): Promise<ClusterConfig> {
  const [port] = await freePorts(1);
  return {
    cluster: "alone",
    nodes: [{ id: "n1", host: "127.0.0.1", port: port! }],
    f: 0,
    initial: "paxos",
    protocols: { paxos: { phase1: 1, phase2: 1 } },
    controllers: { threshold: 1, principals: [{ id: "operator", publicKey: "ab".repeat(32) }] },
    alpha: 8,
    mode: "cut",
    fifo: false,
    maxBatch: 1,
    maxBatchBytes: 4096,
  };
}
const secrets = { nodes: "01".repeat(32), clients: "02".repeat(32) };
/** A registration is the one entry that needs no session. */
const registration = (i: number): Uint8Array => joinBatch([encodeRegistration(new Uint8Array([i, i >> 8]))]);

test("what a node calls delivered has been shown to the outside", { timeout: 60_000 }, async () => {
  const faults: Error[] = [];
  let shown = 0;
  const node = await startNode({
    config: await alone(),
    secrets,
    id: "n1",
    dataDirectory: join(directory.path, "shown"),
    onDelivery: ({ slot }) => {
      shown = slot;
    },
    onFault: (error) => faults.push(error),
  });
  const count = 300;
  for (let i = 0; i < count; i += 1) node.node.submit(registration(i));
  while (shown < count) {
    // The engine may know a slot before the disk does; nobody else is told so.
    expect(node.deliveredSlot).toBeLessThanOrEqual(shown);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until("the log", () => node.deliveredSlot === count);
  await node.close();
  expect(faults).toEqual([]);
});

test("a node that did nothing yet may be closed or killed, and comes back", { timeout: 60_000 }, async () => {
  const config = await alone();
  const options = {
    config,
    secrets,
    id: "n1",
    dataDirectory: join(directory.path, "idle"),
    onFault: () => {},
  };
  for (const ranBefore of [false, true, true]) {
    const node = await startNode(options);
    expect(node).toMatchObject({ ranBefore, restoredSlot: 0, tornBytes: 0 });
    await node.close();
  }
  const cluster = await LocalCluster.create({
    directory: join(directory.path, "killed"),
    nodes: 4,
    f: 1,
    initial: "two-thirds",
    protocols: { "two-thirds": {} },
  });
  for (let round = 0; round < 2; round += 1) {
    await cluster.start("n1");
    await cluster.kill("n1");
  }
  expect(await cluster.start("n1")).toMatchObject({ delivered: 0, tornBytes: 0 });
  await cluster.stopAll();
});

test("a lost note of an earlier start takes no records away", { timeout: 60_000 }, async () => {
  const dataDirectory = join(directory.path, "identity");
  const options = { config: await alone(), secrets, id: "n1", dataDirectory, onFault: () => {} };
  const first = await startNode(options);
  first.node.submit(registration(1));
  await until("the slot", () => first.deliveredSlot === 1);
  await first.close();
  rmSync(join(dataDirectory, "started.json"));
  const second = await startNode(options);
  expect(second).toMatchObject({ ranBefore: false, restoredSlot: 1 });
  await second.close();
  const journal = openFileJournal({ directory: join(dataDirectory, "journal"), tag: "alone/n1" });
  const replay = journal.replay();
  expect(replay.kind === "records" && replay.records.length).toBeGreaterThan(1);
  await journal.close();
});

test("two nodes of one data directory, or of another cluster's, are refused", async () => {
  const dataDirectory = join(directory.path, "shared");
  const first = await startNode({
    config: await alone(),
    secrets,
    id: "n1",
    dataDirectory,
    onFault: () => {},
  });
  const again = { secrets, id: "n1", dataDirectory, onFault: () => {} };
  await expect(startNode({ ...again, config: await alone() })).rejects.toMatchObject({
    code: "journal-in-use",
  });
  await first.close();
  const other = startNode({ ...again, config: { ...(await alone()), cluster: "other" } });
  await expect(other).rejects.toThrow("alone/n1");
});
