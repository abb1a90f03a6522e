import fc from "fast-check";
import { expect, test } from "vitest";
import { openFileSlotLog } from "../src/file.ts";
import { directory, Machine } from "./journal-worlds.ts";
import { recordOf, sameRecords } from "./records.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.nat({ max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("sync" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("turn" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("await" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("truncate" as const), keep: fc.nat({ max: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("reset" as const), next: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("cut" as const), operations: fc.integer({ min: 1, max: 40 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the log was between two resets. */
interface Stretch {
  readonly base: number;
  readonly entries: Uint8Array[];
  /** Acknowledged: slots up to here, and whether the reset itself was. */
  durable: number;
  known: boolean;
  /** The most that was let go of. */
  below: number;
}

const newStretch = (base: number): Stretch => ({ base, entries: [], durable: base, known: false, below: 0 });
const lastOf = (stretch: Stretch): number => stretch.base + stretch.entries.length;

/** What a log is after a crash, as one of the stretches that it may be; null: it is none of them. */
function recognised(log: ReturnType<typeof openFileSlotLog>, stretches: readonly Stretch[]): Stretch | null {
  const since = stretches.findLastIndex(({ known }) => known);
  for (const stretch of stretches.slice(Math.max(0, since))) {
    const { base, entries, durable, below } = stretch;
    if (log.last < durable || log.last > lastOf(stretch)) continue;
    if (log.first < base + 1 || log.first > Math.max(base + 1, below)) continue;
    const read = log.last < log.first ? [] : log.read(log.first, Number.MAX_SAFE_INTEGER);
    const same = sameRecords(
      read.map(({ bytes }) => bytes),
      entries.slice(log.first - base - 1, log.last - base),
    );
    if (same) return stretch;
  }
  return null;
}

interface Count {
  crashes: number;
  truncated: number;
  /** A reset was lost in a crash, or kept without having been acknowledged. */
  lost: number;
  kept: number;
}

async function life(
  log: ReturnType<typeof openFileSlotLog>,
  steps: readonly Step[],
  stretches: Stretch[],
  disk: SimulatedDisk,
  mark: number,
) {
  for (const one of steps) {
    const stretch = stretches.at(-1)!;
    const acknowledged = (slot: number): void => {
      stretch.durable = Math.max(stretch.durable, slot);
      stretch.known = true;
    };
    if (one.kind === "append") {
      for (let i = 0; i < one.count; i++) {
        stretch.entries.push(recordOf((lastOf(stretch) * 7 + mark) % 256));
        log.append(lastOf(stretch), stretch.entries.at(-1)!);
      }
    } else if (one.kind === "sync") {
      // A sync that a reset overtakes tells of what comes after it.
      log.sync().then(
        (slot) => stretches.at(-1) === stretch && acknowledged(slot),
        () => {},
      );
    } else if (one.kind === "turn") {
      await new Promise(setImmediate);
    } else if (one.kind === "await") {
      acknowledged(await log.sync());
    } else if (one.kind === "truncate") {
      const below = Math.max(1, lastOf(stretch) - one.keep);
      stretch.below = Math.max(stretch.below, below);
      log.truncate(below);
    } else if (one.kind === "reset") {
      stretches.push(newStretch(one.next - 1));
      log.reset(one.next);
    } else disk.cutAt = disk.operations + one.operations;
  }
}

const runs = Number(process.env.EUNOMIA_CRASH_RUNS ?? 500);

test("whatever is cut while a log is truncated and reset: it is the log before or after, whole", async () => {
  const count: Count = { crashes: 0, truncated: 0, lost: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 3, maxLength: 25 }), { minLength: 3, maxLength: 5 }),
      fc.integer(),
      async (lives, seed) => {
        let state = seed >>> 0;
        const disk = new SimulatedDisk((limit) => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return Math.floor((state / 2 ** 32) * limit);
        });
        const machine = new Machine();
        let stretches = [newStretch(0)];
        for (const [round, steps] of lives.entries()) {
          const sizes = { segmentBytes: 4096, writeBytes: 1500, cacheBytes: 1000 };
          const log = openFileSlotLog({
            directory,
            tag: "t",
            ...sizes,
            fileSystem: disk.session(),
            owner: machine.owner(),
          });
          const found = log.open();
          if (found.kind === "unreadable")
            throw new Error(`${found.file} at ${found.offset}: ${found.reason}`);
          const now = recognised(log, stretches);
          expect(
            now,
            `slots ${log.first} to ${log.last} of ${JSON.stringify(stretches.map((one) => [one.base, lastOf(one), one.durable, one.known]))}`,
          ).not.toBeNull();
          if (now !== stretches.at(-1)) count.lost++;
          else if (!now!.known && stretches.length > 1) count.kept++;
          if (log.first > now!.base + 1) count.truncated++;
          now!.entries.length = log.last - now!.base;
          stretches = [{ ...now!, durable: log.last, known: true }];
          try {
            await life(log, steps, stretches, disk, round);
            if (round === 1) {
              await log.close();
              const end = stretches.at(-1)!;
              end.durable = lastOf(end);
              end.known = true;
            }
          } catch (error) {
            if ((error as { code?: string }).code !== "disk-failed") throw error;
          }
          count.crashes++;
          if (((seed >>> (round + 8)) & 1) === 1) disk.restart();
          else disk.kill();
          machine.boot();
        }
      },
    ),
    { numRuns: Math.ceil(runs / 4), seed: 20261127 },
  );
  console.log(`truncation and resets, ${Math.ceil(runs / 4)} runs:`, JSON.stringify(count));
  expect(Math.min(count.truncated, count.lost, count.kept)).toBeGreaterThan(2);
});
