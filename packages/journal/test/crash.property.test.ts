import type { Journal } from "@eunomia/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type FlushMethod, openFileJournal, openFileSlotLog, type SyncPolicy } from "../src/file.ts";
import type { FileSystem } from "../src/file-system.ts";
import { directory, lyingDisk, Machine } from "./journal-worlds.ts";
import { recordOf, sameRecords } from "./records.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

type Step =
  | { readonly kind: "append"; readonly count: number }
  | { readonly kind: "sync" | "turn" | "await" | "snapshot" | "reopen" | "kill" }
  /** The power goes before the n-th disk operation from now. */
  | { readonly kind: "cut" | "fail"; readonly operations: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom("sync" as const, "turn" as const, "await" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("snapshot" as const, "reopen" as const, "kill" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("cut" as const, "fail" as const),
      operations: fc.integer({ min: 1, max: 12 }),
    }),
  },
);

/** One history that the disk may hold: a prefix of `records` with at least `durable` of them. */
interface Line {
  records: Uint8Array[];
  durable: number;
  /** Position of the first record, known after an append. */
  first: number;
}

interface Count {
  crashes: number;
  failures: number;
  torn: number;
  snapshotsCut: number;
  records: number;
}

/** Runs the steps and checks what every opening finds. Answers the first contradiction, or null. */
async function runJournal(
  steps: readonly Step[],
  seed: number,
  { sync, flush }: { readonly sync: SyncPolicy; readonly flush: FlushMethod },
  count: Count,
  change: (files: FileSystem) => FileSystem = (files) => files,
): Promise<string | null> {
  let state = seed >>> 0;
  const chance = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const disk = new SimulatedDisk(chance);
  const machine = new Machine();
  let journal: Journal | null = null;
  let lines: Line[] = [{ records: [], durable: 0, first: 0 }];
  let pending: Promise<unknown>[] = [];
  let serial = 0;
  const down = () => {
    journal = null;
    machine.boot();
    count.crashes++;
  };
  const up = (): string | null => {
    const files = change(disk.session());
    const options = { directory, tag: "t", segmentBytes: 4096, syncOnMainBelowBytes: 700, sync, flush };
    journal = openFileJournal({ ...options, fileSystem: files, owner: machine.owner() });
    const found = journal.replay();
    if (found.kind === "unreadable") return `unreadable: ${found.file} at ${found.offset}: ${found.reason}`;
    const records = found.kind === "records" ? found.records : [];
    const fits = lines.some(
      (line) => records.length >= line.durable && sameRecords(records, line.records.slice(0, records.length)),
    );
    if (!fits)
      return `found ${records.length} records, expected one of ${lines.map((l) => `${l.durable}..${l.records.length}`)}`;
    if (found.kind === "records" && found.tornBytes > 0) count.torn++;
    count.records += records.length;
    lines = [{ records: [...records], durable: records.length, first: 0 }];
    pending = [];
    return null;
  };
  const acknowledge = (line: Line, position: number) => {
    line.durable = Math.max(line.durable, Math.min(position - line.first, line.records.length));
  };
  for (const one of [...steps, { kind: "kill" } as const, { kind: "await" } as const]) {
    if (!journal) {
      try {
        const wrong = up();
        if (wrong) return wrong;
      } catch {
        if (chance(2) === 0) disk.restart();
        else disk.kill();
        down();
        continue;
      }
    }
    const open: Journal = journal!;
    const line = lines[0]!;
    try {
      if (one.kind === "append") {
        const records = Array.from({ length: one.count }, () => recordOf(++serial % 256));
        line.records.push(...records);
        line.first = open.append(records) - line.records.length;
      } else if (one.kind === "sync") {
        const answer = open.sync();
        if (typeof answer === "number") acknowledge(line, answer);
        else pending.push(answer.then((position) => acknowledge(line, position)));
        for (const waiting of pending) waiting.catch(() => {});
      } else if (one.kind === "turn") {
        await new Promise(setImmediate);
      } else if (one.kind === "await") {
        await Promise.all(pending.splice(0));
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      } else if (one.kind === "snapshot") {
        const records = [recordOf(++serial % 256), recordOf(++serial % 256)];
        lines.push({ records, durable: 2, first: 0 });
        open.snapshot(records);
        lines.shift();
        // Positions go on behind the records replaced; the next append tells.
        lines[0]!.first = Number.MAX_SAFE_INTEGER;
      } else if (one.kind === "reopen") {
        await open.close();
        line.durable = line.records.length;
        journal = null;
      } else if (one.kind === "kill") {
        disk.kill();
        down();
      } else if (one.kind === "cut") {
        disk.cutAt = disk.operations + one.operations;
      } else if (one.kind === "fail") {
        disk.failAt = disk.operations + one.operations;
        disk.failCode = one.operations % 2 === 0 ? "EIO" : "ENOSPC";
      }
    } catch {
      if (one.kind === "snapshot") count.snapshotsCut++;
      if (disk.operations < disk.cutAt) count.failures++;
      // The process ends here, and the machine with it or not.
      if (chance(2) === 0) disk.restart();
      else disk.kill();
      down();
    }
  }
  return null;
}

