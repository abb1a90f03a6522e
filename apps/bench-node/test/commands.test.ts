import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../src/local/ports.ts";
import { called } from "./support/called.ts";
import { until } from "./support/real-cluster.ts";
import { type Ran, Shell } from "./support/shell.ts";

const ids = ["n1", "n2", "n3"] as const;
const folderOf = (id: string): string => join("c", "nodes", id);
const traceOf = (id: string): string[] => ["--trace", join("traces", `${id}.trace.jsonl`)];
let shell: Shell;

beforeAll(async () => {
  shell = await Shell.open("commands");
  mkdirSync(join(shell.path, "traces"));
  await shell.run(
    "init",
    "--local",
    "3",
    "--checkpoint-slots",
    "5",
    "--controllers",
    "a,b,c",
    "--threshold",
    "2",
    "c",
  );
  await shell.run("init", "--local", "1", "--controllers", "a,b", "other");
  await Promise.all(ids.map((id) => shell.start(folderOf(id), ...traceOf(id))));
}, 90_000);
afterAll(() => shell.close());

/** A command on the cluster of the folder. */
const on = (...words: string[]): Promise<Ran> => called(...words, "--in", join(shell.path, "c"));
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const json = async (...words: string[]) => {
  const { code, stdout, stderr } = await on(...words, "--json");
  return { code, out: lines(stdout).map((line) => JSON.parse(line)), error: code === 0 ? null : stderr };
};
/** That a command is refused, and has not changed what the next control command is. */
async function refused(words: string[], code: number, said: string): Promise<void> {
  const before = (await shell.look("c", "n2")).nextControl;
  const ran = await on(...words);
  expect(ran).toMatchObject({ code, stderr: expect.stringContaining(said) });
  expect((await shell.look("c", "n2")).nextControl).toBe(before);
}

test("status is a line for each node, and the whole of it as JSON", { timeout: 60_000 }, async () => {
  await until("a cluster that is well", async () => (await on("status")).code === 0);
  const { stdout } = await on("status");
  for (const id of ids) expect(stdout).toMatch(new RegExp(`^${id}\\*? +ready +\\d+ +\\d+ +0 +paxos`, "m"));
  expect(stdout).toContain("epoch 0, paxos, members n1, n2, n3, 1 may be down");
  const { out } = await json("status");
  expect(out).toMatchObject([{ well: true, epoch: 0, nodes: [{ id: "n1", look: { node: "n1" } }, {}, {}] }]);
});

test("what is broadcast from two terminals is subscribed to in one order", { timeout: 60_000 }, async () => {
  const input = Array.from({ length: 300 }, (_, i) => `line ${i}`).join("\n");
  const [piped, single] = await Promise.all([
    shell.pipe(`${input}\n`, "broadcast", "-", "--in", "c"),
    shell.run("broadcast", "pay 5 to bob", "--in", "c"),
  ]);
  expect([piped.code, single.code]).toEqual([0, 0]);
  expect(lines(piped.stdout)).toHaveLength(300);
  expect(piped.stderr).toContain("300 commands delivered");
  const { out } = await json("subscribe", "--until-now");
  const commands = out.filter((entry) => entry.client !== undefined);
  expect(commands.map(({ body }) => body).toSorted()).toEqual(
    [...input.split("\n"), "pay 5 to bob"].toSorted(),
  );
  const at = lines(single.stdout)[0]!;
  expect(commands.find(({ slot, index }) => `${slot}.${index}` === at)?.body).toBe("pay 5 to bob");
  const few = await on("subscribe", "--count", "3");
  expect(lines(few.stdout)[0]).toMatch(/^\d+\.\d+\t/);
});

