import { Ints } from "../machine/intern.ts";
import { positive } from "../search/options.ts";

/** Exactly the vectors that were seen, each with a number in the order of coming, and the one it was first reached from. */
export class Vectors {
  readonly #width: number;
  readonly #vectors = new Ints();
  readonly #parents = new Ints();
  readonly #hashes = new Ints();
  #slots = new Int32Array(1 << 12);

  constructor(width: number) {
    this.#width = width;
  }

  get count(): number {
    return this.#parents.length;
  }

  get bytes(): number {
    const ints = [this.#vectors, this.#parents, this.#hashes];
    return ints.reduce((sum, { values }) => sum + values.byteLength, 0) + this.#slots.byteLength;
  }

  /** All vectors, one after the other; moves when a new one comes. */
  get flat(): Int32Array {
    return this.#vectors.values;
  }

  parentOf(index: number): number {
    return this.#parents.values[index]!;
  }

  vector(index: number): Int32Array {
    return this.#vectors.values.slice(index * this.#width, (index + 1) * this.#width);
  }

  /** The number of a vector; a new one gets the next. */
  index(vector: Int32Array, hash: number, parent: number): number {
    const mask = this.#slots.length - 1;
    const width = this.#width;
    const known = this.#vectors.values;
    const hashes = this.#hashes.values;
    let slot = Math.imul(hash, 0x9e3779b1) >>> 7;
    for (slot &= mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const found = this.#slots[slot]! - 1;
      if (hashes[found] !== hash) continue;
      let at = 0;
      while (at < width && known[found * width + at] === vector[at]) at += 1;
      if (at === width) return found;
    }
    const index = this.count;
    this.#slots[slot] = index + 1;
    for (let at = 0; at < width; at += 1) this.#vectors.push(vector[at]!);
    this.#hashes.push(hash);
    this.#parents.push(parent);
    if (index * 3 > this.#slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let index = 0; index < this.count; index += 1) {
      let slot = (Math.imul(this.#hashes.values[index]!, 0x9e3779b1) >>> 7) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** The hash of a vector of cells: the XOR of their words, so that a step changes little of it. */
export function hashOf(vector: Int32Array, words: Int32Array): number {
  let hash = 0;
  for (const cell of vector) hash ^= words[cell]!;
  return hash;
}

/** Where an exploration ends before it is done. */
export interface Bounds {
  /** Bytes for everything that grows. */
  readonly memory: number;
  /** States. */
  readonly states: number;
}

/**
 * Bounds as given by the caller.
 *
 * @throws CheckerError with code `option`.
 */
export function boundsOf(memory: number | undefined, states: number | undefined): Bounds {
  return {
    memory: positive("memory", memory ?? 2 ** 31),
    states: positive("states", states ?? Number.POSITIVE_INFINITY),
  };
}
