import { refusals, type SlotLogSubject, slotLogCases } from "@eunomia/conformance";
import type { SlotLog } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { type FileSlotLogOptions, openFileSlotLog } from "../src/file.ts";
import { type MemorySlotLog, openMemorySlotLog, slotLogStorage } from "../src/memory.ts";
import { type Changes, directory, lyingDisk, Machine } from "./journal-worlds.ts";
import { recordOf } from "./records.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const memory: SlotLogSubject = {
  fresh: () => {
    const storage = slotLogStorage();
    let opened: MemorySlotLog | null = null;
    return {
      open: () => {
        opened = openMemorySlotLog({ storage });
        return opened;
      },
      crash: (log) => (log as MemorySlotLog).crash(),
      failNextSync: () => opened?.failNextSync(),
      damage: () => {
        storage.damage = "a test changed a byte";
      },
    };
  },
};

const firstSegment = `${directory}/0000000001.segment`;

function file(options: Partial<FileSlotLogOptions>, changes: Pick<Changes, "disk"> = {}): SlotLogSubject {
  return {
    fresh: () => {
      const disk = new SimulatedDisk();
      const machine = new Machine();
      return {
        open: () => {
          const session = disk.session();
          const fileSystem = changes.disk?.(session) ?? session;
          const sizes = { segmentBytes: 8192, writeBytes: 4000, cacheBytes: 3000 };
          const owner = machine.owner();
          return openFileSlotLog({ directory, tag: "test", ...sizes, ...options, fileSystem, owner });
        },
        crash: () => {
          disk.restart();
          machine.boot();
        },
        failNextSync: () => {
          disk.failAt = disk.operations + 1;
        },
        damage: () => {
          disk.bytesOf(firstSegment)[512 + 36 + 4]! ^= 1;
        },
      };
    },
  };
}

const subjects: [string, SlotLogSubject][] = [
  ["memory", memory],
  ["file", file({})],
  ["file, no cache", file({ cacheBytes: 0 })],
  ["file, one segment", file({ segmentBytes: 2 ** 20, cacheBytes: 2 ** 20 })],
  ["file, all verified", file({ verifyOnOpen: true })],
];
for (const [name, subject] of subjects) {
  describe(name, () => {
    for (const one of slotLogCases) test(one.name, () => one.run(subject));
  });
}

/** A log that answers with what it has, whatever was asked for. */
function offByOne(log: SlotLog): SlotLog {
  return {
    open: () => log.open(),
    append: (slot, bytes) => log.append(slot, bytes),
    sync: () => log.sync(),
    read: (from, maxBytes) => log.read(from + 1, maxBytes),
    get first() {
      return log.first;
    },
    get last() {
      return log.last;
    },
    truncate: (below) => log.truncate(below),
    reset: (next) => log.reset(next),
    close: () => log.close(),
  };
}

describe("broken twins are refused", () => {
  test("acknowledges before the sync", async () => {
    const refused = await refusals(slotLogCases, file({}, { disk: lyingDisk }));
    expect(refused.map((one) => one.name)).toContain("what was synced survives a crash");
  });
  test("reads from the wrong slot", async () => {
    const right = file({});
    const subject: SlotLogSubject = {
      fresh: () => {
        const world = right.fresh();
        return { ...world, open: () => offByOne(world.open()) };
      },
    };
    const refused = await refusals(slotLogCases, subject);
    expect(refused.map((one) => one.name)).toContain("every slot can be read from anywhere");
  });
});

describe("flipped bytes", () => {
  test("of a closed log: refused when opened, or when read, and never another entry", async () => {
    const disk = new SimulatedDisk();
    const sizes = { segmentBytes: 4096, writeBytes: 1500, cacheBytes: 0 };
    const log = openFileSlotLog({
      directory,
      tag: "test",
      ...sizes,
      fileSystem: disk.session(),
      owner: new Machine().owner(),
    });
    log.open();
    for (let slot = 1; slot <= 14; slot++) {
      log.append(slot, recordOf(slot));
      await log.sync();
    }
    await log.close();
    let atReading = 0;
    for (const path of disk.paths()) {
      if (path.includes("lock")) continue;
      const original = disk.bytesOf(path);
      for (let at = 0; at < original.length; at++) {
        const copy = disk.copy();
        const bytes = original.slice();
        bytes[at]! ^= 1 << (at % 8);
        copy.put(path, bytes);
        const machine = new Machine();
        machine.boot();
        const again = openFileSlotLog({
          directory,
          tag: "test",
          ...sizes,
          fileSystem: copy,
          owner: machine.owner(),
        });
        const found = again.open();
        if (found.kind === "unreadable") continue;
        expect(() => again.read(1, 1e9), `${path} at ${at}`).toThrowError(/damage/);
        atReading++;
      }
    }
    expect(atReading).toBeGreaterThan(0);
  });
});

test("what was cut off never comes back behind later entries", async () => {
  const disk = new SimulatedDisk();
  const machine = new Machine();
  const reopen = () => {
    disk.kill();
    machine.boot();
    const log = openFileSlotLog({
      directory,
      tag: "test",
      writeBytes: 1,
      fileSystem: disk.session(),
      owner: machine.owner(),
    });
    return { log, found: log.open() };
  };
  const { log } = reopen();
  log.append(1, new Uint8Array(1500).fill(1));
  await log.sync();
  const start = disk.bytesOf(firstSegment).length;
  // Two writes that nobody synced; of the first, nothing reached the disk.
  log.append(2, new Uint8Array(1500).fill(2));
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  const end = disk.bytesOf(firstSegment).length;
  log.append(3, new Uint8Array(1500).fill(3));
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  const bytes = disk.bytesOf(firstSegment).slice();
  expect(bytes.length).toBeGreaterThan(end);
  disk.put(firstSegment, bytes.fill(0, start, end));
  const second = reopen();
  expect(second.found).toEqual({ kind: "log", last: 1, tornBytes: bytes.length - start });
  second.log.append(2, new Uint8Array(1500).fill(9));
  await second.log.sync();
  expect(reopen().found).toEqual({ kind: "log", last: 2, tornBytes: 0 });
});
