import { randomInt } from "node:crypto";
import type { FileSystem, OpenFile } from "./file-system.ts";
import {
  onPool,
  passingPrefix,
  removeCloseMark,
  removeLeftovers,
  writeCloseMark,
  writeStartMark,
} from "./files.ts";
import { FrameBuffer } from "./frame.ts";
import { encodeHeader, headerBytes, type SegmentHeader, saltOf, segmentName } from "./segment.ts";
import { type RecoveredSlots, SlotSegment } from "./slot-segments.ts";

/** Where the entries of a slot log go. One call at a time; everything that waits for the disk does so on the thread pool. */
export class SlotWriter {
  readonly segments: SlotSegment[] = [];
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #tag: string;
  readonly #segmentBytes: number;
  readonly #frames = new FrameBuffer();
  #file: OpenFile | null = null;
  #lineage = randomInt(2 ** 32);
  /** The last slot that was made durable. */
  durable = 0;

  constructor(files: FileSystem, directory: string, tag: string, segmentBytes: number) {
    this.#files = files;
    this.#directory = directory;
    this.#tag = tag;
    this.#segmentBytes = segmentBytes;
  }

  /** Cuts off what was torn, makes durable what was found, and goes on behind it. */
  takeOver(found: RecoveredSlots): void {
    removeLeftovers(this.#files, this.#directory);
    for (const name of found.obsolete) this.#files.remove(`${this.#directory}/${name}`);
    this.segments.push(...found.segments);
    const newest = found.segments.at(-1);
    if (newest) {
      const file = this.#files.open(newest.path, "write");
      if (file.sizeBytes() > newest.endBytes) file.truncate(newest.endBytes);
      file.sync();
      this.#file = file;
      this.#lineage = newest.header.lineage;
    }
    this.#files.syncDirectory(this.#directory);
    if (found.closed) removeCloseMark(this.#files, this.#directory);
    this.durable = found.last;
  }

  /** Writes entries, the first of which is that of slot `first`. Not durable yet. */
  async write(first: number, entries: readonly Uint8Array[]): Promise<void> {
    const current = this.segments.at(-1);
    if (!current || current.endBytes >= this.#segmentBytes) {
      // The old segment is durable before the new one has a name.
      if (current) await this.sync(first - 1);
      await this.#rotate(first - 1, current === undefined);
    }
    const segment = this.segments.at(-1)!;
    const file = this.#file!;
    for (const [index, entry] of entries.entries()) this.#frames.add(entry, first - 1 + index);
    const bytes = this.#frames.finish(this.durable, saltOf(segment.header));
    await onPool((done) => file.writeLater(bytes, segment.endBytes, done));
    for (const frame of this.#frames.frames) segment.note(frame.first + 1, segment.endBytes + frame.offset);
    segment.endBytes += bytes.length;
    this.#frames.clear();
  }

  /** Makes everything written durable; `last` is the last slot written. */
  async sync(last: number): Promise<void> {
    const file = this.#file;
    if (file) await onPool((done) => file.syncLater(done));
    this.durable = last;
  }

  /** Goes on behind slot `base` in a segment that replaces all before it. */
  async restart(base: number): Promise<void> {
    await this.#rotate(base, true);
    this.durable = base;
    this.#remove(this.segments.length - 1);
  }

  /** How many of the first segments hold only slots below `below`. The last one always stays. */
  droppable(below: number): number {
    let count = 0;
    while (count < this.segments.length - 1 && this.segments[count + 1]!.header.first < below) count++;
    return count;
  }

  /** Drops the first `count` segments. */
  async drop(count: number): Promise<void> {
    const { lineage, number } = this.segments[count]!.header;
    await writeStartMark(this.#files, this.#directory, { lineage, number });
    this.#remove(count);
  }

  /** The names go with the next change of the directory; until then they are obsolete. */
  #remove(count: number): void {
    for (const { path } of this.segments.splice(0, count)) this.#files.remove(path);
  }

  /** Closes the file; with a last slot, also leaves the mark of a clean close. */
  close(last: number | null): void {
    const segment = this.segments.at(-1);
    this.#file?.close();
    this.#file = null;
    if (!segment || last === null) return;
    const { lineage, number } = segment.header;
    writeCloseMark(this.#files, this.#directory, {
      lineage,
      number,
      endBytes: segment.endBytes,
      position: last,
    });
  }

  /** The header of the new segment is durable before it has a name. A base replaces all segments before it. */
  async #rotate(slots: number, base: boolean): Promise<void> {
    const old = this.segments.at(-1);
    const header: SegmentHeader = {
      kind: "slots",
      lineage: this.#lineage,
      number: (old?.header.number ?? 0) + 1,
      base,
      first: slots,
      sizeBytes: 0,
      previousEndBytes: base ? 0 : (old?.endBytes ?? 0),
      sealedBytes: headerBytes,
      tag: this.#tag,
    };
    const passing = `${this.#directory}/${passingPrefix}segment`;
    const path = `${this.#directory}/${segmentName(header.number)}`;
    const file = this.#files.open(passing, "create");
    try {
      await onPool((done) => file.writeLater(encodeHeader(header), 0, done));
      await onPool((done) => file.syncLater(done));
      this.#files.rename(passing, path);
      await onPool((done) => this.#files.syncDirectoryLater(this.#directory, done));
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file?.close();
    this.#file = file;
    this.segments.push(new SlotSegment(path, header));
  }
}
