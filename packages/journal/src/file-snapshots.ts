import {
  chunksOf,
  type SnapshotChunk,
  type SnapshotIntake,
  type SnapshotManifest,
  type SnapshotStore,
} from "@eunomia/engine";
import { checkedBytes, checkManifest, diskFailure, JournalError, snapshotFailure } from "./errors.ts";
import { FileIntake } from "./file-intake.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { onPool, passingPrefix, removeLeftovers } from "./files.ts";
import { type LockOwner, lockDirectory, thisProcess } from "./lock.ts";
import {
  readFileChunk,
  readFileManifest,
  SnapshotFileWriter,
  sha256,
  writeSnapshotFile,
} from "./snapshot-file.ts";

export interface FileSnapshotsOptions {
  /** Made if it does not exist. One store per directory, and nothing else in it. */
  readonly directory: string;
  /** Whose snapshots these are: those of another cluster are refused. */
  readonly cluster: string;
  /** Bytes of a chunk, what is sent to a peer at a time. Default 256 KiB: snapshots of up to 16 GiB. */
  readonly chunkBytes?: number;
  readonly fileSystem?: FileSystem;
  readonly owner?: LockOwner;
}

/**
 * Opens a directory and locks it. Call `open` next.
 *
 * Errors: `JournalError` with code `bad-option`, `journal-in-use` or `disk-failed`.
 *
 * @example
 * const snapshots = openFileSnapshots({ directory: "/var/lib/app/snapshots", cluster: "cluster-7" });
 * snapshots.open(); // { unusable: [] }
 * await snapshots.write(10_000, [Uint8Array.of(7)]);
 * snapshots.slots; // [10000]
 */
export function openFileSnapshots(options: FileSnapshotsOptions): SnapshotStore {
  return new FileSnapshots(options);
}

const namePattern = /^(\d{16})\.snapshot$/;
const intakePrefix = "intake-";
const nameOf = (slot: number): string => `${String(slot).padStart(16, "0")}.snapshot`;

class FileSnapshots implements SnapshotStore {
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #cluster: string;
  readonly #chunkBytes: number;
  readonly #unlock: () => void;
  readonly #held = new Map<number, SnapshotManifest>();
  #state: "new" | "open" | "closed" = "new";
  #writing: Promise<unknown> | null = null;
  #intake: FileIntake | null = null;

  constructor(options: FileSnapshotsOptions) {
    this.#chunkBytes = checkedBytes("chunkBytes", options.chunkBytes ?? 256 * 1024, 512, 1 << 26);
    this.#files = options.fileSystem ?? nodeFileSystem;
    this.#directory = options.directory;
    this.#cluster = options.cluster;
    try {
      this.#files.createDirectory(this.#directory);
      this.#unlock = lockDirectory(this.#files, this.#directory, options.owner ?? thisProcess);
    } catch (error) {
      throw diskFailure(`opening ${this.#directory}`, error);
    }
  }

