import { journalCases, slotLogCases, snapshotCases } from "@eunomia/conformance";
import type { SlotLog, SnapshotStore } from "@eunomia/engine";
import { describe, test } from "vitest";
import { Stream } from "../src/choice/stream.ts";
import { Disk } from "../src/disk/disk.ts";
import type { DiskHost } from "../src/disk/host.ts";
import { SimulatedJournal } from "../src/disk/journal.ts";
import { SimulatedSlotLog } from "../src/disk/slot-log.ts";
import { SimulatedSnapshots } from "../src/disk/snapshots.ts";

const calm = { syncMaxMs: 0, torn: 0, damaged: 0, absent: 0, rolledBack: 0 };
const limits = { damage: false, amnesia: false };

/** A life on a disk, whose syncs are done when the microtasks have run. */
function life(disk: Disk): DiskHost & { over: boolean } {
  return {
    over: false,
    call() {
      return !this.over;
    },
    syncDelayUs: () => 0,
    later(_delayUs, run) {
      queueMicrotask(() => {
        if (!this.over) run();
      });
    },
    full: () => false,
    failing: () => disk.failIfDue(),
  };
}

const disk = (): Disk => new Disk(calm, new Stream("disk", "doors", null));

/** A model does not police its callers, whose own journals do; its snapshots are atomic. */
const notModelled = [
  "two at once are refused",
  "calls out of turn are refused",
  "damage is unreadable",
  "damage is refused",
  "a crash within a snapshot",
];

describe("the journal", () => {
  for (const one of journalCases.filter(({ name }) => !notModelled.includes(name)))
    test(one.name, () =>
      one.run({
        fresh: () => {
          const own = disk();
          let host = life(own);
          return {
            open: () => {
              host = life(own);
              return new SimulatedJournal(own, host);
            },
            crash: () => {
              host.over = true;
              own.crash(limits);
            },
            failNextSync: () => {
              own.failsNext = true;
            },
            damage: () => {
              own.damaged = true;
            },
          };
        },
      }),
    );
});

describe("the log of slots", () => {
  for (const one of slotLogCases.filter(({ name }) => !notModelled.includes(name)))
    test(one.name, () =>
      one.run({
        fresh: () => {
          const own = disk();
          let host = life(own);
          return {
            open: (): SlotLog => {
              host = life(own);
              return new SimulatedSlotLog(own, host);
            },
            crash: () => {
              host.over = true;
              own.crash(limits);
            },
            failNextSync: () => {
              own.failsNext = true;
            },
            damage: () => {
              own.damaged = true;
            },
          };
        },
      }),
    );
});

describe("the snapshots", () => {
  for (const one of snapshotCases.filter(({ name }) => !notModelled.includes(name)))
    test(one.name, () =>
      one.run({
        fresh: () => {
          const own = disk();
          let host = life(own);
          return {
            open: (cluster = "here"): SnapshotStore => {
              host = life(own);
              return new SimulatedSnapshots(own, host, cluster);
            },
            crash: () => {
              host.over = true;
              own.crash(limits);
            },
            failNextWrite: () => {
              host.full = () => {
                host.full = () => false;
                return true;
              };
            },
            damage: (slot) => {
              own.snapshots.get(slot)!.chunks[0]![0]! ^= 1;
            },
          };
        },
      }),
    );
});
