import { diskFailure } from "./errors.ts";
import type { FileSystem, OpenFile } from "./file-system.ts";
import { passingPrefix } from "./files.ts";

const zeros = new Uint8Array(1024 * 1024);

/**
 * Keeps one file of zeros ready, so that a new segment costs no allocation and `fdatasync` has no metadata to write. Filled
 * on the thread pool, from a dropped segment if there is one. A spare is worth nothing after a restart: `removeLeftovers` removes it.
 */
export class Spares {
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #sizeBytes: number;
  #serial = 0;
  #ready: string | null = null;
  #filling: Promise<void> | null = null;
  #closed = false;

  constructor(files: FileSystem, directory: string, sizeBytes: number) {
    this.#files = files;
    this.#directory = directory;
    this.#sizeBytes = sizeBytes;
  }

  /** The path of a durable file of zeros, for the caller to rename. Made at once if none of that size is ready. */
  take(sizeBytes: number): string {
    if (sizeBytes === this.#sizeBytes && this.#ready !== null) {
      const path = this.#ready;
      this.#ready = null;
      return path;
    }
    const path = this.#newPath();
    const file = this.#files.open(path, "create");
    try {
      for (let at = 0; at < sizeBytes; at += zeros.length) {
        file.write(zeros.subarray(0, Math.min(zeros.length, sizeBytes - at)), at);
      }
      file.sync();
    } finally {
      file.close();
    }
    return path;
  }

  /** Makes the spare on this thread: for the moment of opening. */
  prepareNow(): void {
    this.#ready ??= this.take(this.#sizeBytes);
  }

  /** Makes the next spare in the background, out of the dropped file if one is given and of the right size. */
  prepareLater(dropped: { readonly path: string; readonly sizeBytes: number } | null = null): void {
    const wanted = this.#ready === null && this.#filling === null && !this.#closed;
    const recycled = wanted && dropped?.sizeBytes === this.#sizeBytes ? dropped.path : null;
    if (dropped && recycled === null) this.#drop(dropped.path);
    if (!wanted) return;
    this.#filling = this.#fill(this.#newPath(), recycled).then(() => {
      this.#filling = null;
    });
  }

  /** Waits for what is being filled and removes the spare. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#filling;
    if (this.#ready !== null) this.#drop(this.#ready);
    this.#ready = null;
  }

  /** What is dropped means nothing any more: if it stays, the next opening removes it. */
  #drop(path: string): void {
    try {
      this.#files.remove(path);
    } catch {
      // Nothing depends on it.
    }
  }

  #newPath(): string {
    return `${this.#directory}/${passingPrefix}${++this.#serial}`;
  }

  /** A failure here is none of the journal: the segment will be made when it is needed, and that may fail in earnest. */
  async #fill(path: string, recycled: string | null): Promise<void> {
    let file: OpenFile | null = null;
    try {
      if (recycled !== null) this.#files.rename(recycled, path);
      const opened = this.#files.open(path, recycled === null ? "create" : "write");
      file = opened;
      for (let at = 0; at < this.#sizeBytes; at += zeros.length) {
        const chunk = zeros.subarray(0, Math.min(zeros.length, this.#sizeBytes - at));
        await new Promise<void>((resolve, reject) =>
          opened.writeLater(chunk, at, (error) => (error ? reject(diskFailure("a fill", error)) : resolve())),
        );
      }
      await new Promise<void>((resolve, reject) =>
        opened.syncLater((error) => (error ? reject(diskFailure("a fill", error)) : resolve())),
      );
      this.#ready = path;
    } catch {
      this.#ready = null;
    } finally {
      file?.close();
    }
  }
}
