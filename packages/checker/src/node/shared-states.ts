import type { Machine } from "../machine/machine.ts";
import type { Sink } from "../search/expand.ts";
import { type Added, type Batch, OutOfMemory, type Stored } from "../search/states.ts";
import { block, foundOf, place, type Shared, spareEndOf, spareOf } from "./shared.ts";

/** The table grows at the end of a chunk, so it must not be full long before. */
const loadMax = 0.6;
/** As many table entries are read ahead as in a batch of the search. */
const ahead = 256;
/** Spreads a hash over all bits: the high ones say where, the low ones stand beside the index. */
const spread = 0x9e3779b1;

/**
 * Vectors that several workers put in at the same time, each once.
 *
 * Invariant: a vector is written before the slot that points to it is taken, and a slot is taken once. Indices are reserved by
 * blocks, so that no two workers write to one cache line; whoever loses a race for a slot keeps the index for its next vector,
 * and `close` gives back what is left over.
 */
export class SharedStates implements Stored, Sink {
  readonly #shared: Shared;
  readonly #worker: number;
  readonly #machine: Machine;
  readonly #table: Int32Array;
  readonly #vectors: Int32Array;
  readonly width: number;
  #spare = 0;
  #spareEnd = 0;
  #found: number;
  /** Keeps what `#touch` reads from being optimised away. */
  touched = 0;

  /** @param found what is in already and counts as this worker's. */
  constructor(shared: Shared, worker: number, machine: Machine, found: number) {
    this.#shared = shared;
    this.#worker = worker;
    this.#machine = machine;
    this.#table = shared.table;
    this.#vectors = shared.vectors;
    this.width = machine.width;
    this.#found = found;
  }

