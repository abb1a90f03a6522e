import { refusals, type SnapshotSubject, snapshotCases } from "@eunomia/conformance";
import type { SnapshotManifest, SnapshotStore } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import {
  chunksFrom,
  exportSnapshot,
  type FileSystem,
  openFileSnapshots,
  readSnapshotFile,
} from "../src/file.ts";
import { type MemorySnapshots, openMemorySnapshots, snapshotStorage } from "../src/memory.ts";
import { lyingDisk, Machine } from "./journal-worlds.ts";
import { recordOf } from "./records.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const directory = "/s";
const pathOf = (slot: number): string => `${directory}/${String(slot).padStart(16, "0")}.snapshot`;

const memory: SnapshotSubject = {
  fresh: () => {
    const storage = snapshotStorage();
    let opened: MemorySnapshots | null = null;
    return {
      open: (cluster = "here") => {
        opened = openMemorySnapshots({ cluster, chunkBytes: 512, storage });
        return opened;
      },
      crash: (store) => (store as MemorySnapshots).crash(),
      failNextWrite: () => opened?.failNextWrite(),
      damage: (slot) => {
        storage.held.get(slot)!.chunks[0]![0]! ^= 1;
      },
    };
  },
};

function file(change: (disk: FileSystem) => FileSystem = (disk) => disk): SnapshotSubject {
  return {
    fresh: () => {
      const disk = new SimulatedDisk();
      const machine = new Machine();
      return {
        open: (cluster = "here") => openOn(change(disk.session()), machine, cluster),
        crash: () => {
          disk.restart();
          machine.boot();
        },
        failNextWrite: () => {
          disk.failAt = disk.operations + 3;
          disk.failCode = "ENOSPC";
        },
        damage: (slot) => {
          disk.bytesOf(pathOf(slot))[512]! ^= 1;
        },
      };
    },
  };
}

function openOn(fileSystem: FileSystem, machine: Machine, cluster = "here"): SnapshotStore {
  return openFileSnapshots({ directory, cluster, chunkBytes: 512, fileSystem, owner: machine.owner() });
}

for (const [name, subject] of [
  ["memory", memory],
  ["file", file()],
] as const) {
  describe(name, () => {
    for (const one of snapshotCases) test(one.name, () => one.run(subject));
  });
}

test("a twin that acknowledges before the sync is refused", async () => {
  const refused = await refusals(snapshotCases, file(lyingDisk));
  expect(refused.map(({ name }) => name)).toContain("what was written is there, whole");
});

const contentsOf = (slot: number): Uint8Array[] => [recordOf(slot + 13), recordOf(slot), recordOf(slot + 14)];

/** A store with snapshots of slots 1 and 2 on a disk of its own. */
async function filled(chance: (limit: number) => number = () => 0) {
  const disk = new SimulatedDisk(chance);
  const machine = new Machine();
  const store = openOn(disk.session(), machine);
  store.open();
  for (const slot of [1, 2]) await store.write(slot, contentsOf(slot));
  return { disk, machine, store };
}

function bytesOf(store: SnapshotStore, slot: number): Buffer {
  const manifest = store.manifest(slot)!;
  return Buffer.concat([...chunksFrom({ manifest, chunk: (index) => store.chunk(slot, index) })]);
}

/** What the work leaves when the power goes before each of its disk operations: all of it, or nothing. */
async function cutEverywhere(
  work: (store: SnapshotStore, manifest: SnapshotManifest, chunks: readonly Uint8Array[]) => Promise<void>,
  check: (store: SnapshotStore, done: boolean) => void,
): Promise<number> {
  const from = await filled();
  const manifest = await from.store.write(3, contentsOf(3));
  const chunks = manifest.digests.map((_, index) => {
    const chunk = from.store.chunk(3, index);
    if (!chunk.ok) throw new Error(chunk.reason);
    return chunk.bytes;
  });
  for (let operation = 1; ; operation++)
    for (const seed of [1, 2, 3]) {
      let state = seed * 7919 + operation;
      const chance = (limit: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * limit);
      };
      const { disk, machine, store } = await filled(chance);
      disk.cutAt = disk.operations + operation;
      let done = true;
      await work(store, manifest, chunks).catch(() => {
        done = false;
      });
      const over = disk.operations < disk.cutAt;
      disk.restart();
      machine.boot();
      const again = openOn(disk.session(), machine);
      expect(again.open().unusable).toEqual([]);
      check(again, done);
      for (const slot of again.slots) expect(bytesOf(again, slot)).toEqual(Buffer.concat(contentsOf(slot)));
      await again.write(9, contentsOf(9));
      expect(bytesOf(again, 9)).toEqual(Buffer.concat(contentsOf(9)));
      if (over) return operation;
    }
}

describe("a power cut before every operation of the disk", () => {
  test("within a write", async () => {
    const operations = await cutEverywhere(
      async (store) => {
        await store.write(3, contentsOf(3));
      },
      (store, done) => expect(store.slots).toEqual(done || store.slots.includes(3) ? [1, 2, 3] : [1, 2]),
    );
    expect(operations).toBeGreaterThan(8);
  });

  test("within an intake", async () => {
    const operations = await cutEverywhere(
      async (store, manifest, chunks) => {
        const intake = await store.begin(manifest);
        for (const index of intake.missing()) intake.put(index, chunks[index]!);
        await intake.finish();
      },
      (store, done) => expect(store.slots).toEqual(done || store.slots.includes(3) ? [1, 2, 3] : [1, 2]),
    );
    expect(operations).toBeGreaterThan(8);
  });

  test("within a drop", async () => {
    await cutEverywhere(
      async (store) => store.drop(2),
      (store) => expect(store.slots).toContain(2),
    );
  });
});

