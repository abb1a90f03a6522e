import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFileJournal, openFileSlotLog } from "../src/file.ts";

let directory: string;
let child: ChildProcess | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "eunomia-journal-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

const childFile = fileURLToPath(new URL("child.ts", import.meta.url));

/** Lets a child append until it has acknowledged so many more records, kills it, and answers the last number it told. */
async function appendAndKill(path: string, sync: string, from: number, more: number): Promise<number> {
  const started = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=@eunomia/source", childFile, path, sync, String(from)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  child = started;
  let text = "";
  await new Promise<void>((resolve) => {
    started.on("exit", () => resolve());
    started.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const last = Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1));
      if (last >= from + more) started.kill("SIGKILL");
    });
  });
  const told = text.slice(0, text.lastIndexOf("\n")).split("\n").map(Number);
  return told.at(-1)!;
}

test.each(["main", "pool", "auto"] as const)("kill -9 loses nothing acknowledged (%s)", async (sync) => {
  const path = join(directory, sync);
  let next = 1;
  for (let round = 0; round < 2; round++) {
    const told = await appendAndKill(path, sync, next, 900 + round * 700);
    const journal = openFileJournal({ directory: path, tag: "child", segmentBytes: 64 * 1024 });
    const found = journal.replay();
    if (found.kind !== "records") throw new Error(JSON.stringify(found));
    const numbers = found.records.map((record) => Buffer.from(record).readUInt32BE());
    // The first record may be a snapshot, which tells the number after the last one it stands for.
    const first = found.records[0]!.length === 4 && numbers[0] !== 1 ? 1 : 0;
    for (let i = first + 1; i < numbers.length; i++) expect(numbers[i]).toBe(numbers[i - 1]! + 1);
    if (first === 1 && numbers.length > 1) expect(numbers[1]).toBe(numbers[0]);
    const end = first === 1 && numbers.length === 1 ? numbers[0]! : numbers.at(-1)! + 1;
    expect(end).toBeGreaterThanOrEqual(told);
    next = end;
    await journal.close();
  }
});

test("a directory that a living process holds is refused, one of a dead process is taken", async () => {
  const path = join(directory, "held");
  const started = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=@eunomia/source", childFile, path, "main", "1"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  child = started;
  await new Promise((resolve) => started.stdout.once("data", resolve));
  started.stdout.resume();
  expect(() => openFileJournal({ directory: path, tag: "child" })).toThrowError(
    `held by process ${started.pid}`,
  );
  const gone = new Promise((resolve) => started.on("exit", resolve));
  started.kill("SIGKILL");
  await gone;
  const journal = openFileJournal({ directory: path, tag: "child" });
  expect(journal.replay().kind).toBe("records");
  expect(() => openFileSlotLog({ directory: path, tag: "child" })).toThrowError(/journal|held by/);
  await journal.close();
});

test("on the real file system: default sizes, snapshot, reopen, an empty directory", async () => {
  mkdirSync(join(directory, "empty"));
  const options = { directory: join(directory, "empty"), tag: "real" };
  const journal = openFileJournal(options);
  expect(journal.replay().kind).toBe("absent");
  const record = Buffer.alloc(300_000, 7);
  for (let i = 0; i < 80; i++) {
    journal.append([record]);
    await journal.sync();
  }
  expect(journal.sizeBytes).toBeGreaterThan(80 * record.length);
  journal.snapshot([Buffer.from("all of it")]);
  journal.append([Buffer.from("more")]);
  await journal.close();
  const again = openFileJournal(options);
  const found = again.replay();
  expect(found.kind === "records" && found.records.map((bytes) => Buffer.from(bytes).toString())).toEqual([
    "all of it",
    "more",
  ]);
  await again.close();

  const slots = openFileSlotLog({
    directory: join(directory, "slots"),
    tag: "real",
    segmentBytes: 1_000_000,
  });
  slots.open();
  for (let slot = 1; slot <= 100; slot++) slots.append(slot, Buffer.alloc(65_536, slot));
  expect(await slots.sync()).toBe(100);
  await slots.close();
  const reopened = openFileSlotLog({
    directory: join(directory, "slots"),
    tag: "real",
    segmentBytes: 1_000_000,
  });
  expect(reopened.open()).toEqual({ kind: "log", last: 100, tornBytes: 0 });
  for (let slot = 1; slot <= 100; slot++) {
    const [entry] = reopened.read(slot, 1);
    expect(entry!.slot === slot && entry!.bytes.length === 65_536 && entry!.bytes[9] === slot).toBe(true);
  }
  await reopened.close();
});
