import { DecodeError, EncodeError } from "./errors.ts";

/** Length in UTF-8 bytes, or -1 if the text holds a lone surrogate and so has no UTF-8 form. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit < 0xd800 || unit > 0xdfff) length += 2;
    else {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) return -1;
      // Two units become four bytes.
      length += 2;
      i++;
    }
  }
  return length;
}

/** Writes a well-formed text at `offset`; answers the offset behind it. The caller has made room. */
export function utf8Write(text: string, into: Uint8Array, offset: number): number {
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      into[offset++] = point;
      continue;
    }
    if (point < 0x800) {
      into[offset++] = 0xc0 | (point >> 6);
    } else {
      if (point >= 0xd800 && point <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00);
        into[offset++] = 0xf0 | (point >> 18);
        into[offset++] = 0x80 | ((point >> 12) & 0x3f);
      } else {
        into[offset++] = 0xe0 | (point >> 12);
      }
      into[offset++] = 0x80 | ((point >> 6) & 0x3f);
    }
    into[offset++] = 0x80 | (point & 0x3f);
  }
  return offset;
}

/**
 * UTF-8 bytes of a text.
 *
 * @throws EncodeError for a text with a lone surrogate.
 * @example
 * utf8Encode("é"); // Uint8Array [0xc3, 0xa9]
 */
export function utf8Encode(text: string): Uint8Array {
  const length = utf8Length(text);
  if (length < 0) throw new EncodeError({ path: "", expected: "well-formed text", got: "a lone surrogate" });
  const bytes = new Uint8Array(length);
  utf8Write(text, bytes, 0);
  return bytes;
}

/**
 * Text of UTF-8 bytes. Strict: no overlong forms, no surrogates, nothing above U+10FFFF, no replacement characters.
 *
 * @throws DecodeError with code `utf8`.
 * @example
 * utf8Decode(new Uint8Array([0xc3, 0xa9])); // "é"
 */
export function utf8Decode(bytes: Uint8Array): string {
  return utf8Read(bytes, 0, bytes.length);
}

/** Code units per call of `String.fromCharCode`: few enough for the argument stack. */
const chunkUnits = 4096;

/** The text of bytes `start` to `end`, strictly. */
export function utf8Read(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 24) {
    // Short ASCII, the usual case: appending beats collecting.
    let text = "";
    let i = start;
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (i === end) return text;
  }
  let text = "";
  let units: number[] = [];
  for (let i = start; i < end; ) {
    const first = bytes[i]!;
    if (first < 0x80) {
      units.push(first);
      i++;
    } else {
      const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      const point = multibyte(bytes, i, end, first, size);
      if (point < 0x10000) units.push(point);
      else units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      i += size;
    }
    if (units.length >= chunkUnits) {
      text += String.fromCharCode.apply(null, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(null, units);
}

/** The code point of `size` bytes at `offset`; refuses everything outside of Table 3-7 of the Unicode standard. */
function multibyte(bytes: Uint8Array, offset: number, end: number, first: number, size: number): number {
  if (first < 0xc2 || first > 0xf4)
    throw new DecodeError("utf8", offset, "not the first byte of a character");
  if (offset + size > end) throw new DecodeError("utf8", offset, "a character that does not end");
  let point = first & (0xff >> (size + 1));
  for (let k = 1; k < size; k++) {
    const byte = bytes[offset + k]!;
    if ((byte & 0xc0) !== 0x80) throw new DecodeError("utf8", offset + k, "a character that does not end");
    point = (point << 6) | (byte & 0x3f);
  }
  const overlong = (size === 3 && point < 0x800) || (size === 4 && point < 0x10000);
  if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
    throw new DecodeError("utf8", offset, "an overlong form, a surrogate, or beyond U+10FFFF");
  return point;
}

/** Order of the CBOR encodings of two well-formed texts: shorter in UTF-8 first, then by code point. */
export function compareEncodedText(a: string, b: string): number {
  const byLength = utf8Length(a) - utf8Length(b);
  if (byLength !== 0) return byLength;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // UTF-8 order is code point order: surrogates stand for points above every other unit.
    if (x !== y) return lift(x) - lift(y);
  }
  return a.length - b.length;
}

function lift(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
