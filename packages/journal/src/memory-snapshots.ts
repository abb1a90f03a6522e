import { equalBytes, sha256 } from "@eunomia/codec";
import {
  chunkLength,
  chunksOf,
  type SnapshotChunk,
  type SnapshotIntake,
  type SnapshotManifest,
  type SnapshotStore,
  sealManifest,
} from "@eunomia/engine";
import { checkedBytes, checkManifest, JournalError } from "./errors.ts";

interface Held {
  readonly manifest: SnapshotManifest;
  readonly chunks: Uint8Array[];
}

/** What a memory store leaves behind: hand the same object to the next one to reopen after a crash. */
export interface SnapshotStorage {
  readonly held: Map<number, Held>;
  /** Chunks of a snapshot that is being taken in; tests may change their bytes. */
  intake: { readonly manifest: SnapshotManifest; readonly chunks: (Uint8Array | null)[] } | null;
  inUse: boolean;
}

/** An empty storage. */
export function snapshotStorage(): SnapshotStorage {
  return { held: new Map(), intake: null, inUse: false };
}

export interface MemorySnapshotsOptions {
  /** Whose snapshots these are. */
  readonly cluster: string;
  /** Default 64 KiB. */
  readonly chunkBytes?: number;
  /** Default: that of `@eunomia/codec`. A native one is faster. */
  readonly sha256?: (bytes: Uint8Array) => Uint8Array;
  readonly storage?: SnapshotStorage;
}

/** A `SnapshotStore` in memory, with the accidents that tests need. */
export interface MemorySnapshots extends SnapshotStore {
  readonly storage: SnapshotStorage;
  /** The process dies: what was not finished is lost. */
  crash(): void;
  /** The next write or finish fails. */
  failNextWrite(): void;
}

/**
 * @example
 * const snapshots = openMemorySnapshots({ cluster: "c" });
 * snapshots.open(); // { unusable: [] }
 * await snapshots.write(7, [Uint8Array.of(1, 2)]);
 * snapshots.chunk(7, 0); // { ok: true, bytes: Uint8Array [1, 2] }
 */
export function openMemorySnapshots(options: MemorySnapshotsOptions): MemorySnapshots {
  return new InMemorySnapshots(options);
}

class InMemorySnapshots implements MemorySnapshots {
  readonly storage: SnapshotStorage;
  readonly #cluster: string;
  readonly #chunkBytes: number;
  readonly #sha256: (bytes: Uint8Array) => Uint8Array;
  #state: "new" | "open" | "closed" = "new";
  #writing = false;
  #failing = false;

  constructor(options: MemorySnapshotsOptions) {
    this.#cluster = options.cluster;
    this.#chunkBytes = checkedBytes("chunkBytes", options.chunkBytes ?? 64 * 1024, 1, 1 << 26);
    this.#sha256 = options.sha256 ?? sha256;
    this.storage = options.storage ?? snapshotStorage();
    if (this.storage.inUse)
      throw new JournalError(
        "journal-in-use",
        `"storage" expected a free storage, got one that a store holds`,
      );
    this.storage.inUse = true;
  }

