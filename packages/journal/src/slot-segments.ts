import { findChain } from "./chain.ts";
import type { FileSystem, OpenFile } from "./file-system.ts";
import {
  closeMarkName,
  readCloseMark,
  readStartMark,
  readWhole,
  type Unreadable,
  unreadable,
  withFile,
} from "./files.ts";
import { type FrameHeader, frameHeaderBytes, payloadIntact, readFrameHeader, recordsOf } from "./frame.ts";
import { brokenPromise, walkFrames } from "./recover.ts";
import { headerBytes, type SegmentHeader, saltOf } from "./segment.ts";
import { judgeTail } from "./tail.ts";

/** A point of the index for about every so many bytes: 24 bytes of memory for each. */
const indexEveryBytes = 64 * 1024;
const windowBytes = 128 * 1024;

export interface SlotEntry {
  readonly slot: number;
  readonly bytes: Uint8Array;
}

/** One file of the log: which slots it holds, and where some of them are. Offsets and slots ascend. */
export class SlotSegment {
  readonly path: string;
  readonly header: SegmentHeader;
  endBytes = headerBytes;
  readonly #slots: number[] = [];
  readonly #offsets: number[] = [];

  constructor(path: string, header: SegmentHeader) {
    this.path = path;
    this.header = header;
  }

  /** A frame beginning with `slot` stands at `offset`. */
  note(slot: number, offset: number): void {
    const before = this.#offsets.at(-1);
    if (before !== undefined && offset - before < indexEveryBytes) return;
    this.#slots.push(slot);
    this.#offsets.push(offset);
  }

  /** Where to begin looking for `slot`. */
  near(slot: number): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#slots[middle]! <= slot) low = middle + 1;
      else high = middle;
    }
    return this.#offsets[low - 1] ?? headerBytes;
  }
}

/** A piece of a file at a time. Each piece has memory of its own, so that views into it stay good. */
class Window {
  readonly #file: OpenFile;
  #bytes = new Uint8Array(0);
  #start = 0;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  /** The bytes from `offset` on: at least `length` of them, or as many as there are. */
  from(offset: number, length: number): Uint8Array {
    const at = offset - this.#start;
    if (at < 0 || at + length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(length, windowBytes));
      this.#bytes = bytes.subarray(0, this.#file.read(bytes, offset));
      this.#start = offset;
      return this.#bytes;
    }
    return this.#bytes.subarray(at);
  }
}

/** What stands at an offset of a sealed or durable part: a frame, or damage. */
function frameAt(
  window: Window,
  offset: number,
  salt: number,
  withPayload: boolean,
): { readonly header: FrameHeader; readonly bytes: Uint8Array } | null {
  const start = window.from(offset, frameHeaderBytes);
  const header = readFrameHeader(start, 0, salt);
  if (!header || !withPayload) return header && { header, bytes: start };
  const bytes = window.from(offset, header.totalBytes);
  return payloadIntact(bytes, 0, header, salt) ? { header, bytes } : null;
}

/**
 * Entries of one segment from slot `from` on, until `maxBytes` is passed. Answers damage instead of bytes that fail their
 * checksum.
 */
export function readSegment(
  files: FileSystem,
  segment: SlotSegment,
  from: number,
  maxBytes: number,
): SlotEntry[] | Unreadable {
  const salt = saltOf(segment.header);
  return withFile(files, segment.path, (file) => {
    const window = new Window(file);
    const found: SlotEntry[] = [];
    let size = 0;
    for (let offset = segment.near(from); offset < segment.endBytes; ) {
      const head = frameAt(window, offset, salt, false);
      if (!head) return unreadable(segment.path, offset, "a frame header fails its checksum");
      const { header } = head;
      if (header.first + header.count >= from) {
        const frame = frameAt(window, offset, salt, true);
        if (!frame) return unreadable(segment.path, offset, "a frame fails its checksum");
        let slot = header.first;
        for (const bytes of recordsOf(frame.bytes, 0, header)) {
          slot++;
          if (slot < from) continue;
          found.push({ slot, bytes });
          size += bytes.length;
          if (size > maxBytes) return found;
        }
      }
      offset += header.totalBytes;
    }
    return found;
  });
}

export interface RecoveredSlots {
  readonly kind: "recovered";
  /** Empty: the log is absent. */
  readonly segments: SlotSegment[];
  readonly last: number;
  readonly tornBytes: number;
  readonly closed: boolean;
  /** Names of files that were dropped, and are still there. */
  readonly obsolete: readonly string[];
}

/** Checks one segment that has a successor by the headers of its frames, or wholly, and fills its index. */
function readSealed(
  files: FileSystem,
  segment: SlotSegment,
  next: SegmentHeader,
  verify: boolean,
): Unreadable | null {
  const salt = saltOf(segment.header);
  return withFile(files, segment.path, (file) => {
    const window = new Window(file);
    let slots = segment.header.first;
    let offset = headerBytes;
    while (offset < next.previousEndBytes) {
      const frame = frameAt(window, offset, salt, verify);
      if (!frame || frame.header.first !== slots) {
        return unreadable(
          segment.path,
          offset,
          `expected an intact frame that begins with slot ${slots + 1}`,
        );
      }
      segment.note(slots + 1, offset);
      slots += frame.header.count;
      offset += frame.header.totalBytes;
    }
    segment.endBytes = offset;
    if (offset === next.previousEndBytes && slots === next.first && offset <= file.sizeBytes()) return null;
    return unreadable(segment.path, offset, `expected slots up to ${next.first}, got ${slots}`);
  });
}

/** Reads the log's structure and judges it. Changes nothing. Throws only what the file system throws. */
export function recoverSlots(
  files: FileSystem,
  directory: string,
  tag: string,
  verify: boolean,
): RecoveredSlots | Unreadable {
  const names = files.list(directory);
  const mark = readCloseMark(files, directory, names);
  if (mark !== null && "kind" in mark) return mark;
  const start = readStartMark(files, directory, names);
  if (start !== null && "kind" in start) return start;
  const chain = findChain(files, directory, { kind: "slots", tag }, start);
  if (chain.kind === "unreadable") return chain;
  const segments = chain.links.map((link) => new SlotSegment(link.path, link.header));
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    const bad = next && readSealed(files, segment, next.header, verify);
    if (bad) return bad;
  }
  const newest = segments.at(-1);
  let last = 0;
  let tornBytes = 0;
  if (newest) {
    const bytes = readWhole(files, newest.path);
    const salt = saltOf(newest.header);
    const from = { offset: headerBytes, position: newest.header.first, limit: bytes.length, salt };
    const end = walkFrames(bytes, from, (offset, frame) => newest.note(frame.first + 1, offset));
    newest.endBytes = end.offset;
    last = end.position;
    const tail = judgeTail(bytes, end.offset, end.position, salt);
    if (tail.kind === "damage") return unreadable(newest.path, end.offset, tail.reason);
    if (tail.kind === "torn") tornBytes = tail.tornBytes;
  }
  if (mark) {
    const found = {
      lineage: newest?.header.lineage ?? 0,
      number: newest?.header.number ?? 0,
      endBytes: newest?.endBytes ?? 0,
      position: last,
    };
    const reason = tornBytes > 0 ? "closed cleanly, yet bytes behind the end" : brokenPromise(mark, found);
    if (reason) return unreadable(newest?.path ?? `${directory}/${closeMarkName}`, found.endBytes, reason);
  }
  return { kind: "recovered", segments, last, tornBytes, closed: mark !== null, obsolete: chain.obsolete };
}
