import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { utf8Encode } from "@eunomia/codec";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalCluster } from "../src/local/cluster.ts";
import { type RunningNode, startNode } from "../src/node/stack.ts";
import { clientOf, fourNodes, temporaryDirectory, until } from "./support/real-cluster.ts";

// Three nodes serve all the time; the fourth is started on one damaged copy of its data after the other.
const directory = temporaryDirectory("damage");
const id = "n4";
/** The first bytes of every frame of a journal. */
const frameMagic = 0xe7a3c195;
let cluster: LocalCluster;
let participants: Awaited<ReturnType<typeof clientOf>>;
let sound: string;

beforeAll(async () => {
  cluster = await fourNodes(directory.path);
  await cluster.startAll();
  participants = await clientOf(cluster, "client");
  for (let i = 0; i < 50; i += 1) await participants.client.broadcast(utf8Encode(`command ${i}`.repeat(40)));
  const level = async (): Promise<boolean> => ((await cluster.status(id))?.delivered ?? 0) >= 51;
  await until("the fourth node", level);
  // Its log is written out some time later than its journal.
  await until("its log to be written", () => written(join(cluster.dataDirectory(id), "log")) > 10_000);
  await cluster.kill(id);
  sound = join(directory.path, "sound");
  cpSync(cluster.dataDirectory(id), sound, { recursive: true });
}, 60_000);

afterAll(async () => {
  await participants?.client.close();
  await participants?.link.close();
  await cluster?.stopAll();
  directory.remove();
});

/** The largest file of a folder, as far as it is written: files are made longer than that in advance. */
function largest(folder: string): { readonly file: string; readonly end: number } {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const ends = files.map((file) => {
    const bytes = readFileSync(file);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end -= 1;
    return { file, end };
  });
  return ends.reduce((best, one) => (one.end > best.end ? one : best));
}
const written = (folder: string): number => largest(folder).end;

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 0x10;
  writeFileSync(file, bytes);
}

/** Puts the sound data back, lets `damage` at it, and answers what the node says to that. */
async function startDamaged(damage: (data: string) => void): Promise<RunningNode> {
  const data = cluster.dataDirectory(id);
  rmSync(data, { recursive: true, force: true });
  cpSync(sound, data, { recursive: true });
  damage(data);
  const { config, secrets } = cluster;
  const faults: Error[] = [];
  const node = await startNode({
    config,
    secrets,
    id,
    dataDirectory: data,
    onFault: (error) => faults.push(error),
  });
  expect(faults).toEqual([]);
  return node;
}

const othersServe = async (): Promise<void> =>
  expect(await participants.client.broadcast(utf8Encode("still here"))).toMatchObject({ index: 0 });

test("on sound data it starts", async () => {
  const node = await startDamaged(() => {});
  expect(node).toMatchObject({ tornBytes: 0, ranBefore: true });
  expect(node.restoredSlot).toBeGreaterThanOrEqual(1);
  await node.close();
});

test("a node that was closed with slots still to be synced asks its log for nothing", async () => {
  const node = await startDamaged(() => {});
  const { slot } = await participants.client.broadcast(utf8Encode("one more"));
  await until("the slot to be delivered", () => (node.node.state?.slotOut ?? 0) > slot);
  await node.close();
  // Longer than the log waits for its next sync: a late one would be an uncaught error.
  await new Promise((resolve) => setTimeout(resolve, 400));
});

for (const part of [0.25, 0.5, 0.75])
  test(`a journal with a wrong bit at ${part * 100} % is not started on`, async () => {
    let file = "";
    const started = startDamaged((data) => {
      const found = largest(join(data, "journal"));
      file = found.file;
      flip(file, Math.floor(found.end * part));
    });
    await expect(started).rejects.toMatchObject({ code: "journal-unreadable" });
    await expect(started).rejects.toThrow(file);
    await expect(started).rejects.toThrow(/at byte \d+/);
    await expect(started).rejects.toThrow("Restore the directory from a copy");
    await othersServe();
  });

for (const part of [0.25, 0.5])
  test(`a delivered log with a wrong bit at ${part * 100} % is not started on`, async () => {
    let file = "";
    const started = startDamaged((data) => {
      const found = largest(join(data, "log"));
      file = found.file;
      flip(file, Math.floor(found.end * part));
    });
    await expect(started).rejects.toMatchObject({ code: "log" });
    await expect(started).rejects.toThrow(file);
    await expect(started).rejects.toThrow(/at byte \d+/);
    await expect(started).rejects.toThrow("restore it from a copy");
    await othersServe();
  });

test("a last write that did not get through is cut off: it starts and catches up", async () => {
  const node = await startDamaged((data) => {
    const { file, end } = largest(join(data, "journal"));
    const bytes = readFileSync(file);
    // The last sector never came to the disk; one in which a frame begins would take that frame away as a whole.
    let sector = Math.floor((end - 1) / 512) * 512;
    if (bytes.readUInt32BE(sector) === frameMagic) sector -= 512;
    bytes.fill(0, sector, end);
    writeFileSync(file, bytes);
  });
  expect(node.tornBytes).toBeGreaterThan(0);
  const { slot } = await participants.client.broadcast(utf8Encode("after the cut"));
  await until("the node to catch up", () => (node.node.state?.slotOut ?? 0) > slot);
  await node.close();
});

test("a journal that is shorter than it was made is not started on", async () => {
  const started = startDamaged((data) => {
    const { file, end } = largest(join(data, "journal"));
    truncateSync(file, end - 5);
  });
  await expect(started).rejects.toMatchObject({ code: "journal-unreadable" });
  await othersServe();
});

test("a journal that is gone is not taken for a new node", async () => {
  const started = startDamaged((data) => rmSync(join(data, "journal"), { recursive: true }));
  await expect(started).rejects.toMatchObject({ code: "journal-lost" });
  await expect(started).rejects.toThrow("replace this node under another identity");
  await othersServe();
});

test("a process says it too, and the port that is in use", async () => {
  const data = cluster.dataDirectory(id);
  rmSync(data, { recursive: true, force: true });
  cpSync(sound, data, { recursive: true });
  const { file, end } = largest(join(data, "journal"));
  const before = readFileSync(file);
  flip(file, end >> 1);
  await expect(cluster.start(id)).rejects.toMatchObject({ code: "journal-unreadable" });
  writeFileSync(file, before);
  const { host, port } = cluster.config.nodes.find((node) => node.id === id)!;
  // The other nodes dial whoever listens there.
  const squatter = createServer((socket) => void socket.destroy());
  await new Promise<void>((resolve) => squatter.listen(port, host, resolve));
  const started = cluster.start(id);
  await expect(started).rejects.toThrow(new RegExp(`${port}`));
  await new Promise((resolve) => squatter.close(resolve));
  expect(statSync(file).size).toBe(before.length);
  await cluster.start(id);
  await othersServe();
}, 60_000);
