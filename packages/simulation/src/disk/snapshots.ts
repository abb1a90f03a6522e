import { equalBytes, sha256 } from "@eunomia/codec";
import {
  chunkLength,
  chunksOf,
  manifestProblem,
  type SnapshotChunk,
  type SnapshotIntake,
  type SnapshotManifest,
  type SnapshotStore,
  sealManifest,
} from "@eunomia/engine";
import { type Disk, DiskError } from "./disk.ts";
import type { DiskHost } from "./host.ts";

/** Small, so that what a simulation transfers has several of them. */
const chunkBytes = 512;

/** The snapshots of a node on its simulated disk, for one life of it. Durable after the time of a sync, whole or not at all. */
export class SimulatedSnapshots implements SnapshotStore {
  readonly #disk: Disk;
  readonly #host: DiskHost;
  readonly #cluster: string;
  #writing = false;

  constructor(disk: Disk, host: DiskHost, cluster: string) {
    this.#disk = disk;
    this.#host = host;
    this.#cluster = cluster;
  }

  open(): ReturnType<SnapshotStore["open"]> {
    const foreign = [...this.#disk.snapshots.values()].filter(({ manifest }) => !this.#owns(manifest));
    return {
      unusable: foreign.map(({ manifest: { slot, cluster } }) => ({
        file: `snapshot of slot ${slot}`,
        reason: `belongs to "${cluster}"`,
      })),
    };
  }

  get slots(): readonly number[] {
    const own = [...this.#disk.snapshots.values()].filter(({ manifest }) => this.#owns(manifest));
    return own.map(({ manifest }) => manifest.slot).sort((a, b) => a - b);
  }

  manifest(slot: number): SnapshotManifest | null {
    const manifest = this.#disk.snapshots.get(slot)?.manifest;
    return manifest !== undefined && this.#owns(manifest) ? manifest : null;
  }

  chunk(slot: number, index: number): SnapshotChunk {
    const manifest = this.manifest(slot);
    const bytes = this.#disk.snapshots.get(slot)?.chunks[index];
    if (manifest === null || bytes === undefined) return { ok: false, reason: "no such chunk" };
    const intact = equalBytes(sha256(bytes), manifest.digests[index]!);
    return intact ? { ok: true, bytes } : { ok: false, reason: "fails its digest" };
  }

  async write(slot: number, pieces: Iterable<Uint8Array>): Promise<SnapshotManifest> {
    if (this.#writing)
      throw Object.assign(new Error(`"write" expected one at a time, got a second`), { code: "out-of-turn" });
    this.#writing = true;
    try {
      const chunks = [...chunksOf(pieces, chunkBytes)];
      const sizeBytes = chunks.reduce((size, { length }) => size + length, 0);
      const head = { cluster: this.#cluster, slot, sizeBytes, chunkBytes };
      const manifest = sealManifest(sha256, head, chunks.map(sha256));
      await this.#durably(() => this.#disk.snapshots.set(slot, { manifest, chunks }));
      return manifest;
    } finally {
      this.#writing = false;
    }
  }

  async begin(manifest: SnapshotManifest): Promise<SnapshotIntake> {
    if (!this.#owns(manifest) || manifestProblem(sha256, manifest) !== null)
      throw Object.assign(new RangeError(`"manifest" expected one of "${this.#cluster}"`), {
        code: "foreign",
      });
    const disk = this.#disk;
    if (disk.intake === null || !equalBytes(disk.intake.manifest.root, manifest.root))
      disk.intake = { manifest, chunks: new Map() };
    const { chunks } = disk.intake;
    const indices = [...manifest.digests.keys()];
    return {
      manifest,
      missing: () => indices.filter((index) => !chunks.has(index)),
      put: (index, bytes) => {
        const right =
          index < indices.length &&
          bytes.length === chunkLength(manifest, index) &&
          equalBytes(sha256(bytes), manifest.digests[index]!);
        if (right && this.#host.call()) chunks.set(index, bytes.slice());
        return right;
      },
      finish: async () => {
        if (chunks.size < indices.length)
          throw new RangeError(`"finish" expected all chunks, ${indices.length - chunks.size} are missing`);
        await this.#durably(() => {
          disk.snapshots.set(manifest.slot, { manifest, chunks: indices.map((index) => chunks.get(index)!) });
          disk.intake = null;
        });
      },
    };
  }

  drop(below: number): void {
    if (!this.#host.call()) return;
    for (const slot of this.slots) if (slot < below) this.#disk.snapshots.delete(slot);
  }

  async close(): Promise<void> {}

  #owns({ cluster }: SnapshotManifest): boolean {
    return cluster === this.#cluster;
  }

  /** As a sync: done after the time of one, unless the life ends before, or the disk fails or is full. */
  #durably(done: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#host.call()) return;
      if (this.#host.full()) return reject(new DiskError("ENOSPC", "a write of a snapshot"));
      this.#host.later(this.#host.syncDelayUs(), () => {
        try {
          this.#host.failing();
        } catch (error) {
          return reject(error);
        }
        done();
        resolve();
      });
    });
  }
}