  open(): ReturnType<SnapshotStore["open"]> {
    if (this.#state !== "new")
      throw new JournalError(
        "out-of-turn",
        `"open" expected to be called once, got a call when ${this.#state}`,
      );
    this.#state = "open";
    const unusable: { file: string; reason: string }[] = [];
    for (const [slot, { manifest }] of this.storage.held)
      if (manifest.cluster !== this.#cluster) {
        unusable.push({ file: `memory/${slot}`, reason: `belongs to "${manifest.cluster}"` });
      }
    return { unusable };
  }

  get slots(): readonly number[] {
    this.#check();
    return [...this.storage.held.values()]
      .filter(({ manifest }) => manifest.cluster === this.#cluster)
      .map(({ manifest }) => manifest.slot)
      .sort((a, b) => a - b);
  }

  manifest(slot: number): SnapshotManifest | null {
    return this.#held(slot)?.manifest ?? null;
  }

  chunk(slot: number, index: number): SnapshotChunk {
    const held = this.#held(slot);
    const bytes = held?.chunks[index];
    if (held === undefined || bytes === undefined) return { ok: false, reason: "no such chunk" };
    return equalBytes(this.#sha256(bytes), held.manifest.digests[index]!)
      ? { ok: true, bytes }
      : { ok: false, reason: "fails its digest" };
  }

  async write(slot: number, pieces: Iterable<Uint8Array>): Promise<SnapshotManifest> {
    this.#check();
    if (this.#writing) throw new JournalError("out-of-turn", `"write" expected one at a time, got a second`);
    this.#writing = true;
    try {
      const chunks: Uint8Array[] = [];
      for (const chunk of chunksOf(pieces, this.#chunkBytes)) {
        chunks.push(chunk);
        await Promise.resolve();
        this.#check();
      }
      this.#failIfAsked();
      const sizeBytes = chunks.reduce((size, { length }) => size + length, 0);
      const head = { cluster: this.#cluster, slot, sizeBytes, chunkBytes: this.#chunkBytes };
      const manifest = sealManifest(this.#sha256, head, chunks.map(this.#sha256));
      this.storage.held.set(slot, { manifest, chunks });
      return manifest;
    } finally {
      this.#writing = false;
    }
  }

  async begin(manifest: SnapshotManifest): Promise<SnapshotIntake> {
    this.#check();
    checkManifest(this.#sha256, this.#cluster, manifest);
    const { storage } = this;
    const before = storage.intake;
    const intake =
      before !== null && equalBytes(before.manifest.root, manifest.root)
        ? before
        : { manifest, chunks: manifest.digests.map(() => null) };
    storage.intake = intake;
    for (const [index, bytes] of intake.chunks.entries())
      if (bytes !== null && !this.#fits(manifest, index, bytes)) intake.chunks[index] = null;
    const missing = (): number[] => intake.chunks.flatMap((bytes, index) => (bytes === null ? [index] : []));
    return {
      manifest,
      missing,
      put: (index, bytes) => {
        this.#check();
        if (!this.#fits(manifest, index, bytes)) return false;
        intake.chunks[index] = bytes.slice();
        return true;
      },
      finish: async () => {
        this.#check();
        if (missing().length > 0)
          throw new JournalError(
            "bad-record",
            `"finish" expected all chunks, ${missing().length} are missing`,
          );
        this.#failIfAsked();
        storage.held.set(manifest.slot, { manifest, chunks: intake.chunks as Uint8Array[] });
        if (storage.intake === intake) storage.intake = null;
      },
    };
  }

  drop(below: number): void {
    for (const slot of this.slots) if (slot < below) this.storage.held.delete(slot);
  }

  async close(): Promise<void> {
    this.crash();
  }

  crash(): void {
    this.#state = "closed";
    this.storage.inUse = false;
  }

  failNextWrite(): void {
    this.#failing = true;
  }

  #fits(manifest: SnapshotManifest, index: number, bytes: Uint8Array): boolean {
    const digest = manifest.digests[index];
    return (
      digest !== undefined &&
      bytes.length === chunkLength(manifest, index) &&
      equalBytes(this.#sha256(bytes), digest)
    );
  }

  #held(slot: number): Held | undefined {
    this.#check();
    const held = this.storage.held.get(slot);
    return held?.manifest.cluster === this.#cluster ? held : undefined;
  }

  #failIfAsked(): void {
    if (!this.#failing) return;
    this.#failing = false;
    throw new JournalError("disk-failed", `"write" expected a working disk, got a failure asked for`);
  }

  #check(): void {
    if (this.#state === "open") return;
    if (this.#state === "closed")
      throw new JournalError("closed", `"snapshots" expected to be open, got closed`);
    throw new JournalError("out-of-turn", `"snapshots" expected open() first, got another call`);
  }
}
