import type { Machine } from "../machine/machine.ts";
import type { Added, Batch, Stored } from "./states.ts";

/** Where the states go that a step leads to. */
export interface Sink {
  insertAll(batch: Batch, words: Int32Array, added: Added): void;
}

/** Large enough for waits to overlap, small enough for the cache. */
const batchSize = 256;

/**
 * Takes every step from a state: the inner loop of every search. What is found is gathered and goes in with `flush`, in
 * order, so that the result is the same as if each went in at once.
 */
export class Expander {
  readonly #machine: Machine;
  readonly #states: Stored;
  readonly #sink: Sink;
  readonly #current: Int32Array;
  readonly #next: Int32Array;
  readonly #batch: Batch;
  /** Of each vector of the batch: may properties see something else than before? */
  readonly #changed = new Int32Array(batchSize);
  readonly #alone: ((cell: number, crashes: boolean) => number)[];
  readonly #canonical: ((vector: Int32Array) => void)[];
  transitions = 0;
  /** New states that violate something, in the order in which they came. */
  readonly violating: number[] = [];

  /** @param sink where what is found goes; mostly the states themselves. */
  constructor(machine: Machine, states: Stored, sink: Sink) {
    this.#machine = machine;
    this.#states = states;
    this.#sink = sink;
    const { width } = machine;
    this.#current = new Int32Array(width);
    this.#next = new Int32Array(width);
    this.#batch = {
      size: 0,
      vectors: new Int32Array(batchSize * width),
      hashes: new Int32Array(batchSize),
      parents: new Int32Array(batchSize),
    };
    this.#alone = machine.reductions.flatMap(({ at }) =>
      at.alone ? [(cell: number, crashes: boolean) => at.alone!(cell, crashes)] : [],
    );
    this.#canonical = machine.reductions.flatMap(({ at }) =>
      at.canonical ? [(vector: Int32Array) => at.canonical!(vector)] : [],
    );
  }

  /** The initial state. */
  begin(): void {
    const { initial } = this.#machine;
    this.#next.set(initial);
    this.#gather(this.#hash(initial), -1, 1);
    this.flush();
  }

  /** @throws OutOfMemory */
  expand(index: number): void {
    const width = this.#machine.width;
    const segment = this.#states.segmentOf(index);
    const base = this.#states.baseOf(index);
    const current = this.#current;
    const next = this.#next;
    const words = this.#machine.words.values;
    let hash = 0;
    for (let at = 0; at < width; at++) {
      const cell = segment[base + at]!;
      current[at] = cell;
      next[at] = cell;
      hash ^= words[cell]!;
    }
    const processes = this.#machine.plan.processes.length;
    if (this.#alone.length > 0 && this.#takeAlone(index, hash)) return;
    for (let at = 0; at < processes; at++) this.#moveAll(index, at, hash, -1);
  }

  /**
   * Has what was gathered go in.
   *
   * @throws OutOfMemory; what went in until then is right, but not all.
   */
  flush(): void {
    const batch = this.#batch;
    this.#sink.insertAll(batch, this.#machine.words.values, (position, index) => {
      if (this.#changed[position] === 0) return;
      const states = this.#states;
      if (this.#machine.violates(states.segmentOf(index), states.baseOf(index))) this.violating.push(index);
    });
    batch.size = 0;
  }

  /** One move instead of all, if a reduction knows one that may be taken first. */
  #takeAlone(index: number, hash: number): boolean {
    const { plan } = this.#machine;
    const world = this.#current[plan.processes.length];
    const crashes = world !== undefined && this.#machine.budgetsOf(world)[0]! > 0;
    for (let at = 0; at < plan.processes.length; at++)
      for (const alone of this.#alone) {
        const only = alone(this.#current[at]!, crashes);
        if (only < 0) continue;
        this.#moveAll(index, at, hash, only);
        return true;
      }
    return false;
  }

  /** @param only the position of the one move to take; -1: every move of the component. */
  #moveAll(index: number, component: number, before: number, only: number): void {
    const machine = this.#machine;
    const current = this.#current;
    const next = this.#next;
    const own = current[component]!;
    const start = machine.movesAt(own);
    const pool = machine.pool.values;
    const world = current.length - 1;
    const moves = pool[start]!;
    let at = start + 1;
    for (let move = 0; move < moves; move++) {
      const target = pool[at]!;
      const spent = pool[at + 1]!;
      const first = at + 3;
      at = first + pool[at + 2]!;
      if (only >= 0 && move !== only) continue;
      let hash = before ^ machine.words.values[own]! ^ machine.words.values[target]!;
      let changed = machine.seen.values[own]! ^ machine.seen.values[target]!;
      if (spent !== 0) {
        const left = machine.spend(current[world]!, spent);
        if (left < 0) continue;
        next[world] = left;
        hash ^= machine.words.values[current[world]!]! ^ machine.words.values[left]!;
      }
      next[component] = target;
      for (let out = first; out < at; out += 2) {
        const to = pool[out]!;
        const old = next[to]!;
        const cell = machine.after(old, pool[out + 1]!);
        next[to] = cell;
        hash ^= machine.words.values[old]! ^ machine.words.values[cell]!;
        changed |= machine.seen.values[old]! ^ machine.seen.values[cell]!;
      }
      this.transitions += 1;
      this.#gather(hash, index, changed);
      next[component] = own;
      for (let out = first; out < at; out += 2) next[pool[out]!] = current[pool[out]!]!;
      if (spent !== 0) next[world] = current[world]!;
    }
  }

  /** Takes `#next` into the batch. */
  #gather(hash: number, parent: number, changed: number): void {
    const batch = this.#batch;
    const next = this.#next;
    const width = next.length;
    const position = batch.size;
    const base = position * width;
    for (let at = 0; at < width; at++) batch.vectors[base + at] = next[at]!;
    batch.hashes[position] = hash;
    batch.parents[position] = parent;
    this.#changed[position] = changed;
    if (this.#canonical.length > 0) this.#represent(position);
    batch.size = position + 1;
    if (batch.size === batchSize) this.flush();
  }

  /** The representative instead of the vector itself. */
  #represent(position: number): void {
    const { vectors, hashes } = this.#batch;
    const width = this.#next.length;
    const vector = vectors.subarray(position * width, (position + 1) * width);
    for (const canonical of this.#canonical) canonical(vector);
    hashes[position] = this.#hash(vector);
    this.#changed[position] = 1;
  }

  #hash(vector: Int32Array): number {
    const words = this.#machine.words.values;
    let hash = 0;
    for (const cell of vector) hash ^= words[cell]!;
    return hash;
  }
}
