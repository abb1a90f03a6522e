import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { utf8Encode } from "@eunomia/codec";
import { type TcpEvent, tcpTransport } from "@eunomia/transports/tcp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClusterFolder } from "../src/cli/layout.ts";
import { openClient } from "../src/local/participants.ts";
import type { ClusterNode } from "../src/node/config.ts";
import { until } from "./support/real-cluster.ts";
import { Shell } from "./support/shell.ts";

const ids = ["n1", "n2", "n3"] as const;
const folderOf = (id: string): string => join("c", "nodes", id);
let shell: Shell;
let folder: ClusterFolder;

beforeAll(async () => {
  shell = await Shell.open("operated");
  await shell.run("init", "--local", "3", "c");
  // What an operator must not do: keep a copy of a node's folder, and start it again.
  cpSync(join(shell.path, folderOf("n3")), join(shell.path, "copy"), { recursive: true });
  folder = new ClusterFolder(join(shell.path, "c"));
  await Promise.all(ids.map((id) => shell.start(folderOf(id))));
}, 90_000);
afterAll(() => shell.close());

async function write(count: number): Promise<void> {
  const { tls, name } = folder.client();
  const { config } = folder;
  const { client, link } = await openClient({
    config,
    clientSecret: tls,
    self: `${name}/${count}`,
    nodes: ["n1", "n2"],
  });
  for (let i = 0; i < count; i += 1) await client.broadcast(utf8Encode(`${i}`));
  await client.close();
  await link.close();
}

const answer = async (id: string, path: string): Promise<{ status: number; body: string }> => {
  const got = await fetch(`${shell.observed("c", id)}${path}`);
  return { status: got.status, body: await got.text() };
};

test("nodes say how they are: status, metrics and readiness follow what happens to them", {
  timeout: 90_000,
}, async () => {
  await write(20);
  await until("all to have everything", async () => {
    const looks = await Promise.all(ids.map((id) => shell.look("c", id)));
    return looks.every(({ delivered }) => delivered > 0 && delivered === looks[0]!.delivered);
  });
  const look = await shell.look("c", "n1");
  expect(look).toMatchObject({
    node: "n1",
    epoch: 0,
    protocol: "paxos",
    f: 1,
    nextControl: 1,
    unready: [],
    retired: [],
  });
  expect(look.members).toEqual(folder.config.nodes.map(({ id, host, port }) => ({ id, host, port })));
  expect(look.peers.map(({ node, connected }) => [node, connected])).toEqual([
    ["n2", true],
    ["n3", true],
  ]);
  expect(ids).toContain(look.leader);
  expect(look.certificateUntil).toBeGreaterThan(look.at);
  const { body } = await answer("n1", "/metrics");
  const metric = (name: string): number => Number(new RegExp(`^${name} (.*)$`, "m").exec(body)?.[1]);
  expect(metric("eunomia_commands_total")).toBeGreaterThanOrEqual(20);
  expect(metric("eunomia_delivered_slot")).toBeGreaterThan(0);
  expect(metric("eunomia_journal_sync_seconds_count")).toBeGreaterThan(0);
  // Latency is told where slots are proposed.
  const bodies = await Promise.all(ids.map((id) => answer(id, "/metrics")));
  const proposed = bodies.map((one) => Number(/^eunomia_slot_seconds_count (.*)$/m.exec(one.body)![1]));
  expect(Math.max(...proposed)).toBeGreaterThan(0);

  await shell.stop(folderOf("n3"), "SIGKILL");
  await until("n1 to miss n3", async () =>
    (await shell.look("c", "n1")).peers.some(({ node, connected }) => node === "n3" && !connected),
  );
  await write(5);
  await until("n3 to be behind", async () =>
    (await shell.look("c", "n1")).peers.some(({ node, behind }) => node === "n3" && behind > 0),
  );
  expect((await answer("n1", "/readyz")).status).toBe(200);

  await shell.stop(folderOf("n2"));
  await until("n1 to be unready", async () => (await answer("n1", "/readyz")).status === 503);
  expect((await answer("n1", "/readyz")).body).toContain("0 other members answer, 1 are needed");
  expect((await answer("n1", "/healthz")).status).toBe(200);

  await Promise.all(["n2", "n3"].map((id) => shell.start(folderOf(id))));
  await until("n1 to be ready", async () => (await answer("n1", "/readyz")).status === 200);
  const level = (await shell.look("c", "n1")).delivered;
  await until("n3 to catch up", async () => (await shell.look("c", "n3")).delivered >= level);
});

