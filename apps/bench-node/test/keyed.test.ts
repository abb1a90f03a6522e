import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../src/local/ports.ts";
import { called } from "./support/called.ts";
import { until } from "./support/real-cluster.ts";
import { type Ran, Shell } from "./support/shell.ts";

// Four nodes with keys, operated by commands as an operator has them.
let shell: Shell;
const at = (id: string): string => join("c", "nodes", id);
const on = (...words: string[]): Promise<Ran> => called(...words, "--in", join(shell.path, "c"));

beforeAll(async () => {
  shell = await Shell.open("keyed");
  const made = await shell.run("init", "--local", "4", "--f", "1", "--protocols", "paxos,hetero-paxos", "c");
  expect(made).toMatchObject({ code: 0 });
  await Promise.all(["n1", "n2", "n3", "n4"].map((id) => shell.start(at(id))));
}, 90_000);
afterAll(() => shell.close());

test("nodes have keys of their own, which nobody else can read", () => {
  const { nodes } = shell.json("c", "cluster.json");
  expect(new Set(nodes.map(({ publicKey }: { publicKey: string }) => publicKey)).size).toBe(4);
  const file = join(shell.path, at("n1"), "signing.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(shell.json(at("n1"), "signing.json").publicKey).toBe(nodes[0].publicKey);
});

test("a swap to Heterogeneous Paxos and a new member with a key, while the store goes on", {
  timeout: 120_000,
}, async () => {
  expect(await on("put", "colour", "green")).toMatchObject({ code: 0 });
  expect(await on("swap", "two-thirds")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("paxos, hetero-paxos"),
  });
  const swapped = await on("swap", "hetero-paxos");
  expect(swapped).toMatchObject({ code: 0, stdout: expect.stringContaining("epoch 1 runs hetero-paxos") });
  expect(await on("put", "colour", "red")).toMatchObject({ code: 0 });

  const [port, stranger] = await freePorts(2);
  const unknown = await on("reconfigure", "--add", `n9=127.0.0.1:${stranger}`, "--force");
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("expected a public key of n9") });
  await on("join", `n5=127.0.0.1:${port}`, "--no-observe");
  await shell.start(at("n5"));
  const replaced = await on("reconfigure", "--replace", `n1=n5=127.0.0.1:${port}`);
  expect(replaced).toMatchObject({ code: 0, stdout: expect.stringContaining("epoch 2 runs") });
  await until("n1 to know", async () =>
    (await shell.look("c", "n1")).unready.some((why) => why.startsWith("removed")),
  );
  await shell.stop(at("n1"));
  const { members } = await shell.look("c", "n2");
  expect(members.find(({ id }) => id === "n5")?.publicKey).toBe(
    shell.json(at("n5"), "signing.json").publicKey,
  );

  // Of four members one may be down, and the new one counts.
  await shell.stop(at("n4"));
  expect(await on("put", "colour", "blue")).toMatchObject({ code: 0 });
  expect(await on("get", "colour")).toMatchObject({ code: 0, stdout: expect.stringContaining("blue") });
  expect(await on("swap", "paxos")).toMatchObject({ code: 0, stdout: expect.stringContaining("runs paxos") });
  expect(await on("get", "colour")).toMatchObject({ code: 0, stdout: expect.stringContaining("blue") });
});

test("a node without its key, or with another one, does not start", { timeout: 60_000 }, async () => {
  const file = join(shell.path, at("n4"), "signing.json");
  const other = JSON.stringify(shell.json(at("n3"), "signing.json"));
  rmSync(file);
  await expect(shell.start(at("n4"))).rejects.toThrow("signing.json");
  writeFileSync(file, other, { mode: 0o600 });
  await expect(shell.start(at("n4"))).rejects.toThrow("the key of n4, whose public half is");
});