  open(): ReturnType<SnapshotStore["open"]> {
    if (this.#state !== "new")
      throw new JournalError(
        "out-of-turn",
        `"open" expected to be called once, got a call when ${this.#state}`,
      );
    this.#state = "open";
    const unusable: { file: string; reason: string }[] = [];
    try {
      removeLeftovers(this.#files, this.#directory);
      for (const name of this.#files.list(this.#directory)) {
        const slot = namePattern.exec(name)?.[1];
        if (slot === undefined) continue;
        const file = `${this.#directory}/${name}`;
        const manifest = readFileManifest(this.#files, file);
        const reason = this.#problem(Number(slot), manifest);
        if (reason === null) this.#held.set(Number(slot), manifest as SnapshotManifest);
        else unusable.push({ file, reason });
      }
    } catch (error) {
      throw diskFailure("reading the snapshots", error);
    }
    return { unusable };
  }

  get slots(): readonly number[] {
    this.#check();
    return [...this.#held.keys()].sort((a, b) => a - b);
  }

  manifest(slot: number): SnapshotManifest | null {
    this.#check();
    return this.#held.get(slot) ?? null;
  }

  chunk(slot: number, index: number): SnapshotChunk {
    const manifest = this.manifest(slot);
    if (manifest === null) return { ok: false, reason: "no such snapshot" };
    try {
      return readFileChunk(this.#files, this.#path(slot), manifest, index);
    } catch (error) {
      return { ok: false, reason: `reading chunk ${index}: ${(error as { code?: string }).code ?? error}` };
    }
  }

  async write(slot: number, pieces: Iterable<Uint8Array>): Promise<SnapshotManifest> {
    this.#check();
    if (this.#writing !== null)
      throw new JournalError("out-of-turn", `"write" expected one at a time, got a second`);
    const writing = this.#write(slot, pieces);
    this.#writing = writing.catch(() => {});
    try {
      return await writing;
    } finally {
      this.#writing = null;
    }
  }

  async begin(manifest: SnapshotManifest): Promise<SnapshotIntake> {
    this.#check();
    checkManifest(sha256, this.#cluster, manifest);
    this.#intake?.close();
    const name = `${intakePrefix}${nameOf(manifest.slot)}-${Buffer.from(manifest.root).toString("hex").slice(0, 32)}`;
    try {
      for (const other of this.#files.list(this.#directory))
        if (other.startsWith(intakePrefix) && other !== name)
          this.#files.remove(`${this.#directory}/${other}`);
      const again = this.#files.list(this.#directory).includes(name);
      const file = this.#files.open(`${this.#directory}/${name}`, again ? "write" : "create");
      const writer = new SnapshotFileWriter(file, manifest.chunkBytes);
      this.#intake = new FileIntake(manifest, writer, () => this.#take(name, manifest));
      if (again) await this.#intake.recheck();
      return this.#intake;
    } catch (error) {
      throw snapshotFailure("beginning to take in a snapshot", error);
    }
  }

  drop(below: number): void {
    for (const slot of this.slots) {
      if (slot >= below) continue;
      try {
        this.#files.remove(this.#path(slot));
      } catch (error) {
        throw snapshotFailure(`removing ${this.#path(slot)}`, error);
      }
      this.#held.delete(slot);
    }
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    await this.#writing;
    this.#intake?.close();
    try {
      this.#unlock();
    } catch (error) {
      throw snapshotFailure("closing", error);
    }
  }

  async #write(slot: number, pieces: Iterable<Uint8Array>): Promise<SnapshotManifest> {
    const passing = `${this.#directory}/${passingPrefix}snapshot`;
    const head = { cluster: this.#cluster, slot, chunkBytes: this.#chunkBytes };
    try {
      const chunks = chunksOf(pieces, this.#chunkBytes);
      const manifest = await writeSnapshotFile(this.#files, passing, head, chunks, () => this.#check());
      await this.#adopt(passing, manifest);
      return manifest;
    } catch (error) {
      this.#removeQuietly(passing);
      if (error instanceof RangeError) throw new JournalError("bad-record", error.message);
      throw snapshotFailure(`writing the snapshot of slot ${slot}`, error);
    }
  }

  async #take(name: string, manifest: SnapshotManifest): Promise<void> {
    this.#check();
    await this.#adopt(`${this.#directory}/${name}`, manifest);
  }

  /** A complete file becomes a snapshot of this store. */
  async #adopt(path: string, manifest: SnapshotManifest): Promise<void> {
    this.#files.rename(path, this.#path(manifest.slot));
    await onPool((done) => this.#files.syncDirectoryLater(this.#directory, done));
    this.#held.set(manifest.slot, manifest);
  }

  /** What a full disk left of a file must not keep it full. */
  #removeQuietly(path: string): void {
    try {
      this.#files.remove(path);
    } catch {
      // It never was, or the disk is gone: the next opening removes it.
    }
  }

  #problem(slot: number, manifest: SnapshotManifest | string): string | null {
    if (typeof manifest === "string") return manifest;
    if (manifest.cluster !== this.#cluster)
      return `belongs to "${manifest.cluster}", not to "${this.#cluster}"`;
    return manifest.slot === slot ? null : `holds slot ${manifest.slot} under another slot's name`;
  }

  #path(slot: number): string {
    return `${this.#directory}/${nameOf(slot)}`;
  }

  #check(): void {
    if (this.#state === "open") return;
    if (this.#state === "closed")
      throw new JournalError("closed", `"snapshots" expected to be open, got closed`);
    throw new JournalError("out-of-turn", `"snapshots" expected open() first, got another call`);
  }
}
