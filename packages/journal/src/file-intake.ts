import { chunkLength, type SnapshotIntake, type SnapshotManifest } from "@eunomia/engine";
import { JournalError, snapshotFailure } from "./errors.ts";
import { type SnapshotFileWriter, sha256 } from "./snapshot-file.ts";

/** A file that is filled with chunks of peers. What is on the disk already counts if its digest is right. */
export class FileIntake implements SnapshotIntake {
  readonly manifest: SnapshotManifest;
  readonly #writer: SnapshotFileWriter;
  readonly #adopt: () => Promise<void>;
  readonly #missing: Set<number>;
  #closed = false;

  constructor(manifest: SnapshotManifest, writer: SnapshotFileWriter, adopt: () => Promise<void>) {
    this.manifest = manifest;
    this.#writer = writer;
    this.#adopt = adopt;
    this.#missing = new Set(manifest.digests.keys());
  }

  /** Looks at what an earlier life has left, one chunk in a turn. */
  async recheck(): Promise<void> {
    for (const index of this.manifest.digests.keys()) {
      const bytes = this.#writer.read(index, chunkLength(this.manifest, index));
      if (this.#fits(index, bytes)) this.#missing.delete(index);
      await new Promise(setImmediate);
    }
  }

  missing(): readonly number[] {
    return [...this.#missing];
  }

  put(index: number, bytes: Uint8Array): boolean {
    this.#check();
    if (!this.#fits(index, bytes)) return false;
    try {
      if (this.#missing.has(index)) this.#writer.put(index, bytes);
    } catch (error) {
      throw snapshotFailure(`writing chunk ${index}`, error);
    }
    this.#missing.delete(index);
    return true;
  }

  async finish(): Promise<void> {
    this.#check();
    if (this.#missing.size > 0)
      throw new JournalError("bad-record", `"finish" expected all chunks, ${this.#missing.size} are missing`);
    try {
      await this.#writer.seal(this.manifest);
      this.#closed = true;
      await this.#adopt();
    } catch (error) {
      throw snapshotFailure("finishing a snapshot", error);
    }
  }

  close(): void {
    if (!this.#closed) this.#writer.abandon();
    this.#closed = true;
  }

  #fits(index: number, bytes: Uint8Array): boolean {
    const digest = this.manifest.digests[index];
    return (
      digest !== undefined &&
      bytes.length === chunkLength(this.manifest, index) &&
      Buffer.compare(sha256(bytes), digest) === 0
    );
  }

  #check(): void {
    if (this.#closed)
      throw new JournalError("closed", `"intake" expected to be the latest one, got an earlier one`);
  }
}
