import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, GatewayLink } from "@eunomia/aneris-client";
import { utf8Encode } from "@eunomia/codec";
import { broadcastEvent } from "@eunomia/trace";
import { nodeBodyDigest, TraceWriter } from "@eunomia/trace/file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { judgeTraces } from "../src/demo/judge.ts";
import type { Recorder } from "../src/demo/subscriber.ts";
import { LocalCluster } from "../src/local/cluster.ts";
import { wallClock } from "../src/node/trace.ts";
import { clientOf, readerOf, swapCommand, temporaryDirectory, until } from "./support/real-cluster.ts";

// Six nodes of which one may lie: what Byzantine 2/3-consensus needs. All four protocols run on them, one after the other, in real
// processes, while a client goes on.
const directory = temporaryDirectory("laws");
const laws = [
  "two-thirds-byzantine",
  "hetero-paxos",
  "two-thirds",
  "hetero-paxos",
  "two-thirds-byzantine",
  "paxos",
];
const bodies: Uint8Array[] = [];
const alarms: string[] = [];
let settled = 0;
let session = 0;
let cluster: LocalCluster;
let trace: TraceWriter;
let client: Client;
let link: GatewayLink;
let reader: Recorder;

beforeAll(async () => {
  cluster = await LocalCluster.create({
    directory: directory.path,
    nodes: 6,
    f: 1,
    initial: "paxos",
    protocols: { paxos: {}, "two-thirds": {}, "two-thirds-byzantine": {}, "hetero-paxos": {} },
    alpha: 4,
    fifo: true,
    trace: true,
  });
  await cluster.startAll();
  trace = new TraceWriter(join(directory.path, "client.trace.jsonl"));
  ({ client, link } = await clientOf(cluster, "client", { onSettled: ({ count }) => (settled += count) }));
  reader = await readerOf(cluster, "reader", (what) => alarms.push(what));
  session = await client.registered();
}, 60_000);

afterAll(async () => {
  await client?.close();
  await link?.close();
  await cluster?.stopAll();
  directory.remove();
});

/** Hands in commands, without waiting for any. */
function load(count: number): void {
  const parts = Array.from({ length: count }, (_, i) => utf8Encode(`command ${bodies.length + 1 + i}\n`));
  trace.write(broadcastEvent(wallClock(), "client", session, bodies.length + 1, parts));
  for (const body of parts) expect(client.send(body)).toBe(true);
  bodies.push(...parts);
}

const nodeIds = (): string[] => cluster.config.nodes.map(({ id }) => id);
const levelAt = (epoch: number, protocol: string) => async (): Promise<boolean> => {
  const told = await Promise.all(nodeIds().map((id) => cluster.status(id)));
  return told.every((status) => status?.epoch === epoch && status.protocol === protocol);
};
const signed = (n: number, operation: Uint8Array): void =>
  trace.write({ kind: "control", at: wallClock(), who: "client", n, digest: nodeBodyDigest(operation) });

test("crash, Byzantine and heterogeneous protocols follow one another under load", {
  timeout: 120_000,
}, async () => {
  for (const [i, protocol] of laws.entries()) {
    load(200);
    expect(await swapCommand(cluster, client, { protocol, signed })).toMatchObject({ kind: "effective" });
    load(200);
    await until(`all commands under ${protocol}`, () => settled === bodies.length);
    await until(`all nodes in ${protocol}`, levelAt(i + 1, protocol));
  }
});

test("a Byzantine protocol goes on without one of the nodes, which then comes back", {
  timeout: 120_000,
}, async () => {
  for (const protocol of ["hetero-paxos", "two-thirds-byzantine"]) {
    expect(await swapCommand(cluster, client, { protocol, signed })).toMatchObject({ kind: "effective" });
    await cluster.kill("n6");
    trace.write({ kind: "crash", at: wallClock(), who: "n6" });
    load(200);
    await until(`all commands without n6 under ${protocol}`, () => settled === bodies.length);
    await cluster.start("n6");
  }
  await until("all nodes in the last epoch", levelAt(laws.length + 2, "two-thirds-byzantine"));
});

test("the traces of everybody keep every property", { timeout: 120_000 }, async () => {
  await until("the subscriber", () => reader.commands === bodies.length);
  await until("all nodes to be level", async () => {
    const slots = await Promise.all(nodeIds().map(async (id) => (await cluster.status(id))?.delivered));
    return new Set(slots).size === 1;
  });
  await reader.close();
  expect(readFileSync(join(directory.path, "reader.out")).equals(Buffer.concat(bodies))).toBe(true);
  await cluster.stopAll();
  trace.write({ kind: "quiesced", at: wallClock() });
  trace.close();
  const files = ["client", "reader", ...nodeIds()].map((who) => join(directory.path, `${who}.trace.jsonl`));
  const judgement = await judgeTraces(files, nodeIds(), ["reader"]);
  const bad = judgement.verdicts.filter(({ kind }) => kind !== "ok");
  expect(bad.map(({ property, detail }) => `${property}: ${detail}`)).toEqual([]);
  expect(judgement.counts).toMatchObject({ commands: bodies.length, controls: laws.length + 2, crashes: 2 });
  expect(alarms).toEqual([]);
});
