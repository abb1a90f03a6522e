import { CheckerError } from "../error.ts";

/** States of one segment: memory grows by this much, and nothing is copied. */
const segmentBits = 16;
const segmentStates = 1 << segmentBits;
const segmentMask = segmentStates - 1;
/** The table is doubled when more than this part of it is full. */
const loadMax = 0.7;
/** An index and a piece of hash share one word: beyond this the piece would tell nothing. */
const tableBitsMax = 28;

/** A search may hold no more bytes. */
export class OutOfMemory extends Error {}

/**
 * All vectors that were seen, exactly, in flat memory: a state costs its words, one for its parent where parents are kept, and
 * 1.4 to 2.9 for the table.
 *
 * Invariant: the table holds each index + 1 once, in the low bits of a word; the high bits repeat a piece of the hash, so that
 * most vectors that differ are told apart without being looked at.
 */
export class States {
  readonly width: number;
  count = 0;
  readonly segments: Int32Array[] = [];
  readonly #parents: Int32Array[] | null;
  readonly #bytesMax: number;
  #otherBytes = 0;
  table = new Int32Array(1 << 12);
  tableBits = 12;

  /** @param bytesMax beyond which `OutOfMemory` is thrown; the state that did not fit is not in. */
  constructor(width: number, keepParents: boolean, bytesMax: number) {
    this.width = width;
    this.#parents = keepParents ? [] : null;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    const perSegment = segmentStates * 4 * (this.width + (this.#parents === null ? 0 : 1));
    return this.segments.length * perSegment + this.table.byteLength;
  }

  /** What else counts against the limit. */
  set otherBytes(bytes: number) {
    this.#otherBytes = bytes;
  }

  segmentOf(index: number): Int32Array {
    return this.segments[index >>> segmentBits]!;
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

  /** The index of the vector that stands at the beginning of `vector`, or -1. */
  find(vector: Int32Array, hash: number): number {
    const mixed = Math.imul(hash, 0x9e3779b1);
    const slot = this.#slot(vector, mixed);
    return (this.table[slot]! & ((1 << this.tableBits) - 1)) - 1;
  }

  /** True if the vector is new. Then its index is `count - 1`. */
  insert(vector: Int32Array, hash: number, parent: number): boolean {
    const mixed = Math.imul(hash, 0x9e3779b1);
    const slot = this.#slot(vector, mixed);
    if (this.table[slot] !== 0) return false;
    const index = this.count;
    if ((index & segmentMask) === 0) this.#newSegment();
    const segment = this.segments[index >>> segmentBits]!;
    const base = (index & segmentMask) * this.width;
    for (let at = 0; at < this.width; at++) segment[base + at] = vector[at]!;
    if (this.#parents !== null) this.#parents[index >>> segmentBits]![index & segmentMask] = parent;
    this.table[slot] = (mixed << this.tableBits) | (index + 1);
    this.count = index + 1;
    return true;
  }

  /** Where the vector stands in the table, or the free slot where it belongs. */
  #slot(vector: Int32Array, mixed: number): number {
    const { table, tableBits, width } = this;
    const last = table.length - 1;
    const piece = mixed << tableBits;
    let slot = mixed >>> (32 - tableBits);
    for (;;) {
      const entry = table[slot]!;
      if (entry === 0) return slot;
      if ((entry ^ piece) >>> tableBits === 0) {
        const index = (entry & last) - 1;
        const segment = this.segments[index >>> segmentBits]!;
        const base = (index & segmentMask) * width;
        let at = 0;
        while (at < width && segment[base + at] === vector[at]) at++;
        if (at === width) return slot;
      }
      slot = (slot + 1) & last;
    }
  }

  /**
   * Makes room for `more` states, so that `insert` need not.
   *
   * @throws OutOfMemory
   */
  reserve(more: number, words: Int32Array): void {
    while (this.count + more > this.table.length * loadMax) this.#grow(words);
  }

  #grow(words: Int32Array): void {
    const bits = this.tableBits + 1;
    if (bits > tableBitsMax) throw new OutOfMemory("the table of states is full");
    this.#claim(4 * (1 << bits));
    const table = new Int32Array(1 << bits);
    const last = table.length - 1;
    for (let index = 0; index < this.count; index++) {
      const segment = this.segments[index >>> segmentBits]!;
      const base = (index & segmentMask) * this.width;
      let hash = 0;
      for (let at = 0; at < this.width; at++) hash ^= words[segment[base + at]!]!;
      const mixed = Math.imul(hash, 0x9e3779b1);
      let slot = mixed >>> (32 - bits);
      while (table[slot] !== 0) slot = (slot + 1) & last;
      table[slot] = (mixed << bits) | (index + 1);
    }
    this.table = table;
    this.tableBits = bits;
  }

  #newSegment(): void {
    this.#claim(segmentStates * 4 * (this.width + (this.#parents === null ? 0 : 1)));
    this.segments.push(new Int32Array(segmentStates * this.width));
    this.#parents?.push(new Int32Array(segmentStates));
  }

  #claim(bytes: number): void {
    if (this.bytes + this.#otherBytes + bytes <= this.#bytesMax) return;
    if (this.count === 0)
      throw new CheckerError(
        "memory",
        `"memory" expected room for a first segment of ${bytes} bytes, got ${this.#bytesMax}; give more`,
      );
    throw new OutOfMemory(`${this.#bytesMax} bytes are not enough`);
  }
}