  /** When all have met after a round: how many there are. Before that, with what is reserved. */
  get count(): number {
    return Atomics.load(this.#shared.control, place.count);
  }

  /** How many there are, as far as workers have said so. */
  get found(): number {
    const { control, workers } = this.#shared;
    let sum = 0;
    for (let worker = 0; worker < workers; worker++) sum += Atomics.load(control, foundOf(worker));
    return sum;
  }

  /** Is it time for a larger table? */
  get full(): boolean {
    const { control, table } = this.#shared;
    const size = 2 ** control[place.tableBits]!;
    return this.count > size * loadMax && size < table.length;
  }

  segmentOf(): Int32Array {
    return this.#vectors;
  }

  baseOf(index: number): number {
    return index * this.width;
  }

  vector(index: number): Int32Array {
    return Int32Array.from(this.#vectors.subarray(index * this.width, (index + 1) * this.width));
  }

  insertAll({ vectors, hashes, size }: Batch, _words: Int32Array, added: Added): void {
    const bits = this.#shared.control[place.tableBits]!;
    this.#touch(hashes, size, 32 - bits);
    for (let position = 0; position < size; position++) {
      const index = this.#insert(vectors, position * this.width, hashes[position]!, bits);
      if (index < 0) continue;
      const { news } = this;
      added(position, index);
      if (this.news !== news) this.note(index);
    }
  }

  /** Grows whenever this worker's machine learns what a cell does or what properties see. */
  get news(): number {
    return this.#machine.pool.length + this.#machine.views.size;
  }

  /** The leader, which reports, has to look at this state too. */
  note(index: number): void {
    if (this.#worker > 0) Atomics.or(this.#shared.noted, index >>> 5, 1 << (index & 31));
  }

  /** Was the state noted by anybody? */
  isNoted(index: number): boolean {
    return ((this.#shared.noted[index >>> 5]! >>> (index & 31)) & 1) === 1;
  }

  /** Says how many this worker has put in. */
  tell(): void {
    Atomics.store(this.#shared.control, foundOf(this.#worker), this.#found);
  }

  /** Empties this worker's part of the table. */
  clear(): void {
    const { control, table, workers } = this.#shared;
    const size = 2 ** control[place.tableBits]!;
    const part = Math.ceil(size / workers);
    table.fill(0, this.#worker * part, Math.min(size, (this.#worker + 1) * part));
  }

  /** Puts the numbers of states into the table, which must be empty: this worker's part of them. */
  rehash(): void {
    const { control, workers } = this.#shared;
    const table = this.#table;
    const bits = control[place.tableBits]!;
    const last = -1 >>> (32 - bits);
    const part = Math.ceil(this.count / workers);
    const end = Math.min(this.count, (this.#worker + 1) * part);
    const hashes = new Int32Array(ahead);
    for (let first = this.#worker * part; first < end; first += ahead) {
      const size = Math.min(ahead, end - first);
      for (let position = 0; position < size; position++) hashes[position] = this.#hashAt(first + position);
      this.#touch(hashes, size, 32 - bits);
      for (let position = 0; position < size; position++) {
        const mixed = Math.imul(hashes[position]!, spread);
        const entry = (mixed << bits) | (first + position + 1);
        let slot = mixed >>> (32 - bits);
        while (table[slot] !== 0 || Atomics.compareExchange(table, slot, 0, entry) !== 0)
          slot = (slot + 1) & last;
      }
    }
  }

  /** Tells which indices were reserved and not used, and how many were. */
  close(): void {
    const { control } = this.#shared;
    Atomics.store(control, spareOf(this.#worker), this.#spare);
    Atomics.store(control, spareEndOf(this.#worker), this.#spareEnd);
    this.#spare = this.#spareEnd;
    this.tell();
  }

  /** By the leader, when all have closed: states from the end fill the indices that nobody used. */
  fillGaps(): void {
    const { control, workers } = this.#shared;
    let unused = 0;
    for (let worker = 0; worker < workers; worker++)
      unused += control[spareEndOf(worker)]! - control[spareOf(worker)]!;
    control[place.count]! -= unused;
    for (const [from, to] of this.moved()) this.#move(from, to);
  }

  /** After `fillGaps`: the states that stand elsewhere now, from where to where. */
  moved(): ReadonlyMap<number, number> {
    const { control, workers } = this.#shared;
    const count = control[place.count]!;
    const unused = new Set<number>();
    for (let worker = 0; worker < workers; worker++)
      for (let index = control[spareOf(worker)]!; index < control[spareEndOf(worker)]!; index++)
        unused.add(index);
    const moved = new Map<number, number>();
    let from = count;
    for (const to of unused) {
      if (to >= count) continue;
      while (unused.has(from)) from++;
      moved.set(from++, to);
    }
    return moved;
  }

  #move(from: number, to: number): void {
    const { control } = this.#shared;
    const table = this.#table;
    const bits = control[place.tableBits]!;
    const last = -1 >>> (32 - bits);
    const mixed = Math.imul(this.#hashAt(from), spread);
    this.#vectors.copyWithin(to * this.width, from * this.width, (from + 1) * this.width);
    let slot = mixed >>> (32 - bits);
    while ((table[slot]! & last) !== from + 1) slot = (slot + 1) & last;
    table[slot] = (mixed << bits) | (to + 1);
    if (this.isNoted(from)) Atomics.or(this.#shared.noted, to >>> 5, 1 << (to & 31));
  }

  #hashAt(index: number): number {
    const words = this.#machine.words.values;
    const base = index * this.width;
    let hash = 0;
    for (let at = 0; at < this.width; at++) hash ^= words[this.#vectors[base + at]!]!;
    return hash;
  }

  /** Reads what is going to be read: in a loop without branches the waits for memory overlap. */
  #touch(hashes: Int32Array, size: number, shift: number): void {
    const table = this.#table;
    let touched = 0;
    for (let position = 0; position < size; position++)
      touched ^= table[Math.imul(hashes[position]!, spread) >>> shift]!;
    this.touched = touched;
  }

  /**
   * The index of a new vector, or -1 if it was there. A plain read that finds the vector is right: what a taken slot points to
   * is in. One that does not may have come too early, so it is made again behind an atomic one.
   */
  #insert(batch: Int32Array, from: number, hash: number, bits: number): number {
    const table = this.#table;
    const last = -1 >>> (32 - bits);
    const mixed = Math.imul(hash, spread);
    const piece = mixed << bits;
    let slot = mixed >>> (32 - bits);
    let index = -1;
    for (;;) {
      let entry = table[slot]!;
      if (entry === 0) {
        if (index < 0) index = this.#write(batch, from);
        entry = Atomics.compareExchange(table, slot, 0, piece | (index + 1));
        if (entry === 0) {
          this.#spare = index + 1;
          this.#found += 1;
          return index;
        }
      }
      if ((entry ^ piece) >>> bits === 0) {
        if (this.#isAt((entry & last) - 1, batch, from)) return -1;
        if (this.#isAt((Atomics.load(table, slot) & last) - 1, batch, from)) return -1;
      }
      slot = (slot + 1) & last;
    }
  }

  #isAt(index: number, batch: Int32Array, from: number): boolean {
    const vectors = this.#vectors;
    const width = this.width;
    const base = index * width;
    let at = 0;
    while (at < width && vectors[base + at] === batch[from + at]) at++;
    return at === width;
  }

  /** Writes a vector where no slot points to yet. */
  #write(batch: Int32Array, from: number): number {
    if (this.#spare === this.#spareEnd) this.#reserve();
    const index = this.#spare;
    const base = index * this.width;
    for (let at = 0; at < this.width; at++) this.#vectors[base + at] = batch[from + at]!;
    return index;
  }

  #reserve(): void {
    const { control, capacity } = this.#shared;
    const first = Atomics.add(control, place.count, block);
    this.#spare = first;
    this.#spareEnd = first + block;
    if (first < capacity) return;
    throw new OutOfMemory(`there is no room for more than ${capacity} states`);
  }
}
