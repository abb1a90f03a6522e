import type { SlotLog } from "@eunomia/engine";
import { type Disk, DiskError } from "./disk.ts";
import type { DiskHost } from "./host.ts";

/** The log of slots of a node on its simulated disk, for one life of it. Its syncs answer real promises. */
export class SimulatedSlotLog implements SlotLog {
  readonly #disk: Disk;
  readonly #host: DiskHost;
  #resets = 0;

  constructor(disk: Disk, host: DiskHost) {
    this.#disk = disk;
    this.#host = host;
  }

  open(): ReturnType<SlotLog["open"]> {
    const { damaged, entries } = this.#disk;
    if (damaged) return { kind: "unreadable", file: "log", offset: 0, reason: "wrong checksum" };
    return entries === null ? { kind: "absent" } : { kind: "log", last: this.last, tornBytes: 0 };
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
      const resets = this.#resets;
      const count = this.#disk.writtenEntries.length;
      this.#host.later(this.#host.syncDelayUs(), () => {
        try {
          this.#host.failing();
        } catch (error) {
          return reject(error);
        }
        // What was counted before a reset is void with it.
        if (resets === this.#resets) this.#disk.syncEntries(count);
        else this.#disk.syncEntries(0);
        resolve(Math.min(last, this.last));
      });
    });
  }

  read(from: number, maxBytes: number): readonly { readonly slot: number; readonly bytes: Uint8Array }[] {
    const found: { slot: number; bytes: Uint8Array }[] = [];
    let size = 0;
    if (from < this.first) return found;
    for (let slot = from; slot <= this.last; slot += 1) {
      const bytes = this.#entry(slot);
      found.push({ slot, bytes });
      size += bytes.length;
      if (size > maxBytes) break;
    }
    return found;
  }

  get first(): number {
    return this.#base + 1;
  }

  get last(): number {
    return this.#base + this.#durable + this.#disk.writtenEntries.length;
  }

  truncate(below: number): void {
    const count = Math.min(below - this.first, this.#durable);
    if (count <= 0 || !this.#host.call()) return;
    this.#disk.entries!.splice(0, count);
    this.#disk.entriesBase += count;
  }

  reset(next: number): void {
    if (!this.#host.call()) return;
    this.#resets += 1;
    this.#disk.resetTo = next - 1;
    this.#disk.writtenEntries = [];
  }

  async close(): Promise<void> {
    if (this.#host.call()) this.#disk.syncEntries(this.#disk.writtenEntries.length);
  }

  get #base(): number {
    return this.#disk.resetTo ?? this.#disk.entriesBase;
  }

  /** Durable entries that are still in force. */
  get #durable(): number {
    return this.#disk.resetTo === null ? (this.#disk.entries?.length ?? 0) : 0;
  }

  #entry(slot: number): Uint8Array {
    const at = slot - this.first;
    const durable = this.#durable;
    return at < durable ? this.#disk.entries![at]! : this.#disk.writtenEntries[at - durable]!;
  }
}
