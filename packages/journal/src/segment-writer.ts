import { randomInt } from "node:crypto";
import type { FileSystem, OpenFile } from "./file-system.ts";
import { removeCloseMark, removeLeftovers, writeCloseMark } from "./files.ts";
import type { FrameBuffer } from "./frame.ts";
import type { RecoveredJournal } from "./recover.ts";
import { encodeHeader, headerBytes, type SegmentHeader, saltOf, segmentName } from "./segment.ts";
import { Spares } from "./spare.ts";

const zeroChunk = new Uint8Array(64 * 1024);

interface Segment {
  readonly path: string;
  readonly header: SegmentHeader;
  readonly file: OpenFile;
  endBytes: number;
}

export interface SegmentWriterOptions {
  readonly files: FileSystem;
  readonly directory: string;
  readonly tag: string;
  readonly segmentBytes: number;
  readonly writeThrough: boolean;
}

/** Where frames go: the current segment, its successors, and what becomes of replaced ones. One write at a time. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #spares: Spares;
  #segment: Segment | null = null;
  /** Segments in force before the current one. */
  #older: { readonly path: string; readonly sizeBytes: number }[] = [];
  /** Replaced by a snapshot while a write to it was in flight: dropped when that has landed. */
  #retired: Segment[] = [];
  #flying = false;
  #lineage = randomInt(2 ** 32);
  /** Bytes of frames behind the snapshot, without those of the current segment. */
  #olderBytes = 0;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#spares = new Spares(options.files, options.directory, options.segmentBytes);
  }

  get sinceSnapshotBytes(): number {
    const { endBytes, header } = this.#segment ?? { endBytes: 0, header: { sealedBytes: 0 } };
    return this.#olderBytes + endBytes - header.sealedBytes;
  }

  get salt(): number {
    return saltOf(this.#segment!.header);
  }

  /** Makes what was recovered durable (it may stand in the page cache only), cuts a tear off, and goes on behind it. */
  takeOver(found: RecoveredJournal): void {
    const { files, directory } = this.#options;
    for (const name of found.obsolete) files.remove(`${directory}/${name}`);
    removeLeftovers(files, directory);
    if (found.last) {
      const { path, header } = found.last;
      const file = files.open(path, "write");
      try {
        for (let at = 0; at < found.tornBytes; at += zeroChunk.length) {
          const chunk = zeroChunk.subarray(0, Math.min(zeroChunk.length, found.tornBytes - at));
          file.write(chunk, found.endBytes + at);
        }
        file.sync();
      } finally {
        file.close();
      }
      this.#segment = { path, header, file: this.#open(path), endBytes: found.endBytes };
      this.#lineage = header.lineage;
      this.#older = found.older.map((link) => ({ path: link.path, sizeBytes: link.header.sizeBytes }));
      this.#olderBytes = found.sinceSnapshotBytes - (found.endBytes - header.sealedBytes);
      this.#spares.prepareLater();
    } else {
      this.#spares.prepareNow();
    }
    files.syncDirectory(directory);
    if (found.closed) removeCloseMark(files, directory);
  }

  /** Sees to it that the current segment has room; `position` is that of the next record. */
  reserve(bytes: number, position: number): void {
    const current = this.#segment;
    if (current && current.endBytes + bytes <= current.header.sizeBytes) return;
    const header: SegmentHeader = {
      kind: "journal",
      lineage: this.#lineage,
      number: (current?.header.number ?? 0) + 1,
      base: current === null,
      first: position,
      sizeBytes: Math.max(this.#options.segmentBytes, headerBytes + bytes),
      previousEndBytes: current?.endBytes ?? 0,
      sealedBytes: headerBytes,
      tag: this.#options.tag,
    };
    const next = this.#begin(header, null);
    if (current) {
      this.#olderBytes += current.endBytes - current.header.sealedBytes;
      this.#older.push({ path: current.path, sizeBytes: current.header.sizeBytes });
      current.file.close();
    }
    this.#segment = next;
    this.#spares.prepareLater();
  }

  /** Writes the frames and makes them durable. */
  write(frames: Uint8Array): void {
    const segment = this.#segment!;
    segment.file.write(frames, segment.endBytes);
    segment.endBytes += frames.length;
    if (!this.#options.writeThrough) segment.file.sync();
  }

  /** The same on the thread pool. */
  writeLater(frames: Uint8Array, done: (error: Error | null) => void): void {
    const segment = this.#segment!;
    const at = segment.endBytes;
    segment.endBytes += frames.length;
    this.#flying = true;
    const landed = (error: Error | null) => {
      this.#flying = false;
      this.#dropRetired();
      done(error);
    };
    segment.file.writeLater(frames, at, (error) => {
      if (error || this.#options.writeThrough) landed(error);
      else segment.file.syncLater(landed);
    });
  }

  /** Puts the records in `image` in the place of everything before. They are durable before the new segment gets its name. */
  replaceAll(image: FrameBuffer, position: number): void {
    const old = this.#segment;
    const { segmentBytes, tag } = this.#options;
    const sealedBytes = headerBytes + image.sizeBytes;
    const header: SegmentHeader = {
      kind: "journal",
      lineage: this.#lineage,
      number: (old?.header.number ?? 0) + 1,
      base: true,
      first: position,
      sizeBytes: sealedBytes * 2 <= segmentBytes ? segmentBytes : sealedBytes + segmentBytes,
      previousEndBytes: 0,
      sealedBytes,
      tag,
    };
    this.#segment = this.#begin(header, image.finish(position, saltOf(header)));
    this.#olderBytes = 0;
    for (const dropped of this.#older) this.#spares.prepareLater(dropped);
    this.#older = [];
    if (old) this.#retired.push(old);
    if (!this.#flying) this.#dropRetired();
    this.#spares.prepareLater();
  }

  /** Closes files; with a position, also leaves the mark of a clean close. Nothing may be in flight. */
  async close(position: number | null): Promise<void> {
    const { files, directory } = this.#options;
    await this.#spares.close();
    const segment = this.#segment;
    this.#segment = null;
    if (!segment) return;
    segment.file.close();
    if (position === null) return;
    const { lineage, number } = segment.header;
    writeCloseMark(files, directory, { lineage, number, endBytes: segment.endBytes, position });
  }

  #open(path: string): OpenFile {
    return this.#options.files.open(path, this.#options.writeThrough ? "write-through" : "write");
  }

  /** Content first, then the name: a file that has a segment's name has a durable header and durable sealed frames. */
  #begin(header: SegmentHeader, sealed: Uint8Array | null): Segment {
    const { files, directory } = this.#options;
    const spare = this.#spares.take(header.sizeBytes);
    const file = files.open(spare, "write");
    try {
      if (sealed) file.write(sealed, headerBytes);
      file.write(encodeHeader(header), 0);
      file.sync();
    } finally {
      file.close();
    }
    const path = `${directory}/${segmentName(header.number)}`;
    files.rename(spare, path);
    files.syncDirectory(directory);
    return { path, header, file: this.#open(path), endBytes: header.sealedBytes };
  }

  #dropRetired(): void {
    for (const { file, path, header } of this.#retired.splice(0)) {
      file.close();
      this.#spares.prepareLater({ path, sizeBytes: header.sizeBytes });
    }
  }
}
