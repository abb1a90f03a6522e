import type { Journal, Replay } from "@eunomia/engine";
import { beforeAll, describe, expect, test } from "vitest";
import { openFileJournal } from "../src/file.ts";
import { FrameBuffer } from "../src/frame.ts";
import { decodeHeader, encodeHeader, saltOf, segmentName } from "../src/segment.ts";
import { directory, Machine } from "./journal-worlds.ts";
import { recordOf, sameRecords } from "./records.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const segmentBytes = 4096;

function open(disk: SimulatedDisk, machine: Machine, tag = "test"): Journal {
  return openFileJournal({
    directory,
    tag,
    segmentBytes,
    fileSystem: disk.session(),
    owner: machine.owner(),
  });
}

/** What a new process finds on a copy of the disk. */
function found(disk: SimulatedDisk, tag?: string): Replay {
  const copy = disk.copy();
  const machine = new Machine();
  machine.boot();
  return open(copy, machine, tag).replay();
}

/** Ten synced records over three segments, the last one open; `closed`: closed cleanly, else killed. */
async function written(
  closed: boolean,
): Promise<{ disk: SimulatedDisk; records: Uint8Array[]; synced: number[] }> {
  const disk = new SimulatedDisk();
  const journal = open(disk, new Machine());
  journal.replay();
  const records = Array.from({ length: 22 }, (_, i) => recordOf(i));
  const synced: number[] = [];
  for (const record of records) {
    journal.append([record]);
    await journal.sync();
    synced.push(journal.sizeBytes);
  }
  if (closed) await journal.close();
  else disk.kill();
  return { disk, records, synced };
}

const segmentsOf = (disk: SimulatedDisk) => disk.paths().filter((path) => path.endsWith(".segment"));

function isPrefix(result: Replay, records: readonly Uint8Array[]): boolean {
  return result.kind === "records" && sameRecords(result.records, records.slice(0, result.records.length));
}

/** Every byte that was written, and every seventh of the zeros. */
function nextFlip(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < bytes.length && bytes[next] === 0 && next % 7 !== 0) next++;
  return next;
}

