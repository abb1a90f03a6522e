import { expect, test } from "vitest";
import { openFileJournal, openFileSlotLog } from "../src/file.ts";
import { directory, Machine } from "./journal-worlds.ts";
import { recordOf } from "./records.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

// A process is killed before its n-th disk operation; what it wrote may stand in the page cache only. A record that the next
// process was shown must survive a power cut right after: it may have been acted upon.

/** Kills one process before each of its operations in turn; answers how often something was shown that was not durable before. */
async function shownIsKept(
  start: (disk: SimulatedDisk, machine: Machine) => Promise<void>,
  count: (disk: SimulatedDisk, machine: Machine) => number,
) {
  let shown = 0;
  for (let operation = 1; ; operation++) {
    const disk = new SimulatedDisk();
    const machine = new Machine();
    disk.cutAt = operation;
    let reached = false;
    try {
      await start(disk, machine);
    } catch {
      reached = true;
    }
    if (!reached) return shown;
    disk.kill();
    machine.boot();
    const before = count(disk, machine);
    disk.restart();
    machine.boot();
    expect(count(disk, machine), `killed before operation ${operation}`).toBe(before);
    if (before > 0) shown++;
  }
}

test.each(["main", "pool"] as const)("journal, %s", async (sync) => {
  const open = (disk: SimulatedDisk, machine: Machine) =>
    openFileJournal({
      directory,
      tag: "t",
      segmentBytes: 4096,
      sync,
      flush: "fdatasync",
      fileSystem: disk.session(),
      owner: machine.owner(),
    });
  const shown = await shownIsKept(
    async (disk, machine) => {
      const journal = open(disk, machine);
      journal.replay();
      for (let i = 0; i < 12; i++) {
        journal.append([recordOf(i)]);
        await journal.sync();
      }
    },
    (disk, machine) => {
      const found = open(disk, machine).replay();
      if (found.kind === "unreadable") throw new Error(found.reason);
      return found.kind === "records" ? found.records.length + 1 : 0;
    },
  );
  expect(shown).toBeGreaterThan(10);
});

test("slot log", async () => {
  const open = (disk: SimulatedDisk, machine: Machine) =>
    openFileSlotLog({
      directory,
      tag: "t",
      segmentBytes: 4096,
      fileSystem: disk.session(),
      owner: machine.owner(),
    });
  const shown = await shownIsKept(
    async (disk, machine) => {
      const log = open(disk, machine);
      log.open();
      for (let slot = 1; slot <= 12; slot++) {
        log.append(slot, recordOf(slot));
        await log.sync();
      }
    },
    (disk, machine) => {
      const found = open(disk, machine).open();
      if (found.kind === "unreadable") throw new Error(found.reason);
      return found.kind === "log" ? found.last + 1 : 0;
    },
  );
  expect(shown).toBeGreaterThan(10);
});
