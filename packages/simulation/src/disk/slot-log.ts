import type { SlotLog } from "@eunomia/engine";
import { type Disk, DiskError } from "./disk.ts";
import type { DiskHost } from "./host.ts";

/** The log of slots of a node on its simulated disk, for one life of it. Its syncs answer real promises. */
export class SimulatedSlotLog implements SlotLog {
  readonly #disk: Disk;
  readonly #host: DiskHost;

  constructor(disk: Disk, host: DiskHost) {
    this.#disk = disk;
    this.#host = host;
  }

  open(): ReturnType<SlotLog["open"]> {
    const { damaged, entries } = this.#disk;
    if (damaged) return { kind: "unreadable", file: "log", offset: 0, reason: "wrong checksum" };
    return entries === null ? { kind: "absent" } : { kind: "log", last: entries.length, tornBytes: 0 };
  }

  append(slot: number, bytes: Uint8Array): void {
    if (!this.#host.call()) return;
    if (slot !== this.last + 1)
      throw new RangeError(`"slot" expected ${this.last + 1}, the one after the last; got ${slot}`);
    if (this.#host.full()) {
      this.#disk.failed = true;
      throw new DiskError("ENOSPC", "a write of the log");
    }
    this.#disk.writtenEntries.push(bytes.slice());
  }

  sync(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!this.#host.call()) return;
      const { last } = this;
      const count = this.#disk.writtenEntries.length;
      this.#host.later(this.#host.syncDelayUs(), () => {
        try {
          this.#host.failing();
        } catch (error) {
          return reject(error);
        }
        this.#disk.syncEntries(count);
        resolve(last);
      });
    });
  }

  read(from: number, maxBytes: number): readonly { readonly slot: number; readonly bytes: Uint8Array }[] {
    const found: { slot: number; bytes: Uint8Array }[] = [];
    let size = 0;
    for (let slot = Math.max(1, from); slot <= this.last; slot += 1) {
      const bytes = this.#entry(slot);
      found.push({ slot, bytes });
      size += bytes.length;
      if (size > maxBytes) break;
    }
    return found;
  }

  get last(): number {
    return (this.#disk.entries?.length ?? 0) + this.#disk.writtenEntries.length;
  }

  async close(): Promise<void> {
    if (this.#host.call()) this.#disk.syncEntries(this.#disk.writtenEntries.length);
  }

  #entry(slot: number): Uint8Array {
    const durable = this.#disk.entries?.length ?? 0;
    return slot <= durable ? this.#disk.entries![slot - 1]! : this.#disk.writtenEntries[slot - 1 - durable]!;
  }
}