describe("a journal that was killed", () => {
  let disk: SimulatedDisk;
  let records: Uint8Array[];
  let last: string;
  /** Where the frames of the last segment begin, and how many records end before each. */
  let frames: { start: number; records: number }[];
  let end: number;
  beforeAll(async () => {
    ({ disk, records } = await written(false));
    last = segmentsOf(disk).at(-1)!;
    const bytes = disk.bytesOf(last);
    end = bytes.length;
    while (bytes[end - 1] === 0) end--;
    frames = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 512; at < end; at += (36 + view.getUint32(at + 4) + 8) & ~7) {
      frames.push({ start: at, records: view.getUint32(at + 12) });
    }
  });

  test("spans several segments", () => {
    expect(segmentsOf(disk).length).toBeGreaterThanOrEqual(3);
    expect(frames.length).toBeGreaterThanOrEqual(3);
    expect(found(disk)).toMatchObject({ kind: "records", tornBytes: 0 });
  });

  test("a file cut short at any byte is unreadable: sizes were durable before the first record", () => {
    for (const path of segmentsOf(disk)) {
      for (let length = 0; length < segmentBytes; length += path === last ? 1 : 61) {
        const cut = disk.copy();
        cut.put(path, disk.bytesOf(path).slice(0, length));
        expect(found(cut).kind, `${path} at ${length}`).toBe("unreadable");
      }
    }
  });

  test("a last write cut short at any byte gives all before it, or, complete, itself", () => {
    const begin = frames.at(-1)!;
    for (let length = begin.start; length <= end; length++) {
      const torn = disk.copy();
      torn.put(last, disk.bytesOf(last).slice().fill(0, length));
      const result = found(torn);
      const cutWithinASector = result.kind === "unreadable";
      if (cutWithinASector) {
        // A sector that is half there is not a torn write of a disk that writes whole sectors.
        expect(length % 512).not.toBe(0);
        continue;
      }
      expect(isPrefix(result, records), `at ${length}`).toBe(true);
      if (result.kind !== "records") continue;
      expect(result.records.length).toBe(length === end ? records.length : begin.records);
      if (length > begin.start && length < end) expect(result.tornBytes).toBeGreaterThan(0);
    }
  });

  test("every sector of a last write missing on its own gives all before it", () => {
    const begin = frames.at(-1)!;
    let torn = 0;
    for (let sector = Math.floor(begin.start / 512); sector * 512 < end; sector++) {
      const copy = disk.copy();
      const bytes = disk.bytesOf(last).slice();
      bytes.fill(0, Math.max(begin.start, sector * 512), (sector + 1) * 512);
      copy.put(last, bytes);
      const result = found(copy);
      expect(isPrefix(result, records)).toBe(true);
      expect(result.kind === "records" && result.records.length).toBe(begin.records);
      torn++;
    }
    expect(torn).toBeGreaterThan(0);
  });

  test("any flipped byte is unreadable, or within the zeros behind the end", () => {
    let within = 0;
    for (const path of segmentsOf(disk)) {
      const original = disk.bytesOf(path);
      for (let at = 0; at < original.length; at = nextFlip(original, at)) {
        const flipped = disk.copy();
        const bytes = original.slice();
        bytes[at]! ^= 1 << (at % 8);
        flipped.put(path, bytes);
        const result = found(flipped);
        if (result.kind === "unreadable") continue;
        expect(isPrefix(result, records), `${path} at ${at}`).toBe(true);
        const all = result.kind === "records" && result.records.length === records.length;
        expect(all, `${path} at ${at}`).toBe(true);
        within++;
      }
    }
    expect(within).toBeGreaterThan(0);
  });

  test("zeros over a sector that was durable are damage, since a later frame tells", () => {
    for (const { start } of frames.slice(0, -1)) {
      const copy = disk.copy();
      const bytes = disk.bytesOf(last).slice();
      bytes.fill(0, start, start + 36);
      copy.put(last, bytes);
      expect(found(copy)).toMatchObject({ kind: "unreadable", file: last, offset: start });
    }
  });
});

