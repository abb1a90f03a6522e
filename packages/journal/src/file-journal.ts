import type { Journal, Replay } from "@eunomia/engine";
import { checkedBytes, diskFailure, JournalError } from "./errors.ts";
import { type FileSystem, nodeFileSystem, writesThrough } from "./file-system.ts";
import { FrameBuffer, maxRecordBytes, sizeOf } from "./frame.ts";
import { type LockOwner, lockDirectory, thisProcess } from "./lock.ts";
import { recoverJournal } from "./recover.ts";
import { checkTag } from "./segment.ts";
import { SegmentWriter } from "./segment-writer.ts";

/** Where a sync runs: on the calling thread, on the thread pool, or by the length of the queue. */
export type SyncPolicy = "auto" | "main" | "pool";

/** How bytes become durable: one write through the cache (`O_DSYNC`), or a write and an `fdatasync`. */
export type FlushMethod = "write-through" | "fdatasync";

export interface FileJournalOptions {
  /** Made if it does not exist. One journal per directory. */
  readonly directory: string;
  /** Who the records belong to, such as cluster and node; a directory of another tag is unreadable. At most 444 bytes. */
  readonly tag: string;
  /** Size of a preallocated segment. Default 16 MiB. A larger group of records gets a larger segment. */
  readonly segmentBytes?: number;
  /** Default `auto`. */
  readonly sync?: SyncPolicy;
  /** With `auto`: up to this many waiting bytes, and with no sync in flight, a sync runs on the calling thread. Default 128 KiB. */
  readonly syncOnMainBelowBytes?: number;
  /** Default `write-through` where the platform has it. */
  readonly flush?: FlushMethod;
  /** For tests: what stands below. */
  readonly fileSystem?: FileSystem;
  /** For tests: who holds the directory. */
  readonly owner?: LockOwner;
}

/**
 * Opens a directory and locks it. Call `replay` next.
 *
 * Errors: `JournalError` with code `bad-option`, `journal-in-use` or `disk-failed`.
 *
 * @example
 * const journal = openFileJournal({ directory: "/var/lib/app/journal", tag: "cluster-7/node-2" });
 * const found = journal.replay();
 * if (found.kind === "unreadable") throw new Error(`${found.file} at ${found.offset}: ${found.reason}`);
 * journal.append([Uint8Array.of(1, 2, 3)]);
 * await journal.sync();
 */
export function openFileJournal(options: FileJournalOptions): Journal {
  return new FileJournal(options);
}

/** One group on its way to the disk, or waiting for the one before it. */
interface Group {
  readonly promise: Promise<number>;
  resolve(position: number): void;
  reject(error: JournalError): void;
}

