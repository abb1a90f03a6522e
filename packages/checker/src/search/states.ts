import { CheckerError } from "../error.ts";

/** States of one segment: memory grows by this much, and nothing is copied. */
const segmentBits = 16;
const segmentStates = 1 << segmentBits;
const segmentMask = segmentStates - 1;
/** The table is made larger when more than this part of it is full. */
const loadMax = 0.7;
const tableBitsMin = 18;
/** Up to here the table grows fourfold, for moving costs more than memory; then twofold. */
const tableBitsGreedy = 22;
/** An index and a piece of hash share one word: beyond this the piece would tell nothing. */
const tableBitsMax = 28;

/** A search may hold no more bytes. */
export class OutOfMemory extends Error {}

/** What to do about too little memory. */
export const needsLess = "give more, search a smaller scope, or add reductions";

/**
 * Whether an error says that memory has run out, and how: what was given, or what this process can have. Null: it speaks of
 * something else.
 */
export function whyNoMemory(error: unknown): string | null {
  if (error instanceof OutOfMemory) return `memory: ${error.message}`;
  const isLimit = error instanceof RangeError && /alloc|maximum size|array length/i.test(error.message);
  return isLimit
    ? `memory: this process can hold no more (${error.message}): search a smaller scope, or add reductions`
    : null;
}

/** Vectors on their way into the states. */
export interface Batch {
  /** How many there are. */
  size: number;
  /** One after the other. */
  readonly vectors: Int32Array;
  /** Of each: the XOR of the words of its cells. */
  readonly hashes: Int32Array;
  /** Of each: the index of the state that it comes from, -1 for none. */
  readonly parents: Int32Array;
}

/** Hears of new vectors. */
export type Added = (position: number, index: number) => void;

/** Where vectors can be read. */
export interface Stored {
  readonly width: number;
  segmentOf(index: number): Int32Array;
  /** Where the vector begins in its segment. */
  baseOf(index: number): number;
  /** A copy. */
  vector(index: number): Int32Array;
}

/**
 * All vectors that were seen, exactly, in flat memory: a state costs its words, one for its parent where parents are kept, and
 * 1.4 to 2.9 for the table.
 *
 * Invariant: the table holds each index + 1 once, in the low bits of a word; the high bits repeat a piece of the hash, so that
 * most vectors that differ are told apart without being looked at.
 */
export class States implements Stored {
  readonly width: number;
  count = 0;
  readonly #segments: Int32Array[] = [];
  readonly #parents: Int32Array[] | null;
  readonly #bytesMax: number;
  #otherBytes = 0;
  #table = new Int32Array(1 << tableBitsMin);
  #tableBits = tableBitsMin;
  /** Keeps what `#touch` reads from being optimised away. */
  touched = 0;

  /** @param bytesMax beyond which `OutOfMemory` is thrown; the states that did not fit are not in. */
  constructor(width: number, keepParents: boolean, bytesMax: number) {
    this.width = width;
    this.#parents = keepParents ? [] : null;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#segments.length * this.#segmentBytes + this.#table.byteLength;
  }

  get #segmentBytes(): number {
    return segmentStates * 4 * (this.width + (this.#parents === null ? 0 : 1));
  }

  /** What else counts against the limit. */
  set otherBytes(bytes: number) {
    this.#otherBytes = bytes;
  }

  segmentOf(index: number): Int32Array {
    return this.#segments[index >>> segmentBits]!;
  }

  baseOf(index: number): number {
    return (index & segmentMask) * this.width;
  }

  parentOf(index: number): number {
    return this.#parents![index >>> segmentBits]![index & segmentMask]!;
  }

  vector(index: number): Int32Array {
    const base = this.baseOf(index);
    return this.segmentOf(index).slice(base, base + this.width);
  }

  /**
   * Puts in what is new, in order; new states get the next indices.
   *
   * @param added called for each new vector, right after it went in, with its position in the batch and its index.
   * @throws OutOfMemory
   */
  insertAll(batch: Batch, words: Int32Array, added: Added): void {
    while (this.count + batch.size > this.#table.length * loadMax) this.#grow(words);
    this.#touch(batch);
    for (let position = 0; position < batch.size; position++)
      if (this.#insert(batch, position)) added(position, this.count - 1);
  }

  /** Reads what `#insert` is going to read: in a loop without branches the waits for memory overlap. */
  #touch({ size, hashes }: Batch): void {
    const table = this.#table;
    const shift = 32 - this.#tableBits;
    let touched = 0;
    for (let position = 0; position < size; position++)
      touched ^= table[Math.imul(hashes[position]!, 0x9e3779b1) >>> shift]!;
    this.touched = touched;
  }

  #insert(batch: Batch, position: number): boolean {
    const width = this.width;
    const table = this.#table;
    const bits = this.#tableBits;
    const last = table.length - 1;
    const { vectors } = batch;
    const from = position * width;
    const mixed = Math.imul(batch.hashes[position]!, 0x9e3779b1);
    const piece = mixed << bits;
    let slot = mixed >>> (32 - bits);
    for (;;) {
      const entry = table[slot]!;
      if (entry === 0) break;
      if ((entry ^ piece) >>> bits === 0) {
        const index = (entry & last) - 1;
        const segment = this.#segments[index >>> segmentBits]!;
        const base = (index & segmentMask) * width;
        let at = 0;
        while (at < width && segment[base + at] === vectors[from + at]) at++;
        if (at === width) return false;
      }
      slot = (slot + 1) & last;
    }
    const index = this.count;
    if ((index & segmentMask) === 0) this.#newSegment();
    const segment = this.#segments[index >>> segmentBits]!;
    const base = (index & segmentMask) * width;
    for (let at = 0; at < width; at++) segment[base + at] = vectors[from + at]!;
    if (this.#parents !== null)
      this.#parents[index >>> segmentBits]![index & segmentMask] = batch.parents[position]!;
    table[slot] = piece | (index + 1);
    this.count = index + 1;
    return true;
  }

  #grow(words: Int32Array): void {
    const bits = this.#tableBits + (this.#tableBits < tableBitsGreedy ? 2 : 1);
    if (bits > tableBitsMax)
      throw new OutOfMemory("the table of states is full: search a smaller scope, or add reductions");
    this.#claim(4 * (1 << bits));
    const table = new Int32Array(1 << bits);
    const last = table.length - 1;
    for (let index = 0; index < this.count; index++) {
      const segment = this.#segments[index >>> segmentBits]!;
      const base = (index & segmentMask) * this.width;
      let hash = 0;
      for (let at = 0; at < this.width; at++) hash ^= words[segment[base + at]!]!;
      const mixed = Math.imul(hash, 0x9e3779b1);
      let slot = mixed >>> (32 - bits);
      while (table[slot] !== 0) slot = (slot + 1) & last;
      table[slot] = (mixed << bits) | (index + 1);
    }
    this.#table = table;
    this.#tableBits = bits;
  }

  #newSegment(): void {
    this.#claim(this.#segmentBytes);
    this.#segments.push(new Int32Array(segmentStates * this.width));
    this.#parents?.push(new Int32Array(segmentStates));
  }

  #claim(bytes: number): void {
    if (this.bytes + this.#otherBytes + bytes <= this.#bytesMax) return;
    if (this.count === 0)
      throw new CheckerError(
        "memory",
        `"memory" expected room for a first segment of ${bytes} bytes and a table, got ${this.#bytesMax}; give more`,
      );
    throw new OutOfMemory(`${this.#bytesMax} bytes are not enough: ${needsLess}`);
  }
}