test("the store is written, read at three levels, listed and deleted from", { timeout: 60_000 }, async () => {
  expect(await on("put", "colour", "green")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/in slot \d+/),
  });
  const bytes = Uint8Array.from([1, 2, 10, 13]);
  expect((await shell.pipe(bytes, "put", "colour/raw", "-", "--in", "c")).code).toBe(0);
  for (const level of [["linearizable"], ["session"], ["stale", "--max-behind", "60000"]])
    expect(await on("get", "colour", "--level", ...level)).toMatchObject({ code: 0, stdout: "green" });
  expect((await on("get", "colour/raw")).stdout).toBe("\u0001\u0002\n\r");
  const { out } = await json("list", "colour", "--limit", "1");
  expect(out).toMatchObject([{ key: "colour", value: "green", slot: expect.any(Number) }]);
  expect((await on("delete", "colour")).code).toBe(0);
  expect(await on("get", "colour")).toMatchObject({ code: 1, stderr: 'error: there is no key "colour"\n' });
});

test("load says what came of it, for both loops", { timeout: 60_000 }, async () => {
  const closed = await json(
    "load",
    "--outstanding",
    "32",
    "--connections",
    "2",
    "--for",
    "1",
    "--keys",
    "10",
  );
  expect(closed).toMatchObject({
    code: 0,
    out: [{ shape: { kind: "closed" }, unanswered: 0, turnedAway: 0 }],
  });
  expect(closed.out[0].answered).toBeGreaterThan(32);
  const open = await json("load", "--rate", "200", "--for", "1");
  expect(open).toMatchObject({ code: 0, out: [{ handedIn: 200, answered: 200, unanswered: 0 }] });
  const { p50, p99, max } = open.out[0].latencyMs;
  expect(0 < p50 && p50 <= p99 && p99 <= max).toBe(true);
});

test("snapshots are listed, exported while the nodes run, and inspected; others are refused", {
  timeout: 60_000,
}, async () => {
  await until("snapshots", async () => (await shell.look("c", "n1")).snapshots.length > 0);
  const { out } = await json("snapshot", "list", "--node", "n1");
  expect(out[0].at(-1)).toMatchObject({ node: "n1", slot: expect.any(Number) });
  expect(await on("snapshot", "export", join(shell.path, "backup"))).toMatchObject({ code: 0 });
  const inspected = await called("snapshot", "inspect", join(shell.path, "backup"), "--json");
  const told = JSON.parse(inspected.stdout);
  expect(told).toMatchObject({
    slot: expect.any(Number),
    root: expect.stringMatching(/^[0-9a-f]{64}$/),
    protocol: "paxos",
  });
  expect(told.sessions).toBeGreaterThan(0);
  expect(told.keys).toBeGreaterThan(0);
  expect(await on("snapshot", "export", join(shell.path, "backup"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("none is overwritten"),
  });

  const damaged = readFileSync(join(shell.path, "backup"));
  damaged[damaged.length >> 1]! ^= 1;
  writeFileSync(join(shell.path, "damaged"), damaged);
  expect(await called("snapshot", "inspect", join(shell.path, "damaged"))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/digest|checksum/),
  });
  const astray = join(shell.path, "other/nodes/n1/data/snapshots");
  mkdirSync(astray, { recursive: true });
  cpSync(join(shell.path, "backup"), join(astray, "0000000000000009.snapshot"));
  expect(
    await called("snapshot", "export", join(shell.path, "x"), "--in", join(shell.path, "other")),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/expected a snapshot of cluster .*, got one of .*by mistake/),
  });
});

test("a change is refused before anything changes, or by the cluster with its reason", {
  timeout: 60_000,
}, async () => {
  const shrink = ["reconfigure", "--remove", "n3"];
  await refused([...shrink, "--sign", "a"], 2, "expected the keys of 2 principals");
  await refused([...shrink, "--sign", "a,a"], 2, "got the key of a twice");
  await refused([...shrink, "--sign", "a,d"], 2, "--sign expected one of a, b, c");
  await refused(["swap", "two-thirds"], 2, "at most 0 of 3 nodes");
  await refused(["swap", "paxos"], 2, "already");
  await refused(["swap", "paxos", "--phase1", "1", "--phase2", "2"], 2, "paxos cannot run on these members");
  await refused(["reconfigure", "--f", "2"], 2, "at most 1 of 3 nodes");
  await refused(["reconfigure", "--add", "n9=127.0.0.1:1"], 2, "Prepare it with `eunomia join`");
  // Somebody listens there, who is not the new member.
  const { port: taken } = (await shell.look("c", "n2")).members[0]!;
  await refused(["reconfigure", "--add", `n9=localhost:${taken}`], 2, "got node n1 of cluster");
  await refused(["swap", "--mode", "window", "--phase1", "2", "--phase2", "2"], 2, "with --mode");
  const dry = await on("reconfigure", "--remove", "n3", "--dry-run");
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("n1, n2, n3 → n1, n2\n") });
  expect((await shell.look("c", "n2")).nextControl).toBe(1);

  // The keys of another cluster's principals, who have the same names.
  const mine = join(shell.path, "c", "controllers");
  cpSync(mine, join(shell.path, "kept"), { recursive: true });
  for (const name of ["a.json", "b.json"])
    cpSync(join(shell.path, "other", "controllers", name), join(mine, name));
  await refused([...shrink, "--sign", "a,b"], 1, "the cluster refused");
  rmSync(mine, { recursive: true });
  cpSync(join(shell.path, "kept"), mine, { recursive: true });
});