function newGroup(): Group {
  let resolve: (position: number) => void = () => {};
  let reject: (error: JournalError) => void = () => {};
  const promise = new Promise<number>((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  return { promise, resolve, reject };
}

class FileJournal implements Journal {
  readonly #directory: string;
  readonly #tag: string;
  readonly #policy: SyncPolicy;
  readonly #mainBelowBytes: number;
  readonly #files: FileSystem;
  readonly #writer: SegmentWriter;
  readonly #unlock: () => void;

  #state: "opened" | "replayed" | "unreadable" | "closed" = "opened";
  #failure: JournalError | null = null;
  /** Records appended ever, and of these durable ones. */
  #position = 0;
  #durable = 0;
  /** Records not yet handed to the disk. The other buffer holds the group in flight, if there is one. */
  #staging = new FrameBuffer();
  #resting = new FrameBuffer();
  #flying: Group | null = null;
  #waiting: Group | null = null;

  constructor(options: FileJournalOptions) {
    checkTag(options.tag);
    const segmentBytes = checkedBytes(
      "segmentBytes",
      options.segmentBytes ?? 16 * 1024 * 1024,
      4096,
      2 ** 30,
    );
    const mainBelowBytes = options.syncOnMainBelowBytes ?? 128 * 1024;
    this.#mainBelowBytes = checkedBytes("syncOnMainBelowBytes", mainBelowBytes, 0, Number.MAX_SAFE_INTEGER);
    this.#policy = options.sync ?? "auto";
    const writeThrough = (options.flush ?? "write-through") === "write-through" && writesThrough;
    this.#directory = options.directory;
    this.#tag = options.tag;
    const files = options.fileSystem ?? nodeFileSystem;
    this.#files = files;
    const { directory, tag } = options;
    try {
      files.createDirectory(directory);
      this.#unlock = lockDirectory(files, directory, options.owner ?? thisProcess);
    } catch (error) {
      throw diskFailure(`opening ${directory}`, error);
    }
    this.#writer = new SegmentWriter({ files, directory, tag, segmentBytes, writeThrough });
  }

  replay(): Replay {
    if (this.#state !== "opened") {
      throw new JournalError(
        "out-of-turn",
        `"replay" expected to be called once, got a call when ${this.#state}`,
      );
    }
    this.#state = "unreadable";
    try {
      const found = recoverJournal(this.#files, this.#directory, this.#tag);
      if (found.kind === "unreadable") return found;
      this.#writer.takeOver(found);
      this.#position = found.position;
      this.#durable = found.position;
      this.#state = "replayed";
      if (found.last === null) return { kind: "absent" };
      return { kind: "records", records: found.records, tornBytes: found.tornBytes };
    } catch (error) {
      throw this.#fail("reading the journal", error);
    }
  }

  append(records: readonly Uint8Array[]): number {
    return this.appendPieces(records.map((record) => [record]));
  }

  appendPieces(records: readonly (readonly Uint8Array[])[]): number {
    this.#check();
    for (const pieces of records) {
      const bytes = sizeOf(pieces);
      if (bytes > maxRecordBytes) {
        const expected = `"record" expected at most ${maxRecordBytes} bytes, got ${bytes}`;
        throw new JournalError("bad-record", expected, { bytes });
      }
    }
    for (const pieces of records) {
      // After a failure nothing can become durable: positions go on, bytes are not kept.
      if (!this.#failure) this.#staging.add(pieces, this.#position);
      this.#position++;
    }
    return this.#position;
  }

  sync(): number | Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#check();
    if (this.#flying) {
      // What is appended is in flight already, or goes with the next group.
      if (this.#staging.sizeBytes === 0) return this.#flying.promise;
      this.#waiting ??= newGroup();
      return this.#waiting.promise;
    }
    if (this.#staging.sizeBytes === 0) return this.#durable;
    try {
      if (this.#runsOnMain()) return this.#writeNow();
      return this.#writeOnPool(newGroup()).promise;
    } catch (error) {
      return Promise.reject(this.#fail("writing a group of records", error));
    }
  }

  snapshot(records: readonly Uint8Array[]): void {
    if (this.#failure) throw this.#failure;
    this.#check();
    const image = new FrameBuffer();
    const first = this.#position;
    for (const [index, record] of records.entries()) image.add(record, first + index);
    try {
      this.#writer.replaceAll(image, first);
    } catch (error) {
      throw this.#fail("writing a snapshot", error);
    }
    this.#staging.clear();
    this.#position = first + records.length;
    this.#durable = this.#position;
  }

  get sizeBytes(): number {
    return this.#writer.sinceSnapshotBytes + this.#staging.sizeBytes;
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const readable = this.#state === "replayed";
    try {
      if (readable) await this.sync();
      if (this.#flying) await this.#flying.promise;
    } catch {
      // Whoever waits for a sync was told. Closing goes on: it gives the directory back.
    }
    this.#state = "closed";
    try {
      await this.#writer.close(readable && !this.#failure ? this.#durable : null);
      this.#unlock();
    } catch (error) {
      throw this.#fail("closing", error);
    }
    // Nobody asked for a sync of these records, so nobody else would tell.
    if (this.#failure && this.#durable < this.#position) throw this.#failure;
  }

  #runsOnMain(): boolean {
    if (this.#policy !== "auto") return this.#policy === "main";
    return this.#staging.sizeBytes <= this.#mainBelowBytes;
  }

  #writeNow(): number {
    const position = this.#position;
    this.#writer.reserve(this.#staging.sizeBytes, this.#durable);
    this.#writer.write(this.#staging.finish(this.#durable, this.#writer.salt));
    this.#staging.clear();
    this.#durable = position;
    return position;
  }

  #writeOnPool(group: Group): Group {
    const position = this.#position;
    this.#writer.reserve(this.#staging.sizeBytes, this.#durable);
    const frames = this.#staging.finish(this.#durable, this.#writer.salt);
    this.#flying = group;
    [this.#staging, this.#resting] = [this.#resting, this.#staging];
    this.#writer.writeLater(frames, (error) => {
      if (error) this.#fail("writing a group of records", error);
      else this.#landed(group, position);
    });
    return group;
  }

  #landed(group: Group, position: number): void {
    this.#flying = null;
    this.#resting.clear();
    // A snapshot may have come meanwhile and be further.
    this.#durable = Math.max(this.#durable, position);
    group.resolve(this.#durable);
    const next = this.#waiting;
    this.#waiting = null;
    if (!next) return;
    if (this.#failure) return next.reject(this.#failure);
    try {
      if (this.#staging.sizeBytes === 0) next.resolve(this.#durable);
      else if (this.#runsOnMain()) next.resolve(this.#writeNow());
      else this.#writeOnPool(next);
    } catch (error) {
      next.reject(this.#fail("writing a group of records", error));
    }
  }

  /** For good: after a failed sync the kernel may have dropped what it could not write, so trying again proves nothing. */
  #fail(doing: string, cause: unknown): JournalError {
    this.#failure ??= diskFailure(doing, cause);
    const waiting = [this.#flying, this.#waiting];
    this.#flying = null;
    this.#waiting = null;
    this.#staging.clear();
    for (const group of waiting) group?.reject(this.#failure);
    return this.#failure;
  }

  #check(): void {
    if (this.#state === "replayed") return;
    const expected = {
      closed: `"journal" expected to be open, got closed`,
      unreadable: `"journal" expected readable records, got damage: restore the directory first`,
      opened: `"journal" expected replay() first, got another call`,
    }[this.#state];
    throw new JournalError(this.#state === "opened" ? "out-of-turn" : this.#state, expected);
  }
}