test("doctor finds a running cluster well, from outside and beside a node", { timeout: 60_000 }, async () => {
  const cluster = await shell.run("doctor", "c");
  expect(cluster).toMatchObject({ code: 0, stdout: expect.stringContaining("peer n3") });
  expect(cluster.stdout).toMatch(/ok +status n2 +ready, slot/);
  const node = await shell.run("doctor", folderOf("n1"));
  expect(node.stdout).toMatch(/ok +port +127.0.0.1:\d+ is this node's/);
});

test("a node whose data was lost, or that runs elsewhere, is not started again under its name", {
  timeout: 60_000,
}, async () => {
  const { code, stderr } = await shell.run("start", "copy");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/got none, and n\d knows that it has delivered slot/),
  });
  expect(stderr).toContain("eunomia join");
});

test("who speaks an older dialect is told so, and a configuration that was changed is another one", {
  timeout: 60_000,
}, async () => {
  const { config } = folder;
  const { tls, name } = folder.client();
  const { host, port } = config.nodes[0]!;
  const told: TcpEvent[] = [];
  const refusedBy = async (dialect: string): Promise<string> => {
    told.length = 0;
    const transport = await tcpTransport({
      self: `${name}/old`,
      cluster: config.cluster,
      dialect,
      peers: { n1: { host, port } },
      tls,
      onEvent: (event) => told.push(event),
    });
    await until("the refusal", () => told.some(({ kind }) => kind === "refused-by-peer"));
    await transport.close();
    const [refusal] = told.flatMap((event) => (event.kind === "refused-by-peer" ? [event.detail] : []));
    return refusal!;
  };
  expect(await refusedBy("messages 0, configuration 0")).toMatch(
    /another dialect: this node speaks "messages 1, configuration [0-9a-f]{16}", got "messages 0, configuration 0"/,
  );
  await until("the refusal to be counted", async () =>
    Object.keys((await shell.look("c", "n1")).refusals).includes("handshake: another dialect"),
  );
});

test("rotate and SIGHUP change certificates without a stop", { timeout: 60_000 }, async () => {
  const { port } = folder.config.nodes[0]!;
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, minVersion: "TLSv1.3" });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        resolve(socket.getPeerX509Certificate()!.fingerprint256);
        socket.destroy();
      });
    });
  const before = await shown();
  const { stdout } = await shell.run("rotate", "--in", "c");
  expect(stdout).toContain("kill -HUP $(cat c/nodes/n1/node.pid)");
  for (const id of ids) shell.signal(folderOf(id), "SIGHUP");
  await until("the new certificate", async () => (await shown()) !== before);
  await write(3);
  expect((await shell.look("c", "n1")).unready).toEqual([]);
});

test("an address that is taken is said before the node starts", { timeout: 60_000 }, async () => {
  await shell.stop(folderOf("n3"));
  const file = join(shell.path, folderOf("n3"), "cluster.json");
  const config = shell.json(folderOf("n3"), "cluster.json");
  const { observe } = folder.config.nodes[0]!;
  const at = (id: string) => (id === "n3" ? { observe } : {});
  const nodes: ClusterNode[] = config.nodes.map(({ id, host, port }: ClusterNode) => ({
    id,
    host,
    port,
    ...at(id),
  }));
  writeFileSync(file, JSON.stringify({ ...config, nodes }));
  expect(await shell.run("start", folderOf("n3"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("observe-address"),
  });
  expect(await shell.run("doctor", folderOf("n3"))).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/FAIL +port to observe .* is taken, and this node does not run/),
  });
  writeFileSync(
    file,
    JSON.stringify({ ...config, nodes: config.nodes.map((node: ClusterNode) => ({ ...node, observe })) }),
  );
  expect(await shell.run("start", folderOf("n3"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("those to observe among them"),
  });
});
