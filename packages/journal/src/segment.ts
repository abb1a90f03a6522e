import * as zlib from "node:zlib";
import { JournalError } from "./errors.ts";

/** Bytes before the first frame of a segment: one sector, so that the header is written whole or not at all. */
export const headerBytes = 512;
const formatVersion = 1;
const tagOffset = 64;
/** Longest tag, in bytes of UTF-8. */
const maxTagBytes = headerBytes - tagOffset - 4;

/** Errors: `JournalError` `bad-option`, for a tag that a segment's header cannot hold. */
export function checkTag(tag: string): void {
  const tagBytes = new TextEncoder().encode(tag).length;
  if (tagBytes < 1 || tagBytes > maxTagBytes) {
    throw new JournalError("bad-option", `"tag" expected 1 to ${maxTagBytes} bytes, got ${tagBytes}`, {
      tagBytes,
    });
  }
}

/** `journal`: records, preallocated. `slots`: a slot log, appended to. */
export type SegmentKind = "journal" | "slots";

/** What stands at the beginning of a segment file. It is durable before the file gets its name. */
export interface SegmentHeader {
  readonly kind: SegmentKind;
  /** The same in all segments of one directory for its whole life; drawn at random. */
  readonly lineage: number;
  readonly number: number;
  /** This segment replaces all with smaller numbers. */
  readonly base: boolean;
  /** How many records (or slots) came before this segment. */
  readonly first: number;
  readonly sizeBytes: number;
  /** Where the frames of the segment before end; 0 in a base. What stands behind it there was cut off. */
  readonly previousEndBytes: number;
  /** Up to here the segment was durable before it got its name: a tear below is impossible, so it is damage. */
  readonly sealedBytes: number;
  readonly tag: string;
}

/** CRC-32 (the zlib one), started from a salt: bytes under another salt never pass. */
export function checksum(bytes: Uint8Array, salt: number): number {
  return zlib.crc32(bytes, salt);
}

/** Odd multiples modulo 2^32: two segments of one directory never share a salt. */
export function saltOf(header: { readonly lineage: number; readonly number: number }): number {
  return (header.lineage ^ Math.imul(header.number, 0x9e3779b1)) >>> 0;
}

export function segmentName(number: number): string {
  return `${String(number).padStart(10, "0")}.segment`;
}

/** Null: not a segment's name. */
export function segmentNumber(name: string): number | null {
  const match = /^(\d{10})\.segment$/.exec(name);
  return match ? Number(match[1]) : null;
}

export function setInteger(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / 0x1_0000_0000));
  view.setUint32(offset + 4, value % 0x1_0000_0000);
}

export function getInteger(view: DataView, offset: number): number {
  return view.getUint32(offset) * 0x1_0000_0000 + view.getUint32(offset + 4);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const magics: Readonly<Record<SegmentKind, Uint8Array>> = {
  journal: new TextEncoder().encode("EUNOMIAJ"),
  slots: new TextEncoder().encode("EUNOMIAS"),
};

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function encodeHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = viewOf(bytes);
  const tag = new TextEncoder().encode(header.tag);
  bytes.set(magics[header.kind]);
  view.setUint16(8, formatVersion);
  view.setUint8(10, header.base ? 1 : 0);
  view.setUint8(11, tag.length >> 8);
  view.setUint8(12, tag.length & 255);
  view.setUint32(16, header.lineage);
  setInteger(view, 20, header.number);
  setInteger(view, 28, header.first);
  setInteger(view, 36, header.sizeBytes);
  setInteger(view, 44, header.previousEndBytes);
  setInteger(view, 52, header.sealedBytes);
  bytes.set(tag, tagOffset);
  view.setUint32(headerBytes - 4, checksum(bytes.subarray(0, headerBytes - 4), 0));
  return bytes;
}

/** The header, or why there is none. The version is read first: a newer one may check its header in another way. */
export function decodeHeader(
  bytes: Uint8Array,
  expected: { readonly kind: SegmentKind; readonly tag: string; readonly number: number },
): SegmentHeader | string {
  if (bytes.length < headerBytes) return "the file ends within its header";
  const view = viewOf(bytes);
  if (!equalBytes(bytes.subarray(0, 8), magics[expected.kind])) {
    return `the file is not a segment of a ${expected.kind === "journal" ? "journal" : "slot log"}`;
  }
  if (view.getUint16(8) > formatVersion) {
    return `written by a newer version of the format, ${view.getUint16(8)}; this one reads ${formatVersion}`;
  }
  if (checksum(bytes.subarray(0, headerBytes - 4), 0) !== view.getUint32(headerBytes - 4)) {
    return "the header fails its checksum";
  }
  const tagLength = view.getUint8(11) * 256 + view.getUint8(12);
  const header: SegmentHeader = {
    kind: expected.kind,
    lineage: view.getUint32(16),
    number: getInteger(view, 20),
    base: view.getUint8(10) === 1,
    first: getInteger(view, 28),
    sizeBytes: getInteger(view, 36),
    previousEndBytes: getInteger(view, 44),
    sealedBytes: getInteger(view, 52),
    tag: new TextDecoder().decode(bytes.subarray(tagOffset, tagOffset + tagLength)),
  };
  if (header.tag !== expected.tag) return `belongs to "${header.tag}", not to "${expected.tag}"`;
  if (header.number !== expected.number) return `holds segment ${header.number} under another segment's name`;
  return header;
}
