import { checksum, getInteger, setInteger, viewOf } from "./segment.ts";

/**
 * A frame is what one group commit wrote (a large group is several): header, then each record with its length before it, then
 * 1 to 8 bytes of 0xFF up to a multiple of 8. One checksum serves the whole group.
 *
 *     0 magic · 4 payload bytes · 8 first position (8) · 16 durable position when written (8) · 24 records
 *     28 checksum of the payload · 32 checksum of the 32 bytes before · 36 payload
 */
export const frameHeaderBytes = 36;
/** No byte of it is zero: a frame whose first sector was written never looks unwritten. */
const magic = 0xe7a3c195;
const filler = 0xff;
/** A frame is closed once its payload reaches this, so that readers need not hold more than that and one record. */
const targetPayloadBytes = 256 * 1024;
/** Longest record: lengths are 32 bits, and one buffer must hold it. */
export const maxRecordBytes = 1024 * 1024 * 1024;

export interface FrameHeader {
  readonly payloadBytes: number;
  readonly first: number;
  /** All records before this position were durable when the frame was handed to the disk. */
  readonly durable: number;
  readonly count: number;
  readonly payloadChecksum: number;
  /** Header, payload and filler. */
  readonly totalBytes: number;
}

function totalBytes(payloadBytes: number): number {
  return (frameHeaderBytes + payloadBytes + 8) & ~7;
}

/** Null: no intact frame header under this salt stands there. */
export function readFrameHeader(bytes: Uint8Array, offset: number, salt: number): FrameHeader | null {
  if (offset + frameHeaderBytes > bytes.length) return null;
  const view = viewOf(bytes);
  if (view.getUint32(offset) !== magic) return null;
  if (checksum(bytes.subarray(offset, offset + 32), salt) !== view.getUint32(offset + 32)) return null;
  const payloadBytes = view.getUint32(offset + 4);
  return {
    payloadBytes,
    first: getInteger(view, offset + 8),
    durable: getInteger(view, offset + 16),
    count: view.getUint32(offset + 24),
    payloadChecksum: view.getUint32(offset + 28),
    totalBytes: totalBytes(payloadBytes),
  };
}

/** Is everything behind the header as it was written? */
export function payloadIntact(bytes: Uint8Array, offset: number, header: FrameHeader, salt: number): boolean {
  const end = offset + header.totalBytes;
  if (end > bytes.length) return false;
  const start = offset + frameHeaderBytes;
  if (checksum(bytes.subarray(start, start + header.payloadBytes), salt) !== header.payloadChecksum)
    return false;
  for (let at = start + header.payloadBytes; at < end; at++) if (bytes[at] !== filler) return false;
  return true;
}

/** The records of an intact frame, as views into `bytes`. */
export function* recordsOf(bytes: Uint8Array, offset: number, header: FrameHeader): Generator<Uint8Array> {
  const view = viewOf(bytes);
  let at = offset + frameHeaderBytes;
  for (let index = 0; index < header.count; index++) {
    const length = view.getUint32(at);
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}

/** How long pieces are together. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const piece of pieces) bytes += piece.length;
  return bytes;
}

/** Records laid out as frames, ready to be written in one piece. Reused from group to group. */
export class FrameBuffer {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;
  /** Offset of the open frame's header; -1: none is open. */
  #open = -1;
  #count = 0;
  #first = 0;
  /** Offset and first position of each frame. */
  readonly #frames: { readonly offset: number; readonly first: number }[] = [];

  constructor(initialBytes = 64 * 1024) {
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = viewOf(this.#bytes);
  }

  /** How long the frames will be, including the filler of the open one. */
  get sizeBytes(): number {
    return this.#open < 0 ? this.#length : (this.#length + 8) & ~7;
  }

  get frames(): readonly { readonly offset: number; readonly first: number }[] {
    return this.#frames;
  }

  /** Copies the record, which may lie in pieces. `position` is that of the record, one more than the last call's. */
  add(record: Uint8Array | readonly Uint8Array[], position: number): void {
    const pieces = record instanceof Uint8Array ? [record] : record;
    const recordBytes = sizeOf(pieces);
    this.#reserve(frameHeaderBytes + 4 + recordBytes + 16);
    if (this.#open < 0) {
      this.#open = this.#length;
      this.#length += frameHeaderBytes;
      this.#count = 0;
      this.#first = position;
    }
    this.#view.setUint32(this.#length, recordBytes);
    this.#length += 4;
    for (const piece of pieces) {
      this.#bytes.set(piece, this.#length);
      this.#length += piece.length;
    }
    this.#count++;
    if (this.#length - this.#open >= targetPayloadBytes) this.#closeFrame();
  }

  /** Closes the last frame and writes what is known only now into each: who is durable already, and the checksums. */
  finish(durable: number, salt: number): Uint8Array {
    if (this.#open >= 0) this.#closeFrame();
    for (const { offset } of this.#frames) {
      const start = offset + frameHeaderBytes;
      const payloadBytes = this.#view.getUint32(offset + 4);
      setInteger(this.#view, offset + 16, durable);
      this.#view.setUint32(offset + 28, checksum(this.#bytes.subarray(start, start + payloadBytes), salt));
      this.#view.setUint32(offset + 32, checksum(this.#bytes.subarray(offset, offset + 32), salt));
    }
    return this.#bytes.subarray(0, this.#length);
  }

  /** Empties the buffer; one that grew large is given back. */
  clear(): void {
    this.#length = 0;
    this.#open = -1;
    this.#frames.length = 0;
    if (this.#bytes.length > 8 * 1024 * 1024) {
      this.#bytes = new Uint8Array(64 * 1024);
      this.#view = viewOf(this.#bytes);
    }
  }

  #closeFrame(): void {
    const payloadBytes = this.#length - this.#open - frameHeaderBytes;
    const end = this.#open + totalBytes(payloadBytes);
    this.#bytes.fill(filler, this.#length, end);
    this.#view.setUint32(this.#open, magic);
    this.#view.setUint32(this.#open + 4, payloadBytes);
    setInteger(this.#view, this.#open + 8, this.#first);
    this.#view.setUint32(this.#open + 24, this.#count);
    this.#frames.push({ offset: this.#open, first: this.#first });
    this.#length = end;
    this.#open = -1;
  }

  #reserve(moreBytes: number): void {
    const needed = this.#length + moreBytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}
