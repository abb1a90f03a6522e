import { EncodeError, show } from "./errors.ts";
import { utf8Length, utf8Write } from "./utf8.ts";

/** Byte strings from this length on are copied only once, by `finish`. */
const referenceFromBytes = 1024;

const twoTo32 = 0x1_0000_0000;

/**
 * Lays canonical items one behind the other. For frames laid by hand; schemas write through it too. Long byte strings are
 * kept by reference until `finish`, so they must not change in between.
 *
 * @example
 * const writer = new Writer();
 * writer.arrayHeader(2);
 * writer.uint(7);
 * writer.bytes(new Uint8Array([1, 2]));
 * writer.finish(); // Uint8Array [0x82, 0x07, 0x42, 0x01, 0x02]
 */
export class Writer {
  /** Recursive schemas count their nesting here. */
  depth = 0;
  #buffer: Uint8Array;
  #length = 0;
  #parts: Uint8Array[] = [];
  /** `#parts[i]` belongs before byte `#cuts[i]` of the buffer. */
  #cuts: number[] = [];
  #partsLength = 0;

  constructor(initialBytes = 256) {
    this.#buffer = new Uint8Array(initialBytes);
  }

  #room(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + count));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  /** `first` is the major type shifted left by five; `n` a safe integer that is not negative. */
  #head(first: number, n: number): void {
    this.#room(9);
    const buffer = this.#buffer;
    if (n < 24) {
      buffer[this.#length++] = first | n;
    } else if (n < 0x100) {
      buffer[this.#length++] = first | 24;
      buffer[this.#length++] = n;
    } else if (n < 0x1_0000) {
      buffer[this.#length++] = first | 25;
      buffer[this.#length++] = n >>> 8;
      buffer[this.#length++] = n;
    } else if (n < twoTo32) {
      buffer[this.#length++] = first | 26;
      this.#word(n);
    } else {
      buffer[this.#length++] = first | 27;
      this.#word(Math.floor(n / twoTo32));
      this.#word(n % twoTo32);
    }
  }

  #word(n: number): void {
    const buffer = this.#buffer;
    buffer[this.#length++] = n >>> 24;
    buffer[this.#length++] = n >>> 16;
    buffer[this.#length++] = n >>> 8;
    buffer[this.#length++] = n;
  }

  /** A safe integer, not negative. */
  uint(n: number): void {
    if (!Number.isSafeInteger(n) || n < 0 || Object.is(n, -0)) misfit("a safe integer, not negative", n);
    this.#head(0x00, n);
  }

  /** A safe integer. */
  int(n: number): void {
    if (!Number.isSafeInteger(n) || Object.is(n, -0)) misfit("a safe integer", n);
    if (n < 0) this.#head(0x20, -1 - n);
    else this.#head(0x00, n);
  }

  /** An integer from -2^63 to 2^64 - 1. The same bytes as `int` for the same number. */
  bigint(n: bigint): void {
    if (typeof n !== "bigint" || n < -0x8000_0000_0000_0000n || n > 0xffff_ffff_ffff_ffffn)
      misfit("a bigint from -2^63 to 2^64 - 1", n);
    const first = n < 0n ? 0x20 : 0x00;
    const argument = n < 0n ? -1n - n : n;
    if (argument <= 0xffff_ffffn) {
      this.#head(first, Number(argument));
      return;
    }
    this.#room(9);
    this.#buffer[this.#length++] = first | 27;
    this.#word(Number(argument >> 32n));
    this.#word(Number(argument & 0xffff_ffffn));
  }

  bytes(bytes: Uint8Array): void {
    this.#head(0x40, bytes.length);
    this.#append(bytes);
  }

  /** An item that is canonical already, e.g. a range that `Reader.skip` answered. Not looked at again. */
  raw(item: Uint8Array): void {
    this.#append(item);
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length >= referenceFromBytes) {
      this.#parts.push(bytes);
      this.#cuts.push(this.#length);
      this.#partsLength += bytes.length;
    } else {
      this.#room(bytes.length);
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  /** A text without lone surrogates. */
  text(text: string): void {
    if (text.length < 24 && this.#shortAscii(text)) return;
    const length = utf8Length(text);
    if (length < 0) misfit("well-formed text", "a lone surrogate");
    this.#head(0x60, length);
    this.#room(length);
    this.#length = utf8Write(text, this.#buffer, this.#length);
  }

  /** The usual case in one pass. False, and nothing written, if the text is not ASCII. */
  #shortAscii(text: string): boolean {
    this.#room(24);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = 0x60 | text.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      buffer[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  /** Announces `count` items: the caller writes them next. */
  arrayHeader(count: number): void {
    this.#head(0x80, count);
  }

  bool(value: boolean): void {
    this.#room(1);
    this.#buffer[this.#length++] = value ? 0xf5 : 0xf4;
  }

  nil(): void {
    this.#room(1);
    this.#buffer[this.#length++] = 0xf6;
  }

  /** Everything written, in an array of its own and of exactly that size. The writer is empty again afterwards. */
  finish(): Uint8Array {
    const parts = this.#parts;
    let whole: Uint8Array;
    if (parts.length === 0) {
      whole = this.#buffer.slice(0, this.#length);
    } else {
      whole = new Uint8Array(this.#length + this.#partsLength);
      let from = 0;
      let offset = 0;
      for (let i = 0; i < parts.length; i++) {
        const cut = this.#cuts[i]!;
        whole.set(this.#buffer.subarray(from, cut), offset);
        offset += cut - from;
        whole.set(parts[i]!, offset);
        offset += parts[i]!.length;
        from = cut;
      }
      whole.set(this.#buffer.subarray(from, this.#length), offset);
    }
    this.reset();
    return whole;
  }

  /**
   * Everything written, as pieces to be laid end to end: long byte strings as they were given, not copied. For whoever copies
   * anyway, into a larger frame. The writer is empty again afterwards.
   */
  finishPieces(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    const buffer = this.#buffer.slice(0, this.#length);
    let from = 0;
    for (let i = 0; i < this.#parts.length; i++) {
      const cut = this.#cuts[i]!;
      if (cut > from) pieces.push(buffer.subarray(from, cut));
      pieces.push(this.#parts[i]!);
      from = cut;
    }
    if (from < buffer.length) pieces.push(buffer.subarray(from));
    this.reset();
    return pieces;
  }

  /** Forgets everything written and keeps the buffer. */
  reset(): void {
    this.depth = 0;
    this.#length = 0;
    if (this.#parts.length > 0) {
      this.#parts = [];
      this.#cuts = [];
      this.#partsLength = 0;
    }
  }

  /** Bytes of the buffer, used or not; long byte strings do not count. */
  get bufferBytes(): number {
    return this.#buffer.length;
  }
}

function misfit(expected: string, got: unknown): never {
  throw new EncodeError({ path: "", expected, got: show(got) });
}
