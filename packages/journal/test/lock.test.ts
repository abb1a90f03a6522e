import { expect, test } from "vitest";
import { openFileJournal } from "../src/file.ts";
import type { FileSystem } from "../src/file-system.ts";
import { lockDirectory } from "../src/lock.ts";
import { directory, Machine } from "./journal-worlds.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const locks = (disk: SimulatedDisk) => disk.list(directory).filter((name) => name.startsWith("lock"));

test("held, given back, taken again: one lock file stays, and its number grows", () => {
  const disk = new SimulatedDisk();
  const machine = new Machine();
  const release = lockDirectory(disk, directory, machine.owner());
  expect(() => lockDirectory(disk, directory, machine.owner())).toThrowError("held by process life-0");
  release();
  lockDirectory(disk, directory, machine.owner());
  expect(locks(disk)).toEqual(["lock-2"]);
  machine.boot();
  lockDirectory(disk, directory, machine.owner());
  expect(locks(disk)).toEqual(["lock-3"]);
});

/** Does something at the very moment of the link. */
function interrupted(disk: SimulatedDisk, moment: "before" | "after", rival: () => void): FileSystem {
  const session = disk.session();
  return {
    ...session,
    link: (from, to) => {
      if (moment === "before") rival();
      session.link(from, to);
      if (moment === "after") rival();
    },
  };
}

test("of two that find a dead process's lock at the same moment, one gets it", () => {
  const disk = new SimulatedDisk();
  const machine = new Machine();
  lockDirectory(disk, directory, machine.owner());
  machine.boot();
  let rivalHas = false;
  const files = interrupted(disk, "before", () => {
    lockDirectory(disk, directory, machine.owner());
    rivalHas = true;
  });
  expect(() => lockDirectory(files, directory, machine.owner())).toThrowError("same moment");
  expect(rivalHas).toBe(true);
  expect(locks(disk)).toEqual(["lock-2"]);
});

test("a higher lock that a listing had missed decides", () => {
  const disk = new SimulatedDisk();
  const owner = new Machine().owner();
  const files = interrupted(disk, "after", () => disk.put(`${directory}/lock-7`, new Uint8Array(0)));
  expect(() => lockDirectory(files, directory, owner)).toThrowError("same moment");
  expect(locks(disk)).toEqual(["lock-7"]);
});

test("a caller's mistakes are refused before anything is opened", () => {
  const disk = new SimulatedDisk();
  const refused = (options: object) => () =>
    openFileJournal({ directory, tag: "t", fileSystem: disk, ...options });
  expect(refused({ tag: "" })).toThrowError('"tag" expected 1 to 444 bytes, got 0');
  expect(refused({ segmentBytes: 100 })).toThrowError('"segmentBytes" expected an integer from 4096');
  expect(refused({ syncOnMainBelowBytes: -1 })).toThrowError('"syncOnMainBelowBytes"');
  expect(disk.paths()).toEqual([]);
});

test("a full disk: the error says so, the journal is failed for good, what was synced stays", async () => {
  const disk = new SimulatedDisk();
  const machine = new Machine();
  const options = { directory, tag: "t", segmentBytes: 4096 };
  const journal = openFileJournal({ ...options, fileSystem: disk.session(), owner: machine.owner() });
  journal.replay();
  journal.append([new Uint8Array(3000).fill(1)]);
  await journal.sync();
  // A record that needs a segment of its own size, for which there is no room.
  disk.failCode = "ENOSPC";
  disk.failAt = disk.operations + 2;
  journal.append([new Uint8Array(9000).fill(2)]);
  await expect(async () => journal.sync()).rejects.toMatchObject({
    code: "disk-failed",
    details: { cause: "ENOSPC" },
  });
  disk.failAt = Number.POSITIVE_INFINITY;
  await expect(async () => journal.sync()).rejects.toMatchObject({ code: "disk-failed" });
  await expect(journal.close()).rejects.toMatchObject({ code: "disk-failed" });
  const again = openFileJournal({ ...options, fileSystem: disk.session(), owner: machine.owner() });
  expect(again.replay()).toMatchObject({ kind: "records", records: [{ length: 3000 }] });
});
