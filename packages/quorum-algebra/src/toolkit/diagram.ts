import { type Budget, OverLimit } from "../limits.ts";

/** The diagram that holds never, and the family without a set. */
export const no = 0;
/** The diagram that holds always, and the family of the empty set alone. */
export const yes = 1;

const cacheMax = 1 << 18;
/** Variables at most: recursion goes as deep as there are variables. */
const levelsMax = 2_000;
/** First operands of remembered results; those of `ite` are nodes, so at least 2. */
const opSplit = -1;
const opMinimal = -2;
const opWithout = -3;

/**
 * Reduced ordered decision diagrams over variables 0 … n-1, each tested at most once on every path, in this order. A
 * node is a number; equal functions are equal numbers. Two readings share the nodes: as a **function** (a variable that is
 * not tested does not matter; `variable`, `ite`, `count`, `split`) and as a **family** of sets (a variable that is
 * not tested is not in the set; `minimal`). Functions given to `split` and `minimal` must be monotone.
 *
 * Children are made before their parents, so their numbers are smaller. @throws OverLimit beyond
 * `nodesMax`, 2 000 variables or the budget.
 */
export class Diagram {
  readonly #budget: Budget;
  readonly #nodesMax: number;
  #level = new Int32Array(1024).fill(0x7fff_ffff, 0, 2);
  #low = new Int32Array(1024);
  #high = new Int32Array(1024);
  /** Open addressing; 0 is free, since no table holds the end nodes. */
  #table = new Int32Array(4096);
  /** Three operands and the result per entry; what is overwritten is computed again. */
  #cache = new Int32Array(4 * 4096);
  #size = 2;

  constructor(budget: Budget, nodesMax = 300_000) {
    this.#budget = budget;
    this.#nodesMax = nodesMax;
  }

  /** Numbers given to nodes so far, the two ends included. */
  get size(): number {
    return this.#size;
  }

  /** The variable that a node tests; more than any for the ends. */
  level(node: number): number {
    return this.#level[node]!;
  }

  /** What holds if the tested variable is false. */
  low(node: number): number {
    return this.#low[node]!;
  }

  /** What holds if it is true. */
  high(node: number): number {
    return this.#high[node]!;
  }

  variable(level: number): number {
    if (level >= levelsMax) throw new OverLimit();
    return this.#function(level, no, yes);
  }

