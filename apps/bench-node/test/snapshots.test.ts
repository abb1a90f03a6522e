import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openSnapshot, restoreCluster } from "@eunomia/aneris-switch";
import { encodeCommand, encodeRegistration, joinBatch } from "@eunomia/aneris-switch/messages";
import { chunksFrom, exportSnapshot, openFileSnapshots, readSnapshotFile } from "@eunomia/journal/file";
import { afterAll, expect, test } from "vitest";
import { freePorts } from "../src/local/ports.ts";
import type { ClusterConfig } from "../src/node/config.ts";
import { oracles, type RunningNode, replicaConfig, startNode } from "../src/node/stack.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";
import { Tally } from "./support/tally.ts";

const directory = temporaryDirectory("snapshots");
afterAll(() => directory.remove());
const secrets = { nodes: "01".repeat(32), clients: "02".repeat(32) };

async function configOf(cluster: string): Promise<ClusterConfig> {
  const [port] = await freePorts(1);
  return {
    cluster,
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
    checkpointSlots: 50,
  };
}

/** A life of the node; what its application says, and what happens to its snapshots. */
async function life(config: ClusterConfig, dataDirectory: string) {
  const applied = new Map<number, string>();
  const events: string[] = [];
  const failures: unknown[] = [];
  const application = new Tally(
    { applied: (slot, digest) => applied.set(slot, digest), failed: (what) => failures.push(what) },
    true,
    false,
  );
  const node = await startNode({
    config,
    secrets,
    id: "n1",
    dataDirectory,
    application,
    onSnapshot: (event) => events.push("slot" in event ? `${event.kind} ${event.slot}` : event.kind),
    onFault: (error) => failures.push(error),
  });
  return { node, applied, events, failures };
}

const registered = 65_536;
const submit = (node: RunningNode, seq: number): void =>
  node.node.submit(joinBatch([encodeCommand(registered, seq, seq - 1, new Uint8Array(40))]));

test("a node begins with its snapshot and the slots behind it, and a new cluster with the file of one", {
  timeout: 120_000,
}, async () => {
  const data = join(directory.path, "old");
  const config = await configOf("old");
  const first = await life(config, data);
  first.node.node.submit(joinBatch([encodeRegistration(new Uint8Array(8))]));
  await until("the session", () => first.applied.has(1));
  for (let seq = 1; seq <= 69; seq += 1) submit(first.node, seq);
  await until("a snapshot", () => first.events.length === 1);
  for (let seq = 70; seq <= 129; seq += 1) submit(first.node, seq);
  await until("another one", () => first.events.length === 2 && first.applied.has(130));
  await first.node.close();
  expect(first.events).toEqual(["written 50", "written 100"]);
  expect(readdirSync(join(data, "snapshots")).filter((name) => name.endsWith(".snapshot"))).toHaveLength(2);

  const second = await life(config, data);
  await until("the last slot", () => second.applied.has(130));
  // The slots before the snapshot are not executed again.
  expect([...second.applied.keys()].sort((a, b) => a - b)[0]).toBe(100);
  expect(second.applied.get(130)).toBe(first.applied.get(130));
  const file = join(directory.path, "backup.snapshot");
  await exportSnapshot(second.node.snapshots, 100, file);
  await second.node.close();

  const renewed = await configOf("renewed");
  const snapshots = openFileSnapshots({
    directory: join(directory.path, "new", "snapshots"),
    cluster: "renewed",
  });
  snapshots.open();
  const chunks = chunksFrom(readSnapshotFile(file));
  const { slot, contents } = restoreCluster(replicaConfig(renewed, "n1"), oracles().sha256, chunks);
  await snapshots.write(slot, contents);
  await snapshots.close();
  const third = await life(renewed, join(directory.path, "new"));
  // Number 99 was executed in the old cluster before the snapshot, 105 after it.
  submit(third.node, 99);
  submit(third.node, 105);
  await until("a slot of the new cluster", () => third.applied.has(101));
  expect(third.applied.get(100)).toBe(first.applied.get(100));
  const session = third.node.node.state!.sessions;
  expect(session.values[session.keys.indexOf(registered)]).toMatchObject({ low: 99, done: [105] });
  await third.node.close();
  expect([first, second, third].flatMap(({ failures }) => failures)).toEqual([]);
  expect(openSnapshot(chunksFrom(readSnapshotFile(file))).checkpoint.slotOut).toBe(101);
});
