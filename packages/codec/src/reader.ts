import { DecodeError } from "./errors.ts";
import { utf8Read } from "./utf8.ts";

/** What a decoder puts up with. */
export interface DecodeLimits {
  /** Longest input, in bytes. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Most array items in the whole input. Default 2^20. */
  readonly maxItems?: number;
  /** Deepest nesting of recursive schemas, and of arrays in `skip`. Default 64. */
  readonly maxDepth?: number;
}

const majorNames = [
  "unsigned integer",
  "negative integer",
  "byte string",
  "text",
  "array",
  "map",
  "tag",
  "simple value",
];
const twoTo32 = 0x1_0000_0000;
/** Stands for an argument from 2^53 on; the exact value is in `#high` and `#low`. */
const wide = Number.POSITIVE_INFINITY;

/**
 * Reads canonical items one after the other; the mirror of `Writer`. Every method throws `DecodeError` and nothing else.
 * Allocates nothing before it has seen that the input is long enough.
 *
 * @example
 * const reader = new Reader(new Uint8Array([0x82, 0x07, 0x42, 0x01, 0x02]));
 * reader.arrayOf(2);
 * reader.uint(); // 7
 * reader.bytes(); // Uint8Array [1, 2], a view into the input
 * reader.end();
 */
export class Reader {
  readonly input: Uint8Array;
  /** Where the next item starts. */
  offset = 0;
  readonly #maxDepth: number;
  #depth = 0;
  #itemsLeft: number;
  #high = 0;
  #low = 0;

  constructor(input: Uint8Array, limits: DecodeLimits = {}) {
    // Views must be plain byte arrays, also when the input is a subclass such as Node's Buffer.
    this.input =
      input.constructor === Uint8Array
        ? input
        : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    const maxBytes = limits.maxBytes ?? 0x100_0000;
    if (input.length > maxBytes)
      throw new DecodeError("limit", 0, `${input.length} bytes, at most ${maxBytes}`);
    this.#itemsLeft = limits.maxItems ?? 0x10_0000;
    this.#maxDepth = limits.maxDepth ?? 64;
  }

  fail(code: DecodeError["code"], detail: string, offset: number = this.offset): never {
    throw new DecodeError(code, offset, detail);
  }