test("every flipped byte of a snapshot is found, when it is opened or when the chunk is read", async () => {
  const { disk, store } = await filled();
  await store.close();
  const original = disk.bytesOf(pathOf(1));
  let atOpening = 0;
  for (let at = 0; at < original.length; at++) {
    const copy = disk.copy();
    const bytes = original.slice();
    bytes[at]! ^= 1 << (at % 8);
    copy.put(pathOf(1), bytes);
    const again = openOn(copy, new Machine());
    const { unusable } = again.open();
    if (unusable.length > 0) atOpening++;
    else expect(() => bytesOf(again, 1), `byte ${at}`).toThrowError(/fails its digest/);
    if (at % 97 === 0) expect(bytesOf(again, 2)).toEqual(Buffer.concat(contentsOf(2)));
  }
  expect(atOpening).toBeGreaterThan(500);
});

test("a file cut short, longer, renamed, or no snapshot at all is named and not used", async () => {
  const { disk, store } = await filled();
  await store.close();
  const whole = disk.bytesOf(pathOf(1));
  const newer = whole.slice();
  newer[9] = 2;
  for (const [bytes, reason] of [
    [whole.subarray(0, whole.length - 1), /footer/],
    [whole.subarray(0, 520), /footer/],
    [whole.subarray(0, 100), /header/],
    [new Uint8Array(2000), /not a snapshot/],
    [Buffer.concat([whole, new Uint8Array(8)]), /footer/],
    [disk.bytesOf(pathOf(2)), /another slot's name/],
    [newer, /newer version/],
  ] as const) {
    const copy = disk.copy();
    copy.put(pathOf(1), Uint8Array.from(bytes));
    const again = openOn(copy, new Machine());
    expect(again.open().unusable).toEqual([{ file: pathOf(1), reason: expect.stringMatching(reason) }]);
    expect(again.slots).toEqual([2]);
  }
});

test("a full disk costs the one snapshot and no room", async () => {
  const { disk, store } = await filled();
  const before = disk.paths();
  disk.failAt = disk.operations + 4;
  disk.failCode = "ENOSPC";
  await expect(store.write(3, contentsOf(3))).rejects.toMatchObject({
    code: "disk-failed",
    details: { cause: "ENOSPC" },
  });
  expect(disk.paths()).toEqual(before);
  await store.write(3, contentsOf(3));
  expect(store.slots).toEqual([1, 2, 3]);
});

test("a store that is closed in the middle of a write stops there", async () => {
  const { store, disk } = await filled();
  const writing = store.write(
    3,
    Array.from({ length: 50 }, (_, i) => recordOf(i)),
  );
  const refused = expect(writing).rejects.toMatchObject({ code: "closed" });
  await store.close();
  await refused;
  expect(disk.paths().filter((path) => path.includes("passing"))).toEqual([]);
});

describe("a portable file", () => {
  test("is the snapshot, and is read without its store", async () => {
    const { disk, store } = await filled();
    const manifest = await exportSnapshot(store, 2, "/out/two", disk);
    expect(manifest.root).toEqual(store.manifest(2)!.root);
    const source = readSnapshotFile("/out/two", disk);
    expect(source.manifest).toEqual(manifest);
    expect(Buffer.concat([...chunksFrom(source)])).toEqual(Buffer.concat(contentsOf(2)));
    expect(disk.paths().filter((path) => path.startsWith("/out/"))).toEqual(["/out/two"]);
  });

  test("does not take the place of another file", async () => {
    const { disk, store } = await filled();
    await exportSnapshot(store, 2, "/out/two", disk);
    await expect(exportSnapshot(store, 1, "/out/two", disk)).rejects.toMatchObject({ code: "disk-failed" });
    expect(readSnapshotFile("/out/two", disk).manifest.slot).toBe(2);
    expect(disk.paths().filter((path) => path.startsWith("/out/"))).toEqual(["/out/two"]);
  });

  test("is not made of a damaged snapshot, or of one that is not there", async () => {
    const { disk, store } = await filled();
    disk.bytesOf(pathOf(2))[600]! ^= 1;
    await expect(exportSnapshot(store, 2, "/out/two", disk)).rejects.toMatchObject({ code: "unreadable" });
    await expect(exportSnapshot(store, 7, "/out/seven", disk)).rejects.toMatchObject({ code: "bad-option" });
    expect(disk.paths().filter((path) => path.startsWith("/out/"))).toEqual([]);
  });

  test("that is damaged is refused, when it is opened or read", async () => {
    const { disk, store } = await filled();
    await exportSnapshot(store, 2, "/out/two", disk);
    disk.bytesOf("/out/two")[700]! ^= 1;
    const source = readSnapshotFile("/out/two", disk);
    expect(() => [...chunksFrom(source)]).toThrowError(/fails its digest/);
    disk.bytesOf("/out/two")[3]! ^= 1;
    expect(() => readSnapshotFile("/out/two", disk)).toThrowError(/not a snapshot/);
    expect(() => readSnapshotFile("/out/none", disk)).toThrowError(/ENOENT/);
  });
});
