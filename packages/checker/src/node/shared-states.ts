import type { Sink } from "../search/expand.ts";
import { type Added, type Batch, OutOfMemory, type Stored } from "../search/states.ts";
import { movedFromOf, place, type Shared, spareOf } from "./shared.ts";

/** The table grows at the end of a chunk, so it must not be full long before. */
const loadMax = 0.6;

/**
 * Vectors that several workers put in at the same time, each once.
 *
 * Invariant: a vector is written before the slot that points to it is taken, and a slot is taken once. Whoever loses a race for
 * a slot keeps the index that it had reserved for its next vector; `close` gives back what is left over.
 */
export class SharedStates implements Stored, Sink {
  readonly #shared: Shared;
  readonly #worker: number;
  readonly #table: Int32Array;
  readonly #vectors: Int32Array;
  readonly width: number;
  #spare = -1;
  /** Keeps what `#touch` reads from being optimised away. */
  touched = 0;

  constructor(shared: Shared, worker: number, width: number) {
    this.#shared = shared;
    this.#table = shared.table;
    this.#vectors = shared.vectors;
    this.#worker = worker;
    this.width = width;
  }

  get count(): number {
    return Atomics.load(this.#shared.control, place.count);
  }

  /** Is it time for a larger table? */
  get full(): boolean {
    const { control, table } = this.#shared;
    const bits = control[place.tableBits]!;
    return this.count > 2 ** bits * loadMax && 2 ** bits < table.length;
  }

  segmentOf(): Int32Array {
    return this.#shared.vectors;
  }

  baseOf(index: number): number {
    return index * this.width;
  }

  vector(index: number): Int32Array {
    return Int32Array.from(this.#shared.vectors.subarray(index * this.width, (index + 1) * this.width));
  }

  insertAll(batch: Batch, _words: Int32Array, added: Added): void {
    const { vectors, hashes, size } = batch;
    const bits = this.#shared.control[place.tableBits]!;
    this.#touch(batch, 32 - bits);
    for (let position = 0; position < size; position++) {
      const index = this.#insert(vectors, position * this.width, hashes[position]!, bits);
      if (index >= 0) added(position, index);
    }
  }

  /** Puts the numbers of states into the table, which must be empty: those of one worker. */
  rehash(words: Int32Array): void {
    const { control, table, vectors, workers } = this.#shared;
    const bits = control[place.tableBits]!;
    const last = 2 ** bits - 1;
    for (let index = this.#worker; index < this.count; index += workers) {
      let hash = 0;
      for (let at = 0; at < this.width; at++) hash ^= words[vectors[index * this.width + at]!]!;
      const mixed = Math.imul(hash, 0x9e3779b1);
      const entry = (mixed << bits) | (index + 1);
      let slot = mixed >>> (32 - bits);
      while (Atomics.compareExchange(table, slot, 0, entry) !== 0) slot = (slot + 1) & last;
    }
  }

  /** Empties this worker's part of a table of so many bits. */
  clear(bits: number): void {
    const { table, workers } = this.#shared;
    const part = Math.ceil(2 ** bits / workers);
    table.fill(0, this.#worker * part, Math.min(2 ** bits, (this.#worker + 1) * part));
  }

  /** Tells the leader which index was reserved and not used. */
  close(): void {
    Atomics.store(this.#shared.control, spareOf(this.#worker), this.#spare);
    this.#spare = -1;
  }

  /** By the leader, when all have closed: states from the end fill the indices that nobody used. */
  fillGaps(words: Int32Array): void {
    const { control, workers } = this.#shared;
    const spares = Array.from({ length: workers }, (_, worker) => ({
      worker,
      index: control[spareOf(worker)]!,
    }));
    for (let worker = 0; worker < workers; worker++) control[movedFromOf(worker)] = -1;
    for (const { worker, index } of spares.sort((a, b) => b.index - a.index)) {
      if (index < 0) continue;
      const last = control[place.count]! - 1;
      if (index < last) {
        this.#move(last, index, words);
        control[movedFromOf(worker)] = last;
      }
      control[place.count] = last;
    }
  }

  /** After `fillGaps`: where a state stands now. It may have moved more than once, each time downwards. */
  whereIs(index: number): number {
    const { control, workers } = this.#shared;
    let now = index;
    for (let worker = 0; worker < workers; worker++)
      if (control[movedFromOf(worker)] === now) {
        now = control[spareOf(worker)]!;
        worker = -1;
      }
    return now;
  }

  #move(from: number, to: number, words: Int32Array): void {
    const { control, table, vectors } = this.#shared;
    const bits = control[place.tableBits]!;
    const last = 2 ** bits - 1;
    let hash = 0;
    for (let at = 0; at < this.width; at++) {
      const cell = vectors[from * this.width + at]!;
      vectors[to * this.width + at] = cell;
      hash ^= words[cell]!;
    }
    const mixed = Math.imul(hash, 0x9e3779b1);
    let slot = mixed >>> (32 - bits);
    while ((table[slot]! & last) !== from + 1) slot = (slot + 1) & last;
    table[slot] = (mixed << bits) | (to + 1);
  }

  #touch({ size, hashes }: Batch, shift: number): void {
    const table = this.#table;
    let touched = 0;
    for (let position = 0; position < size; position++)
      touched ^= table[Math.imul(hashes[position]!, 0x9e3779b1) >>> shift]!;
    this.touched = touched;
  }

  /**
   * The index of a new vector, or -1 if it was there. A plain read that finds the vector is right: what a taken slot points to
   * is in. One that does not may have come too early, so it is made again behind an atomic one.
   */
  #insert(batch: Int32Array, from: number, hash: number, bits: number): number {
    const table = this.#table;
    const last = 2 ** bits - 1;
    const mixed = Math.imul(hash, 0x9e3779b1);
    const piece = mixed << bits;
    let slot = mixed >>> (32 - bits);
    let index = -1;
    for (;;) {
      let entry = table[slot]!;
      if (entry === 0) {
        if (index < 0) index = this.#write(batch, from);
        entry = Atomics.compareExchange(table, slot, 0, piece | (index + 1));
        if (entry === 0) {
          this.#spare = -1;
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
    const { control, capacity } = this.#shared;
    const index = this.#spare >= 0 ? this.#spare : Atomics.add(control, place.count, 1);
    this.#spare = index;
    if (index >= capacity) throw new OutOfMemory(`there is no room for more than ${capacity} states`);
    const base = index * this.width;
    for (let at = 0; at < this.width; at++) this.#vectors[base + at] = batch[from + at]!;
    return index;
  }
}
