import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { DecodeError } from "./errors.ts";

/** Also true for bytes of another realm (a `vm` context, a frame), where `instanceof` fails. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array ||
    (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]")
  );
}

/**
 * One array of all the bytes in order.
 *
 * @example
 * concat(new Uint8Array([1]), new Uint8Array([2, 3])); // Uint8Array [1, 2, 3]
 */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Lexicographic order of unsigned bytes; a prefix comes first. Negative, zero or positive. Not constant in time. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Below this, making the views costs more than it saves. */
const viewsFromBytes = 64;

/**
 * Same length and same bytes. Not constant in time: not for secrets. Large ones are read sixteen bytes a turn, whatever their
 * alignment; the same object needs no look inside.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  const { length } = a;
  if (length !== b.length) return false;
  let at = 0;
  if (length >= viewsFromBytes) {
    const left = new DataView(a.buffer, a.byteOffset, length);
    const right = new DataView(b.buffer, b.byteOffset, length);
    for (; at + 16 <= length; at += 16) {
      const differing =
        (left.getInt32(at) ^ right.getInt32(at)) |
        (left.getInt32(at + 4) ^ right.getInt32(at + 4)) |
        (left.getInt32(at + 8) ^ right.getInt32(at + 8)) |
        (left.getInt32(at + 12) ^ right.getInt32(at + 12));
      if (differing !== 0) return false;
    }
  }
  for (; at < length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

const digits = "0123456789abcdef";
/** Bytes that are turned at once: so many arguments any engine takes. */
const hexPieceBytes = 1024;

/** Two lower-case digits per byte. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  // Text that is put together from single digits is slow to use as a key: made from codes it is in one piece.
  for (let from = 0; from < bytes.length; from += hexPieceBytes) {
    const end = Math.min(bytes.length, from + hexPieceBytes);
    const codes: number[] = [];
    for (let i = from; i < end; i++) {
      const byte = bytes[i]!;
      codes.push(digits.charCodeAt(byte >> 4), digits.charCodeAt(byte & 15));
    }
    text += String.fromCharCode.apply(null, codes);
  }
  return text;
}

/**
 * Bytes of lower-case hexadecimal digits; other spellings are refused, so that one value has one text.
 *
 * @throws DecodeError with code `hex`.
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new DecodeError("hex", text.length, "an odd number of digits");
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digit(text, 2 * i) << 4) | digit(text, 2 * i + 1);
  return bytes;
}

function digit(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  if (unit >= 48 && unit <= 57) return unit - 48;
  if (unit >= 97 && unit <= 102) return unit - 87;
  throw new DecodeError("hex", offset, "not a lower-case hexadecimal digit");
}

/**
 * The bytes that pieces make end to end; a single array as it is, not copied.
 *
 * @example
 * joined([new Uint8Array([1]), new Uint8Array([2, 3])]); // Uint8Array [1, 2, 3]
 */
export function joined(bytes: Uint8Array | readonly Uint8Array[]): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : concat(...bytes);
}