const runs = Number(process.env.EUNOMIA_CRASH_RUNS ?? 500);

test("whatever is cut, killed or failed: never unreadable, never another record, nothing acknowledged is lost", async () => {
  const count: Count = { crashes: 0, failures: 0, torn: 0, snapshotsCut: 0, records: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.integer(),
      fc.record({
        sync: fc.constantFrom("main" as const, "pool" as const, "auto" as const),
        flush: fc.constantFrom("write-through" as const, "fdatasync" as const),
      }),
      async (steps, seed, how) => {
        expect(await runJournal(steps, seed, how, count)).toBeNull();
      },
    ),
    { numRuns: runs, seed: 20261120 },
  );
  console.log(`journal, ${runs} runs:`, JSON.stringify(count));
  expect(Math.min(count.crashes, count.failures, count.torn, count.snapshotsCut)).toBeGreaterThan(runs / 100);
});

test("the same campaign refuses a disk that acknowledges before the write", async () => {
  const count: Count = { crashes: 0, failures: 0, torn: 0, snapshotsCut: 0, records: 0 };
  const details = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.integer(), async (steps, seed) => {
      expect(
        await runJournal(steps, seed, { sync: "pool", flush: "fdatasync" }, count, lyingDisk),
      ).toBeNull();
    }),
    { numRuns: runs, seed: 20261120, endOnFailure: true },
  );
  expect(details.failed).toBe(true);
});

test("the slot log: the same, and what is read is what was appended", async () => {
  let torn = 0;
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.integer(), async (steps, seed) => {
      let state = seed >>> 0;
      const disk = new SimulatedDisk((limit) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * limit);
      });
      const machine = new Machine();
      const entries: Uint8Array[] = [];
      let durable = 0;
      for (let round = 0; round < 4; round++) {
        const options = { directory, tag: "t", segmentBytes: 4096, writeBytes: 1500, cacheBytes: 1000 };
        const log = openFileSlotLog({ ...options, fileSystem: disk.session(), owner: machine.owner() });
        const found = log.open();
        if (found.kind === "unreadable") throw new Error(`${found.file} at ${found.offset}: ${found.reason}`);
        expect(log.last).toBeGreaterThanOrEqual(durable);
        expect(log.last).toBeLessThanOrEqual(entries.length);
        if (found.kind === "log" && found.tornBytes > 0) torn++;
        entries.length = log.last;
        durable = log.last;
        try {
          for (const one of steps) {
            if (one.kind === "append") {
              for (let i = 0; i < one.count; i++) {
                entries.push(recordOf((entries.length * 7 + round) % 256));
                log.append(entries.length, entries.at(-1)!);
              }
            } else if (one.kind === "sync") {
              log.sync().then(
                (slot) => {
                  durable = Math.max(durable, slot);
                },
                () => {},
              );
            } else if (one.kind === "turn") {
              await new Promise(setImmediate);
            } else if (one.kind === "await") {
              durable = Math.max(durable, await log.sync());
            } else if (one.kind === "cut" && round < 3) {
              disk.cutAt = disk.operations + one.operations;
            } else if (one.kind === "kill" && chanceOf(seed, round)) {
              break;
            }
            const read = log.read(1 + ((seed >>> 1) % (log.last + 1)), 2000);
            expect(read.every(({ slot, bytes }) => sameRecords([bytes], [entries[slot - 1]!]))).toBe(true);
            if (log.last > 0) expect(log.read(1, Number.MAX_SAFE_INTEGER).length).toBe(log.last);
          }
          if (round === 1) {
            await log.close();
            durable = entries.length;
          }
        } catch (error) {
          if ((error as { code?: string }).code !== "disk-failed") throw error;
        }
        crashes++;
        if (chanceOf(seed, round + 8)) disk.restart();
        else disk.kill();
        machine.boot();
      }
    }),
    { numRuns: Math.ceil(runs / 6), seed: 20261120 },
  );
  console.log(`slot log, ${Math.ceil(runs / 6)} runs: ${crashes} crashes, ${torn} torn tails`);
  expect(torn).toBeGreaterThan(0);
});

function chanceOf(seed: number, round: number): boolean {
  return ((seed >>> round) & 1) === 1;
}
