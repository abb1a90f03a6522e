import type {
  Journal,
  Replay,
  SlotLog,
  SnapshotChunk,
  SnapshotIntake,
  SnapshotManifest,
  SnapshotStore,
} from "@eunomia/engine";
import type { MemoryJournal, MemorySlotLog, MemorySnapshots } from "@eunomia/journal/memory";
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

/** The same for snapshots. */
export class SlowSnapshots implements SnapshotStore {
  readonly #inner: MemorySnapshots;
  readonly #life: Life;
  readonly #delayMs: () => number;

  constructor(inner: MemorySnapshots, life: Life, delayMs: () => number) {
    this.#inner = inner;
    this.#life = life;
    this.#delayMs = delayMs;
  }

  open(): ReturnType<SnapshotStore["open"]> {
    return this.#inner.open();
  }

  get slots(): readonly number[] {
    return this.#inner.slots;
  }

  manifest(slot: number): SnapshotManifest | null {
    return this.#inner.manifest(slot);
  }

  chunk(slot: number, index: number): SnapshotChunk {
    return this.#inner.chunk(slot, index);
  }

  write(slot: number, pieces: Iterable<Uint8Array>): Promise<SnapshotManifest> {
    return this.#later(() => this.#inner.write(slot, pieces));
  }

  async begin(manifest: SnapshotManifest): Promise<SnapshotIntake> {
    const intake = await this.#inner.begin(manifest);
    return {
      manifest,
      missing: () => intake.missing(),
      put: (index, bytes) => intake.put(index, bytes),
      finish: () => this.#later(() => intake.finish()),
    };
  }

  drop(below: number): void {
    this.#inner.drop(below);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #later<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#life.after(this.#delayMs(), () => work().then(resolve, reject));
    });
  }
}
