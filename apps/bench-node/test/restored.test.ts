import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utf8Encode } from "@eunomia/codec";
import { exportSnapshot, openFileSnapshots } from "@eunomia/journal/file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClusterFolder } from "../src/cli/layout.ts";
import { KvClient } from "../src/kv/client.ts";
import { openClient } from "../src/local/participants.ts";
import { until } from "./support/real-cluster.ts";
import { Shell } from "./support/shell.ts";

let shell: Shell;
/** The slot of each write, and that of the snapshot. */
const places: number[] = [];
let slot = 0;
beforeAll(async () => {
  shell = await Shell.open("restored");
  await shell.run("init", "--local", "1", "--checkpoint-slots", "5", "--cluster", "old", "c");
  await shell.start("c/nodes/n1");
  await using("c", async (kv) => {
    for (let n = 0; n < 30; n += 1) places.push((await kv.put(key(n), utf8Encode(`value ${n}`))).slot);
  });
  await until("a snapshot", async () => (await shell.look("c", "n1")).snapshots.length > 0);
  await shell.stop("c/nodes/n1");
  const store = openFileSnapshots({
    directory: join(shell.path, "c/nodes/n1/data/snapshots"),
    cluster: "old",
  });
  store.open();
  slot = store.slots.at(-1)!;
  await exportSnapshot(store, slot, join(shell.path, "backup"));
  await store.close();
}, 90_000);
afterAll(() => shell.close());

const key = (n: number): Uint8Array => utf8Encode(`key ${n}`);

/** What a client of a cluster does with its store. */
async function using<R>(folder: string, act: (kv: KvClient) => Promise<R>): Promise<R> {
  const cluster = new ClusterFolder(join(shell.path, folder));
  const { config } = cluster;
  const { tls, name } = cluster.client();
  const nodes = config.nodes.map(({ id }) => id);
  const { client, link } = await openClient({ config, clientSecret: tls, self: `${name}/1`, nodes });
  try {
    return await act(new KvClient(client));
  } finally {
    await client.close();
    await link.close();
  }
}

test("a cluster begins with the snapshot of another one, at each of its nodes", {
  timeout: 90_000,
}, async () => {
  const made = await shell.run("restore", "backup", "renewed", "--local", "3", "--json");
  expect(made.stderr).toBe("");
  expect(JSON.parse(made.stdout)).toMatchObject({ from: "old", slot });
  expect(shell.json("renewed", "cluster.json").origin).toMatchObject({ slot });
  await Promise.all(["n1", "n2", "n3"].map((id) => shell.start(`renewed/nodes/${id}`)));
  await until("readiness", async () => (await shell.look("renewed", "n1")).unready.length === 0);
  await using("renewed", async (kv) => {
    const found = await Promise.all(places.map((_, n) => kv.get(key(n))));
    const told = (n: number) => ({
      value: utf8Encode(`value ${n}`),
      slot: places[n]!,
      index: expect.any(Number),
    });
    expect(found).toEqual(places.map((place, n) => (place <= slot ? told(n) : null)));
    expect(found.filter((one) => one !== null).length).toBeGreaterThan(0);
    // Slots are never used twice: the first one of the new cluster comes after those of the old one.
    expect((await kv.put(key(0), utf8Encode("another"))).slot).toBeGreaterThan(slot);
  });
  const { log, delivered } = await shell.look("renewed", "n1");
  expect({ first: log.first > slot, delivered: delivered > slot }).toEqual({ first: true, delivered: true });
});

test("what is no whole snapshot, or would be two clusters of one name, is refused and leaves nothing", {
  timeout: 60_000,
}, async () => {
  const whole = readFileSync(join(shell.path, "backup"));
  const damaged = Buffer.from(whole);
  damaged[520]! ^= 1;
  writeFileSync(join(shell.path, "damaged"), damaged);
  writeFileSync(join(shell.path, "cut"), whole.subarray(0, -10));
  writeFileSync(join(shell.path, "text"), "no snapshot");
  const before = readdirSync(shell.path);
  const cases: [args: string[], said: string][] = [
    [["damaged", "x"], "fails its digest; take another one"],
    [["cut", "x"], "footer fails its checksum"],
    [["text", "x"], "expected a snapshot, got"],
    [["absent", "x"], "absent"],
    [
      ["backup", "x", "--cluster", "old"],
      "expected another name than that of the cluster of the snapshot, got old",
    ],
    [["backup", "c"], "expected an empty folder or none"],
  ];
  for (const [args, said] of cases) {
    const { code, stderr } = await shell.run("restore", ...args, "--local", "3");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
    expect(readdirSync(shell.path)).toEqual(before);
  }
});

test("a node of the new cluster does not take the snapshots of the old one", {
  timeout: 60_000,
}, async () => {
  const store = openFileSnapshots({
    directory: join(shell.path, "c/nodes/n1/data/snapshots"),
    cluster: "renewed",
  });
  const { unusable } = store.open();
  expect(unusable.length).toBeGreaterThan(0);
  expect(store.slots).toEqual([]);
  await store.close();
});