test("protocols are swapped, and a node takes the place of another one", { timeout: 90_000 }, async () => {
  expect(await json("reconfigure", "--f", "0", "--protocol", "two-thirds")).toMatchObject({
    code: 0,
    out: [{ n: 1, inForce: { epoch: 1, protocol: "two-thirds" } }],
  });
  expect(await on("swap", "paxos")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Control command 2 in slot \d+: epoch 2 runs paxos/),
  });
  expect(await on("swap", "--mode", "window")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("mode window"),
  });
  expect(await on("swap", "--mode", "cut")).toMatchObject({ code: 0 });

  const [port] = await freePorts(1);
  const joiner = `n4=127.0.0.1:${port}`;
  await on("join", joiner, "--observe", "1");
  await shell.start(folderOf("n4"), ...traceOf("n4"));
  const replaced = await on("reconfigure", "--replace", `n1=${joiner}`);
  expect(replaced).toMatchObject({ code: 0, stderr: expect.stringContaining("leaves    n1") });
  expect(replaced.stdout).toContain("epoch 3 runs with these members");
  await refused(["reconfigure", "--add", "n1=127.0.0.1:1"], 2, "n1, which was a member once");
  await until("n4 to be ready", async () => (await on("status")).code === 0);
  const { stdout } = await on("status");
  expect(stdout).toContain("members n2, n3, n4");
  expect(stdout).toMatch(/last changes:\n {2}5 in slot \d+: members n2, n3, n4/);
  // Through the new members, of which the folder's configuration does not know one.
  expect(await on("put", "after", "all")).toMatchObject({ code: 0 });
});

test("without a quorum a write is not handed in, a change may have been, and status fails", {
  timeout: 90_000,
}, async () => {
  await shell.stop(folderOf("n3"), "SIGKILL");
  // What is left would wait for n3 for ever.
  await refused(["reconfigure", "--remove", "n2"], 2, "0 of the members then (n3, n4) to be down, got n3");
  await shell.stop(folderOf("n4"), "SIGKILL");
  expect(await on("put", "a", "b", "--timeout", "1")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("nothing was handed in"),
  });
  expect(await on("get", "after", "--timeout", "1")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("read with --level session or stale"),
  });
  expect(await on("swap", "--mode", "window", "--timeout", "1")).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/it may have been done.*eunomia status/),
  });
  const status = await on("status");
  expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/n3 +unknown: .*ECONNREFUSED/) });
  await shell.stop(folderOf("n2"));
  await shell.stop(folderOf("n1"));
  expect(await on("put", "a", "b", "--timeout", "1")).toMatchObject({ code: 2 });
  expect(await on("swap", "two-thirds")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("start the nodes"),
  });
});

test("the traces of the stopped cluster keep every promise", { timeout: 60_000 }, async () => {
  const verified = await shell.run("verify", "traces", "--json");
  const { ok, counts, verdicts } = JSON.parse(verified.stdout);
  expect(verified.code).toBe(0);
  expect({ ok, processes: counts.processes }).toEqual({ ok: true, processes: 4 });
  expect(verdicts.filter(({ kind }: { kind: string }) => kind === "violated")).toEqual([]);
  expect(counts.deliveredControls).toBeGreaterThanOrEqual(5);
});
