/** Bits in one page; a page is allocated when its first bit is set, so that a far number costs one page and no more. */
const bitPage = 4096;
/** Rows in one page of a table; small, because many clients have few commands. */
const rowPage = 256;

/** A set of natural numbers, one bit each. */
export class BitSet {
  readonly #pages = new Map<number, Uint32Array>();
  #lastAt = -1;
  #last: Uint32Array | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    const page = this.#page(Math.floor(value / bitPage));
    const bit = value % bitPage;
    return page !== undefined && ((page[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }

  /** False if it was there already. */
  add(value: number): boolean {
    const at = Math.floor(value / bitPage);
    const page = this.#page(at) ?? this.#grow(at);
    const bit = value % bitPage;
    const mask = 1 << (bit & 31);
    if ((page[bit >>> 5]! & mask) !== 0) return false;
    page[bit >>> 5]! |= mask;
    this.#size += 1;
    return true;
  }

  /** The least member that is not in the other set; null if there is none. */
  firstNotIn(other: BitSet): number | null {
    const pages = [...this.#pages].sort((a, b) => a[0] - b[0]);
    for (const [at, page] of pages) {
      const against = other.#pages.get(at);
      for (let word = 0; word < page.length; word += 1) {
        const left = page[word]! & ~(against?.[word] ?? 0);
        // `left & -left` is the lowest bit that is set.
        if (left !== 0) return at * bitPage + word * 32 + 31 - Math.clz32(left & -left);
      }
    }
    return null;
  }

  /** Runs of members follow each other: the page of the one before is most often the page of the next. */
  #page(at: number): Uint32Array | undefined {
    if (at !== this.#lastAt) {
      this.#last = this.#pages.get(at);
      this.#lastAt = at;
    }
    return this.#last;
  }

  #grow(at: number): Uint32Array {
    const page = new Uint32Array(bitPage / 32);
    this.#pages.set(at, page);
    this.#last = page;
    return page;
  }
}

interface DigestPage {
  readonly words: Uint32Array;
  readonly present: Uint32Array;
}

/** Digests of 8 bytes, as two words, under natural numbers. */
export class DigestTable {
  readonly #pages = new Map<number, DigestPage>();
  #lastAt = -1;
  #last: DigestPage | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How the row compares with a digest. */
  compare(key: number, high: number, low: number): "absent" | "equal" | "different" {
    const page = this.#page(Math.floor(key / rowPage));
    const row = key % rowPage;
    if (page === undefined || ((page.present[row >>> 5]! >>> (row & 31)) & 1) === 0) return "absent";
    return page.words[2 * row] === high && page.words[2 * row + 1] === low ? "equal" : "different";
  }

  set(key: number, high: number, low: number): void {
    const at = Math.floor(key / rowPage);
    const page = this.#page(at) ?? this.#grow(at);
    const row = key % rowPage;
    page.words[2 * row] = high;
    page.words[2 * row + 1] = low;
    const mask = 1 << (row & 31);
    if ((page.present[row >>> 5]! & mask) === 0) this.#size += 1;
    page.present[row >>> 5]! |= mask;
  }

  delete(key: number): void {
    const page = this.#page(Math.floor(key / rowPage));
    const row = key % rowPage;
    const mask = 1 << (row & 31);
    if (page === undefined || (page.present[row >>> 5]! & mask) === 0) return;
    page.present[row >>> 5]! &= ~mask;
    this.#size -= 1;
  }

  #page(at: number): DigestPage | undefined {
    if (at !== this.#lastAt) {
      this.#last = this.#pages.get(at);
      this.#lastAt = at;
    }
    return this.#last;
  }

  #grow(at: number): DigestPage {
    const page = { words: new Uint32Array(2 * rowPage), present: new Uint32Array(rowPage / 32) };
    this.#pages.set(at, page);
    this.#last = page;
    return page;
  }
}

/** The entry of a key, made on first use. */
export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const valueOfDigit = new Uint8Array(128);
for (let digit = 0; digit < 16; digit += 1) valueOfDigit["0123456789abcdef".charCodeAt(digit)] = digit;

/** The word (unsigned, 32 bits) of the 8 hex digits at `from`. */
export function wordAt(hex: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at += 1) word = (word << 4) | valueOfDigit[hex.charCodeAt(at)]!;
  return word >>> 0;
}