  /** The first byte of the next item; does not advance. */
  #first(): number {
    const first = this.input[this.offset];
    return first === undefined ? this.fail("truncated", "the input ends where an item should start") : first;
  }

  #wrong(first: number, expected: string): never {
    const info = first & 31;
    const major = first >> 5;
    if (info === 31 && major >= 2 && major <= 5) this.fail("indefinite", "a length must be given in front");
    if (info === 31 && major === 7) this.fail("indefinite", "a break without a start");
    if (info >= 28) this.fail("reserved", `additional information ${info}`);
    if (major === 5 || major === 6) this.fail("unsupported", majorNames[major]!);
    if (major === 7 && first !== 0xf4 && first !== 0xf5 && first !== 0xf6)
      this.fail("unsupported", "a float or an unknown simple value");
    this.fail("type", `expected ${expected}, got ${first === 0xf6 ? "null" : majorNames[major]}`);
  }

  /** Reads the head of an item of the major type; answers its argument, or `wide`. */
  #argument(major: number): number {
    const first = this.#first();
    if (first >> 5 !== major) this.#wrong(first, majorNames[major]!);
    const info = first & 31;
    if (info < 24) {
      this.offset++;
      return info;
    }
    if (info > 27) this.#wrong(first, majorNames[major]!);
    return this.#longArgument(info);
  }

  #longArgument(info: number): number {
    const input = this.input;
    const at = this.offset + 1;
    const size = 1 << (info - 24);
    if (at + size > input.length) this.fail("truncated", "the input ends inside the head of an item");
    let n = 0;
    let least = 24;
    if (size === 1) n = input[at]!;
    else if (size === 2) {
      n = (input[at]! << 8) | input[at + 1]!;
      least = 0x100;
    } else if (size === 4) {
      n = word(input, at);
      least = 0x1_0000;
    } else {
      this.#high = word(input, at);
      this.#low = word(input, at + 4);
      n = this.#high > 0x1f_ffff ? wide : this.#high * twoTo32 + this.#low;
      least = twoTo32;
    }
    if (n < least) this.fail("non-shortest", "a shorter form of the same number exists");
    this.offset = at + size;
    return n;
  }

  /** A safe integer, not negative. */
  uint(): number {
    const start = this.offset;
    const n = this.#argument(0);
    if (n === wide) this.fail("range", "beyond 2^53 - 1", start);
    return n;
  }

  /** A safe integer. */
  int(): number {
    const start = this.offset;
    const first = this.#first();
    if (first >> 5 === 0) return this.uint();
    if (first >> 5 !== 1) this.#wrong(first, "integer");
    const n = this.#argument(1);
    // The argument 2^53 - 1 stands for -2^53, which is not safe.
    if (n >= Number.MAX_SAFE_INTEGER) this.fail("range", "beyond -(2^53 - 1)", start);
    return -1 - n;
  }

  /** An integer from -2^63 to 2^64 - 1. */
  bigint(): bigint {
    const start = this.offset;
    const first = this.#first();
    const major = first >> 5;
    if (major > 1) this.#wrong(first, "integer");
    const n = this.#argument(major);
    const argument = n === wide ? (BigInt(this.#high) << 32n) | BigInt(this.#low) : BigInt(n);
    if (major === 0) return argument;
    if (argument > 0x7fff_ffff_ffff_ffffn) this.fail("range", "below -2^63", start);
    return -1n - argument;
  }

  /** Advances over the content of a byte string or text; answers where it starts. */
  #content(major: number): number {
    const head = this.offset;
    const length = this.#argument(major);
    const start = this.offset;
    if (length > this.input.length - start)
      this.fail("truncated", `${majorNames[major]} longer than the input`, head);
    this.offset = start + length;
    return start;
  }

  /** A view into the input, not a copy. */
  bytes(): Uint8Array {
    const start = this.#content(2);
    return this.input.subarray(start, this.offset);
  }

  text(): string {
    const start = this.#content(3);
    return utf8Read(this.input, start, this.offset);
  }

  /** How many items follow. Never more than there are bytes left: every item needs one. */
  arrayHeader(): number {
    const start = this.offset;
    const count = this.#argument(4);
    if (count > this.input.length - this.offset) this.fail("truncated", "more items than bytes left", start);
    this.#itemsLeft -= count;
    if (this.#itemsLeft < 0) this.fail("limit", "too many array items", start);
    return count;
  }

  /** An array header that must say `count`. */
  arrayOf(count: number): void {
    const start = this.offset;
    const got = this.arrayHeader();
    if (got !== count) this.fail("length", `expected ${count} items, got ${got}`, start);
  }

  bool(): boolean {
    const first = this.#first();
    if (first !== 0xf4 && first !== 0xf5) this.#wrong(first, "boolean");
    this.offset++;
    return first === 0xf5;
  }

  nil(): null {
    const first = this.#first();
    if (first !== 0xf6) this.#wrong(first, "null");
    this.offset++;
    return null;
  }

  /** Does null come next? Does not advance. */
  nextIsNil(): boolean {
    return this.input[this.offset] === 0xf6;
  }

  /** One level deeper, of `maxDepth` at most; `leave` undoes it. */
  enter(maxDepth: number = this.#maxDepth): void {
    if (++this.#depth > Math.min(maxDepth, this.#maxDepth)) this.fail("limit", "nested too deeply");
  }

  leave(): void {
    this.#depth--;
  }

  /** Checks one item of any type and advances over it; answers its range in the input. */
  skip(): { readonly start: number; readonly end: number } {
    const start = this.offset;
    this.#skip();
    return { start, end: this.offset };
  }

  #skip(): void {
    const first = this.#first();
    const major = first >> 5;
    if (major <= 1) {
      const at = this.offset;
      if (this.#argument(major) === wide && major === 1 && this.#high > 0x7fff_ffff)
        this.fail("range", "below -2^63", at);
    } else if (major === 2) this.#content(2);
    else if (major === 3) this.text();
    else if (major === 4) {
      this.enter();
      for (let left = this.arrayHeader(); left > 0; left--) this.#skip();
      this.leave();
    } else if (first === 0xf6) this.offset++;
    else this.bool();
  }

  /** Nothing may follow. */
  end(): void {
    if (this.offset !== this.input.length)
      this.fail("trailing", `${this.input.length - this.offset} bytes left over`);
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
