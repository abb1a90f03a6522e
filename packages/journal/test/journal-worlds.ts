import type { JournalSubject, JournalWorld } from "@eunomia/conformance";
import type { Journal, Replay } from "@eunomia/engine";
import { type FileJournalOptions, openFileJournal } from "../src/file.ts";
import type { FileSystem, OpenFile } from "../src/file-system.ts";
import { journalStorage, type MemoryJournal, openMemoryJournal } from "../src/memory.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

export const directory = "/j";

/** Processes of a simulated machine: `boot` is a new one, and all before are dead. */
export class Machine {
  #life = 0;
  owner(): { identity: string; isAlive(identity: string): boolean } {
    const identity = `life-${this.#life}`;
    return { identity, isAlive: (other) => other === `life-${this.#life}` };
  }
  boot(): void {
    this.#life++;
  }
}

export function memorySubject(sync: "main" | "pool"): JournalSubject {
  return {
    fresh: () => {
      const storage = journalStorage();
      let open: MemoryJournal | null = null;
      return {
        open: () => {
          open = openMemoryJournal({ storage, sync });
          return open;
        },
        crash: (journal) => (journal as MemoryJournal).crash(),
        failNextSync: () => open?.failNextSync(),
        damage: () => {
          storage.damage = "a test changed a byte";
        },
      };
    },
  };
}

type Opened = Omit<FileJournalOptions, "directory" | "tag" | "fileSystem" | "owner">;

/** How a twin changes the disk that the journal sees, or the journal itself. */
export interface Changes {
  disk?(files: FileSystem): FileSystem;
  journal?(journal: Journal): Journal;
}

export function fileSubject(options: Opened, changes: Changes = {}): JournalSubject {
  return { fresh: () => fileWorld(options, changes) };
}

function fileWorld(options: Opened, changes: Changes): JournalWorld {
  const disk = new SimulatedDisk();
  const machine = new Machine();
  return {
    open: () => {
      const session = disk.session();
      const fileSystem = changes.disk?.(session) ?? session;
      const owner = machine.owner();
      const journal = openFileJournal({
        directory,
        tag: "test",
        segmentBytes: 8192,
        ...options,
        fileSystem,
        owner,
      });
      return changes.journal?.(journal) ?? journal;
    },
    crash: () => {
      disk.restart();
      machine.boot();
    },
    failNextSync: () => {
      disk.failAt = disk.operations + 1;
    },
    damage: () => {
      const path = disk.paths().find((name) => name.endsWith(".segment"))!;
      // Header, frame header, length of the record: then its first byte.
      disk.bytesOf(path)[512 + 36 + 4]! ^= 0x10;
    },
    crashBefore: (operation, work) => {
      disk.cutAt = disk.operations + operation;
      try {
        work();
      } catch {
        return true;
      }
      disk.cutAt = Number.POSITIVE_INFINITY;
      return false;
    },
  };
}

/** A disk that says "done" and has done nothing: a journal on it acknowledges before anything is durable. */
export function lyingDisk(disk: FileSystem): FileSystem {
  return through(disk, (file) => ({
    ...file,
    sync: () => {},
    syncLater: (done) => setImmediate(done, null),
  }));
}

/** The file system with other files; a `write-through` file is an ordinary one. */
function through(disk: FileSystem, change: (file: OpenFile) => OpenFile): FileSystem {
  return {
    createDirectory: (path) => disk.createDirectory(path),
    list: (path) => disk.list(path),
    open: (path, mode) => change(disk.open(path, mode === "write-through" ? "write" : mode)),
    rename: (from, to) => disk.rename(from, to),
    link: (from, to) => disk.link(from, to),
    remove: (path) => disk.remove(path),
    syncDirectory: (path) => disk.syncDirectory(path),
    syncDirectoryLater: (path, done) => disk.syncDirectoryLater(path, done),
  };
}

/** Takes unreadable for absent, as `.ok()` and `catch {}` do. */
export function forgetful(journal: Journal): Journal {
  return {
    replay: (): Replay => {
      const found = journal.replay();
      return found.kind === "unreadable" ? { kind: "absent" } : found;
    },
    append: (records) => journal.append(records),
    sync: () => journal.sync(),
    snapshot: (records) => journal.snapshot(records),
    get sizeBytes() {
      return journal.sizeBytes;
    },
    close: () => journal.close(),
  };
}