describe("a journal that was closed", () => {
  let disk: SimulatedDisk;
  beforeAll(async () => {
    ({ disk } = await written(true));
  });

  test("any flipped byte of any file is unreadable", () => {
    for (const path of disk.paths()) {
      if (path.includes("lock")) continue;
      const original = disk.bytesOf(path);
      for (let at = 0; at < original.length; at = nextFlip(original, at)) {
        const isSealedRest = path.endsWith(".segment") && path !== segmentsOf(disk).at(-1);
        const flipped = disk.copy();
        const bytes = original.slice();
        bytes[at]! ^= 1 << (at % 8);
        flipped.put(path, bytes);
        const result = found(flipped);
        // What stands behind the sealed end of an older segment belongs to nobody.
        if (isSealedRest && original[at] === 0 && result.kind === "records") continue;
        expect(result.kind, `${path} at ${at}`).toBe("unreadable");
      }
    }
  });

  test("a last write that vanished is unreadable", () => {
    const last = segmentsOf(disk).at(-1)!;
    for (let length = 512; length < segmentBytes; length += 8) {
      const cut = disk.copy();
      const bytes = disk.bytesOf(last).slice().fill(0, length);
      if (Buffer.compare(bytes, disk.bytesOf(last)) === 0) continue;
      cut.put(last, bytes);
      expect(found(cut).kind, `at ${length}`).toBe("unreadable");
    }
  });

  test("all segments gone are unreadable, not absent", () => {
    const empty = new SimulatedDisk();
    empty.put(`${directory}/closed`, disk.bytesOf(`${directory}/closed`));
    expect(found(empty).kind).toBe("unreadable");
  });

  test("any one segment missing is unreadable", () => {
    for (const path of segmentsOf(disk)) {
      const less = disk.copy();
      less.remove(path);
      expect(found(less).kind, path).toBe("unreadable");
    }
  });

  test("another cluster's directory, a newer version, another kind", () => {
    expect(found(disk, "other")).toMatchObject({
      kind: "unreadable",
      reason: 'belongs to "test", not to "other"',
    });
    const newer = disk.copy();
    const path = segmentsOf(disk)[0]!;
    newer.bytesOf(path)[9] = 2;
    expect(found(newer)).toMatchObject({ kind: "unreadable", file: path, reason: /newer version/ });
    const slots = disk.copy();
    const header = decodeHeader(disk.bytesOf(path), { kind: "journal", tag: "test", number: 1 });
    if (typeof header === "string") throw new Error(header);
    slots.bytesOf(path).set(encodeHeader({ ...header, kind: "slots" }));
    expect(found(slots)).toMatchObject({
      kind: "unreadable",
      reason: "the file is not a segment of a journal",
    });
  });

  test("a segment under another's name is unreadable", () => {
    const swapped = disk.copy();
    swapped.put(`${directory}/${segmentName(2)}`, disk.bytesOf(`${directory}/${segmentName(1)}`).slice());
    expect(found(swapped)).toMatchObject({ kind: "unreadable", reason: /another segment's name/ });
  });
});

describe("stale bytes", () => {
  test("frames of another segment are never taken for frames of this one", async () => {
    const { disk, records } = await written(false);
    const paths = segmentsOf(disk);
    const last = paths.at(-1)!;
    const stale = disk.bytesOf(paths[0]!);
    const bytes = disk.bytesOf(last);
    let end = bytes.length;
    while (bytes[end - 1] === 0) end--;
    end = (end + 7) & ~7;
    let readable = 0;
    for (let from = 512; from < 1600; from += 8) {
      const copy = disk.copy();
      const mixed = bytes.slice();
      mixed.set(stale.subarray(from, from + mixed.length - end), end);
      copy.put(last, mixed);
      const result = found(copy);
      if (result.kind === "unreadable") continue;
      readable++;
      expect(result.kind === "records" && sameRecords(result.records, records), `from ${from}`).toBe(true);
    }
    // Bytes that no write of this journal leaves are refused, or cut off where they begin with a sector of zeros.
    expect(readable).toBeLessThan(136);
  });

  test("a frame in the right place with the right position, but of another segment, is not taken", async () => {
    const { disk, records } = await written(false);
    const path = segmentsOf(disk).at(-1)!;
    const number = Number(path.slice(-"0000000001.segment".length, -".segment".length));
    const header = decodeHeader(disk.bytesOf(path), { kind: "journal", tag: "test", number });
    if (typeof header === "string") throw new Error(header);
    const bytes = disk.bytesOf(path);
    let end = bytes.length;
    while (bytes[end - 1] === 0) end--;
    for (const other of [number, number - 1, number + 1, number + 2]) {
      const frames = new FrameBuffer();
      frames.add(Uint8Array.of(1, 2, 3), records.length);
      const copy = disk.copy();
      const mixed = bytes.slice();
      mixed.set(frames.finish(records.length, saltOf({ lineage: header.lineage, number: other })), end);
      copy.put(path, mixed);
      const result = found(copy);
      const taken = result.kind === "records" && result.records.length > records.length;
      expect(taken, `frame of segment ${other}`).toBe(other === number);
    }
  });

  test("a recycled segment holds nothing of its former life", async () => {
    const disk = new SimulatedDisk();
    const machine = new Machine();
    const journal = open(disk, machine);
    journal.replay();
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 8; i++) journal.append([recordOf(i)]);
      await journal.sync();
      journal.snapshot([Uint8Array.of(round)]);
      // The background needs its turns to fill what was dropped.
      for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
    }
    disk.kill();
    machine.boot();
    const again = open(disk, machine);
    expect(again.replay()).toEqual({ kind: "records", records: [Uint8Array.of(5)], tornBytes: 0 });
    expect(segmentsOf(disk).length).toBe(1);
  });
});
