import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type Client, type GatewayLink, TooLargeError } from "@eunomia/aneris-client";
import { utf8Encode } from "@eunomia/codec";
import { hmacAuthenticator } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { bodyDigest, broadcastEvent } from "@eunomia/trace";
import { TraceWriter } from "@eunomia/trace/file";
import { tcpTransport } from "@eunomia/transports/tcp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestOf, judgeTraces } from "../src/demo/judge.ts";
import type { Recorder } from "../src/demo/subscriber.ts";
import type { LocalCluster } from "../src/local/cluster.ts";
import { wallClock } from "../src/node/trace.ts";
import {
  clientOf,
  fourNodes,
  readerOf,
  swapCommand,
  temporaryDirectory,
  until,
} from "./support/real-cluster.ts";

// One cluster of real processes for the whole file: every test leaves it serving, whatever it did to it.
const directory = temporaryDirectory("cluster");
const alarms: string[] = [];
const settled = new Map<number, number>();
let cluster: LocalCluster;
let trace: TraceWriter;
let client: Client;
let link: GatewayLink;
let reader: Recorder;
let session = 0;
let written = 0;
const bodies: Uint8Array[] = [];

beforeAll(async () => {
  cluster = await fourNodes(directory.path, { trace: true });
  await cluster.startAll();
  trace = new TraceWriter(join(directory.path, "client.trace.jsonl"));
  ({ client, link } = await clientOf(cluster, "client", {
    onSettled: ({ seq, count }) => {
      for (let i = 0; i < count; i += 1) settled.set(seq + i, (settled.get(seq + i) ?? 0) + 1);
    },
  }));
  reader = await readerOf(cluster, "reader", (what) => alarms.push(what));
  session = await client.registered();
}, 60_000);

afterAll(async () => {
  await client?.close();
  await link?.close();
  await cluster?.stopAll();
  directory.remove();
});

const nodeIds = (): string[] => cluster.config.nodes.map((node) => node.id);

/** Hands in commands of the shared client and notes them in its trace. */
function write(parts: readonly Uint8Array[]): void {
  trace.write(broadcastEvent(wallClock(), "client", session, written + 1, parts));
  for (const body of parts) expect(client.send(body)).toBe(true);
  bodies.push(...parts);
  written += parts.length;
}
const some = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => utf8Encode(`command ${written + 1 + i}\n`));
const allSettled = (): Promise<void> => until("all commands to be answered", () => settled.size === written);

/** The cluster takes a command and the subscriber gets it. */
async function stillServes(): Promise<void> {
  write(some(1));
  await allSettled();
  await until("the subscriber", () => reader.commands === written);
}

async function refusalsOf(id: string): Promise<number> {
  const status = await cluster.status(id);
  return Object.values(status?.refusals ?? {}).reduce((sum, count) => sum + count, 0);
}

test("control commands that are wrong change nothing and say why; a right one swaps", {
  timeout: 60_000,
}, async () => {
  await stillServes();
  const refused = async (variant: Parameters<typeof swapCommand>[2], reason: RegExp): Promise<void> => {
    const outcome = await swapCommand(cluster, client, variant);
    expect(outcome).toMatchObject({ kind: "refused", reason: expect.stringMatching(reason) });
    expect(await client.status()).toMatchObject({ epoch: 0, protocol: "two-thirds", nextControl: 1 });
  };
  await refused({ forged: true }, /signature/);
  await refused({ protocol: "raft" }, /registry/);
  await refused({ expired: true }, /expired|slot/);
  await refused({ ahead: -1 }, /number/);
  const signed = (n: number, operation: Uint8Array): void =>
    trace.write({ kind: "control", at: wallClock(), who: "client", n, digest: bodyDigest(operation) });
  expect(await swapCommand(cluster, client, { signed })).toMatchObject({ kind: "effective" });
  await stillServes();
  expect(await client.status()).toMatchObject({ epoch: 1, protocol: "paxos", nextControl: 2 });
});

test("a command that is too large is refused at once, smaller ones go on", { timeout: 60_000 }, async () => {
  const large = new Uint8Array(client.maxBodyBytes + 1);
  await expect(client.broadcast(large)).rejects.toThrow(TooLargeError);
  expect(() => client.send(large)).toThrow(`at most ${client.maxBodyBytes} bytes, got ${large.length}`);
  write([new Uint8Array(client.maxBodyBytes).fill(0x2e)]);
  await stillServes();
});

test("what only the cluster finds too large ends its session and nobody else's", {
  timeout: 60_000,
}, async () => {
  const other = await clientOf(cluster, "large-client", { maxBodyBytes: 1 << 20 });
  const outcome = other.client.broadcast(new Uint8Array(700_000));
  await expect(outcome).rejects.toMatchObject({ code: "too large", bodyBytes: 700_000, maxBodyBytes: null });
  // Its number can never be delivered, and later ones must not overtake it.
  await expect(other.client.broadcast(new Uint8Array(1))).rejects.toMatchObject({
    code: "session",
    sent: false,
  });
  await other.client.close();
  await other.link.close();
  await stillServes();
});

