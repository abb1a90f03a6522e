import type { JournalSubject } from "@eunomia/conformance";
import type { Journal, Replay } from "@eunomia/engine";
import { SimulatedDisk } from "./simulated-disk.ts";

/** The faults a log written in an afternoon has. Each one alone must be refused by the suite. */
export interface NaiveFaults {
  /** Trusts lengths and content as they stand. */
  readonly noChecksum?: boolean;
  /** Goes on after a failed sync, as if trying again could help. */
  readonly triesAgain?: boolean;
  /** Truncates the file, then writes the snapshot into it. */
  readonly snapshotInPlace?: boolean;
}

const path = "/j/log";

function sumOf(record: Uint8Array): number {
  return record.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
}

/** One file, length and sum before each record, a sync for each group: right and slow, but for the faults asked for. */
class NaiveJournal implements Journal {
  readonly #disk: SimulatedDisk;
  readonly #faults: NaiveFaults;
  readonly #world: { holder: Journal | null };
  #state = "opened";
  #failed = false;
  #pending: Uint8Array[] = [];
  #position = 0;
  sizeBytes = 0;
  #end = 0;

  constructor(disk: SimulatedDisk, faults: NaiveFaults, world: { holder: Journal | null }) {
    if (world.holder) throw Object.assign(new Error("in use"), { code: "journal-in-use" });
    world.holder = this;
    this.#disk = disk;
    this.#faults = faults;
    this.#world = world;
  }

  replay(): Replay {
    if (this.#state !== "opened") throw new Error("replay twice");
    this.#state = "unreadable";
    if (!this.#disk.paths().includes(path)) {
      this.#state = "replayed";
      return { kind: "absent" };
    }
    const bytes = this.#disk.bytesOf(path);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const records: Uint8Array[] = [];
    let at = 0;
    while (at + 8 <= bytes.length) {
      const length = view.getUint32(at);
      const record = bytes.slice(at + 8, at + 8 + length);
      if (!this.#faults.noChecksum && sumOf(record) !== view.getUint32(at + 4)) {
        return { kind: "unreadable", file: path, offset: at, reason: "bad sum" };
      }
      records.push(record);
      at += 8 + length;
    }
    this.#end = at;
    this.#position = records.length;
    this.#state = "replayed";
    return { kind: "records", records, tornBytes: 0 };
  }

  append(records: readonly Uint8Array[]): number {
    if (this.#state !== "replayed") throw new Error(`append when ${this.#state}`);
    for (const record of records) this.#pending.push(record.slice());
    this.#position += records.length;
    return this.#position;
  }

  async sync(): Promise<number> {
    if (this.#failed) throw new Error("failed");
    this.#write(path, this.#pending.splice(0));
    return this.#position;
  }

  snapshot(records: readonly Uint8Array[]): void {
    if (this.#failed) throw new Error("failed");
    this.#pending = [];
    this.#position += records.length;
    this.#end = 0;
    if (this.#faults.snapshotInPlace) {
      this.#file(path).truncate(0);
      this.#file(path).sync();
    }
    this.#write(this.#faults.snapshotInPlace ? path : `${path}.new`, records);
    if (!this.#faults.snapshotInPlace) this.#disk.rename(`${path}.new`, path);
    this.#disk.syncDirectory("/j");
    this.sizeBytes = 0;
  }

  async close(): Promise<void> {
    if (this.#state === "replayed" && !this.#failed) await this.sync();
    this.#state = "closed";
    this.#world.holder = null;
  }

  #file(name: string) {
    return this.#disk.open(name, this.#disk.paths().includes(name) ? "write" : "create");
  }

  #write(name: string, records: readonly Uint8Array[]): void {
    try {
      const file = this.#file(name);
      for (const record of records) {
        const framed = new Uint8Array(8 + record.length);
        const view = new DataView(framed.buffer);
        view.setUint32(0, record.length);
        view.setUint32(4, sumOf(record));
        framed.set(record, 8);
        file.write(framed, this.#end);
        this.#end += framed.length;
        this.sizeBytes += framed.length;
      }
      file.sync();
      this.#disk.syncDirectory("/j");
    } catch (error) {
      this.#failed = !this.#faults.triesAgain;
      throw error;
    }
  }
}

export function naiveSubject(faults: NaiveFaults): JournalSubject {
  return {
    fresh: () => {
      const disk = new SimulatedDisk();
      const world = { holder: null as Journal | null };
      return {
        open: () => new NaiveJournal(disk, faults, world),
        crash: () => {
          disk.restart();
          world.holder = null;
        },
        failNextSync: () => {
          disk.failAt = disk.operations + 1;
        },
        damage: () => {
          disk.bytesOf(path)[8]! ^= 0x10;
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
    },
  };
}