  /** `then` where `test` holds, `other` elsewhere. */
  ite(test: number, then: number, other: number): number {
    if (test === yes || then === other) return then;
    if (test === no) return other;
    let [f, g, h] = [test, then === test ? yes : then, other === test ? no : other];
    if (g === yes && h === no) return f;
    // OR and AND do not mind the order.
    if (g === yes && h < f) [f, h] = [h, f];
    else if (h === no && g < f) [f, g] = [g, f];
    if (f === yes) return g;
    if (f === no) return h;
    const known = this.#recall(f, g, h);
    if (known >= 0) return known;
    const top = Math.min(this.#level[f]!, this.#level[g]!, this.#level[h]!);
    const low = this.ite(this.#at(f, top, 0), this.#at(g, top, 0), this.#at(h, top, 0));
    const high = this.ite(this.#at(f, top, 1), this.#at(g, top, 1), this.#at(h, top, 1));
    return this.#remember(f, g, h, this.#function(top, low, high));
  }

  or(left: number, right: number): number {
    return this.ite(left, yes, right);
  }

  /** At least `k` of the children hold. */
  count(k: number, children: readonly number[]): number {
    if (k > children.length) return no;
    // row[j]: the children from here on bring at least j.
    const row = [yes, ...new Array<number>(Math.max(0, k)).fill(no)];
    for (let i = children.length - 1; i >= 0; i--)
      for (let j = k; j >= Math.max(1, k - i); j--) row[j] = this.ite(children[i]!, row[j - 1]!, row[j]!);
    return row[Math.max(0, k)]!;
  }

  /**
   * Holds for B if some set where `left` holds and some set where `right` holds have nothing in common outside B. `free`
   * variables, one flag each, may always be shared.
   */
  split(left: number, right: number, free: Uint8Array): number {
    if (left === no || right === no) return no;
    // Whoever needs nothing more leaves all the rest to the other.
    if (left === yes || right === yes) return yes;
    const [f, g] = left <= right ? [left, right] : [right, left];
    const known = this.#recall(opSplit, f, g);
    if (known >= 0) return known;
    const top = Math.min(this.#level[f]!, this.#level[g]!);
    const both = this.split(this.#at(f, top, 1), this.#at(g, top, 1), free);
    if (free[top] === 1) return this.#remember(opSplit, f, g, both);
    const toLeft = this.split(this.#at(f, top, 1), this.#at(g, top, 0), free);
    const toRight = f === g ? toLeft : this.split(this.#at(f, top, 0), this.#at(g, top, 1), free);
    return this.#remember(opSplit, f, g, this.#function(top, this.or(toLeft, toRight), both));
  }

  /** The family of the minimal sets for which a function holds. */
  minimal(f: number): number {
    if (f <= yes) return f;
    const known = this.#recall(opMinimal, f, 0);
    if (known >= 0) return known;
    const low = this.minimal(this.#low[f]!);
    const high = this.#without(this.minimal(this.#high[f]!), this.#low[f]!);
    return this.#remember(opMinimal, f, 0, this.#family(this.#level[f]!, low, high));
  }

  /** The sets of a family for which a function does not hold. */
  #without(family: number, f: number): number {
    if (f === yes || family === no) return no;
    // The empty set: no function but `yes` holds for it.
    if (f === no || family === yes) return family;
    const known = this.#recall(opWithout, family, f);
    if (known >= 0) return known;
    const top = this.#level[family]!;
    const made =
      this.#level[f]! < top
        ? this.#without(family, this.#low[f]!)
        : this.#family(
            top,
            this.#without(this.#low[family]!, this.#at(f, top, 0)),
            this.#without(this.#high[family]!, this.#at(f, top, 1)),
          );
    return this.#remember(opWithout, family, f, made);
  }

  /** A function with the variable `level` (its first, if it asks for it) fixed. */
  #at(f: number, level: number, value: 0 | 1): number {
    if (this.#level[f]! !== level) return f;
    return value === 0 ? this.#low[f]! : this.#high[f]!;
  }

  #function(level: number, low: number, high: number): number {
    return low === high ? low : this.#node(level, low, high);
  }

  #family(level: number, low: number, high: number): number {
    return high === no ? low : this.#node(level, low, high);
  }

  #node(level: number, low: number, high: number): number {
    const mask = this.#table.length - 1;
    let slot = hash(level, low, high) & mask;
    for (let node = this.#table[slot]!; node !== 0; node = this.#table[slot]!) {
      if (this.#level[node] === level && this.#low[node] === low && this.#high[node] === high) return node;
      slot = (slot + 1) & mask;
    }
    const node = this.#size++;
    if (node === this.#level.length) this.#grow();
    this.#level[node] = level;
    this.#low[node] = low;
    this.#high[node] = high;
    this.#table[slot] = node;
    if (2 * this.#size > this.#table.length) this.#rehash();
    return node;
  }

  #spend(): void {
    if (this.#size >= this.#nodesMax || !this.#budget.spend()) throw new OverLimit();
  }

  #grow(): void {
    this.#level = doubled(this.#level);
    this.#low = doubled(this.#low);
    this.#high = doubled(this.#high);
  }

  #rehash(): void {
    const table = new Int32Array(4 * this.#table.length);
    const mask = table.length - 1;
    for (let node = 2; node < this.#size; node++) {
      let slot = hash(this.#level[node]!, this.#low[node]!, this.#high[node]!) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = node;
    }
    this.#table = table;
    if (this.#cache.length < 4 * Math.min(cacheMax, table.length))
      this.#cache = new Int32Array(4 * Math.min(cacheMax, table.length));
  }

  /** The remembered result, or -1. */
  #recall(a: number, b: number, c: number): number {
    const cache = this.#cache;
    const at = this.#slot(a, b, c);
    return cache[at] === a && cache[at + 1] === b && cache[at + 2] === c ? cache[at + 3]! : -1;
  }

  /** Every result is a step: what is overwritten and computed again has to be paid for again. */
  #remember(a: number, b: number, c: number, result: number): number {
    this.#spend();
    const at = this.#slot(a, b, c);
    this.#cache[at] = a;
    this.#cache[at + 1] = b;
    this.#cache[at + 2] = c;
    this.#cache[at + 3] = result;
    return result;
  }

  #slot(a: number, b: number, c: number): number {
    return 4 * (hash(a, b, c) & (this.#cache.length / 4 - 1));
  }
}

function hash(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * array.length);
  wider.set(array);
  return wider;
}