test("a node of another cluster is refused and counted", { timeout: 60_000 }, async () => {
  const { nodes, cluster: name } = cluster.config;
  const [first] = nodes;
  const dial = async (clusterName: string, self: string): Promise<() => Promise<void>> => {
    const transport = await tcpTransport({
      self,
      peers: { n1: { host: first!.host, port: first!.port } },
      cluster: clusterName,
      maxFrameBytes: 8 << 20,
      maxQueueBytes: 64 << 20,
    });
    const authenticator = hmacAuthenticator({
      self,
      cluster: clusterName,
      keys: { kind: "cluster", secret: randomBytes(32), peers: nodes.map((node) => node.id) },
      provider: native,
    });
    const timer = setInterval(() => transport.send("n1", authenticator.seal("n1", randomBytes(64))), 20);
    return async () => {
      clearInterval(timer);
      await transport.close();
    };
  };
  const log = (): string => readFileSync(join(directory.path, "n1.log"), "utf8");
  const otherCluster = await dial("elsewhere", "n3");
  await until("the refusal in the log", () => log().includes("connection refused"));
  await otherCluster();
  for (const self of ["n2", "stranger"]) {
    const before = await refusalsOf("n1");
    const otherSecret = await dial(name, self);
    await until("refused packets to be counted", async () => (await refusalsOf("n1")) > before);
    await stillServes();
    await otherSecret();
  }
  await stillServes();
});

test("hostile bytes on a node's socket", { timeout: 60_000 }, async () => {
  const { host, port } = cluster.config.nodes[0]!;
  const length = (bytes: number): Buffer => {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(bytes);
    return out;
  };
  const name = Buffer.from(cluster.config.cluster);
  const id = Buffer.from("visitor");
  const hello = Buffer.concat([
    Buffer.from("EUNO"),
    Buffer.of(1, 1),
    length(1 << 20),
    Buffer.of(name.length),
    name,
    Buffer.of(id.length),
    id,
  ]);
  const greeting = Buffer.concat([length(hello.length), hello]);
  const attacks = [
    randomBytes(100_000),
    length(0xffffffff),
    Buffer.concat([length(0xffffff), randomBytes(5000)]),
    greeting.subarray(0, 20),
    Buffer.concat([greeting, randomBytes(50_000)]),
    Buffer.concat([
      greeting,
      ...Array.from({ length: 200 }, () => Buffer.concat([length(40), randomBytes(40)])),
    ]),
    Buffer.concat([greeting, length(0)]),
  ];
  const before = await refusalsOf("n1");
  const sockets = attacks.map((bytes) => {
    const socket = connect({ host, port });
    socket.on("error", () => {});
    socket.write(bytes);
    return socket;
  });
  await until(
    "garbage behind a good greeting to be counted",
    async () => (await refusalsOf("n1")) >= before + 200,
  );
  await stillServes();
  for (const socket of sockets) socket.destroy();
  await stillServes();
});

test("nothing acknowledged is lost or doubled while every node is killed in turn", {
  timeout: 120_000,
}, async () => {
  const first = written;
  for (const id of nodeIds()) {
    write(some(250));
    await cluster.kill(id);
    trace.write({ kind: "crash", at: wallClock(), who: id });
    write(some(250));
    await allSettled();
    await cluster.start(id);
  }
  expect(written - first).toBe(2000);
  expect([...settled.values()].every((times) => times === 1)).toBe(true);
});

test("after SIGTERM of all and a restart the log is there", { timeout: 120_000 }, async () => {
  await until("all nodes to be level", async () => {
    const slots = await Promise.all(nodeIds().map(async (id) => (await cluster.status(id))?.delivered));
    return new Set(slots).size === 1;
  });
  await cluster.stopAll();
  const ready = await Promise.all(nodeIds().map((id) => cluster.start(id)));
  for (const { delivered, tornBytes } of ready)
    expect({ enough: delivered >= 4, tornBytes }).toEqual({ enough: true, tornBytes: 0 });
  const late = await readerOf(cluster, "late-reader", (what) => alarms.push(what));
  await stillServes();
  await until("a subscriber from slot 1", () => late.commands === written);
  await Promise.all([late.close(), reader.close()]);
  const expected = Buffer.concat(bodies);
  for (const name of ["reader", "late-reader"]) {
    expect(readFileSync(join(directory.path, `${name}.out`)).equals(expected)).toBe(true);
    expect((await digestOf(join(directory.path, `${name}.out`))).bytes).toBe(expected.length);
  }
});

test("the traces of everybody keep every property", { timeout: 60_000 }, async () => {
  await cluster.stopAll();
  trace.write({ kind: "quiesced", at: wallClock() });
  trace.close();
  const readers = ["reader", "late-reader"];
  const files = ["client", ...readers, ...nodeIds()].map((who) => join(directory.path, `${who}.trace.jsonl`));
  const judgement = await judgeTraces(files, nodeIds(), readers);
  const bad = judgement.verdicts.filter(({ kind }) => kind !== "ok");
  expect(bad.map(({ property, detail }) => `${property}: ${detail}`)).toEqual([]);
  expect(judgement.counts).toMatchObject({ commands: written, processes: 6, crashes: 4 });
  expect(alarms).toEqual([]);
});
