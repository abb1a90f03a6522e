import type { Journal, Replay, SlotLog } from "@eunomia/engine";
import type { MemoryJournal, MemorySlotLog } from "@eunomia/journal/memory";
import type { Life } from "./virtual-time.ts";

/** How a disk keeps its word. `lying` answers at once and writes later: what it lets out may be lost in a crash. */
export type Disk = "honest" | "lying";

/** After so long a lying disk writes: as an operating system does that nobody asks to. */
const lateMs = 1000;

/** A journal whose syncs take virtual time, so that crashes fall between writing and durability. */
export class SlowJournal implements Journal {
  readonly #inner: MemoryJournal;
  readonly #life: Life;
  readonly #delayMs: () => number;
  readonly #disk: Disk;
  #position = 0;

  constructor(inner: MemoryJournal, life: Life, delayMs: () => number, disk: Disk) {
    this.#inner = inner;
    this.#life = life;
    this.#delayMs = delayMs;
    this.#disk = disk;
  }

  replay(): Replay {
    return this.#inner.replay();
  }

  append(records: readonly Uint8Array[]): number {
    this.#position = this.#inner.append(records);
    return this.#position;
  }

  sync(): number | Promise<number> {
    if (this.#disk === "lying") {
      this.#life.after(lateMs, () => void this.#inner.sync());
      return this.#position;
    }
    const delayMs = this.#delayMs();
    if (delayMs === 0) return this.#inner.sync();
    return new Promise((resolve, reject) => {
      this.#life.after(delayMs, () => Promise.resolve(this.#inner.sync()).then(resolve, reject));
    });
  }

  snapshot(records: readonly Uint8Array[]): void {
    this.#inner.snapshot(records);
  }

  get sizeBytes(): number {
    return this.#inner.sizeBytes;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** The same for a log of slots. */
export class SlowSlotLog implements SlotLog {
  readonly #inner: MemorySlotLog;
  readonly #life: Life;
  readonly #delayMs: () => number;

  constructor(inner: MemorySlotLog, life: Life, delayMs: () => number) {
    this.#inner = inner;
    this.#life = life;
    this.#delayMs = delayMs;
  }

  open(): ReturnType<SlotLog["open"]> {
    return this.#inner.open();
  }

  append(slot: number, bytes: Uint8Array): void {
    this.#inner.append(slot, bytes);
  }

  sync(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#life.after(this.#delayMs(), () => this.#inner.sync().then(resolve, reject));
    });
  }

  read(from: number, maxBytes: number): ReturnType<SlotLog["read"]> {
    return this.#inner.read(from, maxBytes);
  }

  get first(): number {
    return this.#inner.first;
  }

  get last(): number {
    return this.#inner.last;
  }

  truncate(below: number): void {
    this.#inner.truncate(below);
  }

  reset(next: number): void {
    this.#inner.reset(next);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
