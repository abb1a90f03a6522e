/** Numbers in one page; a page is allocated when its first number is used. */
const pageSize = 4096;

/** A set of natural numbers: one bit each, in pages, so that a far number costs one page and no more. */
export class BitSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    const page = this.#pages.get(Math.floor(value / pageSize));
    const bit = value % pageSize;
    return page !== undefined && ((page[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }

  /** False if it was there already. */
  add(value: number): boolean {
    const at = Math.floor(value / pageSize);
    let page = this.#pages.get(at);
    if (page === undefined) {
      page = new Uint32Array(pageSize / 32);
      this.#pages.set(at, page);
    }
    const bit = value % pageSize;
    const mask = 1 << (bit & 31);
    if ((page[bit >>> 5]! & mask) !== 0) return false;
    page[bit >>> 5]! |= mask;
    this.#size += 1;
    return true;
  }

  /** All members, in no particular order. */
  *values(): Generator<number> {
    for (const [at, page] of this.#pages)
      for (let bit = 0; bit < pageSize; bit += 1)
        if (((page[bit >>> 5]! >>> (bit & 31)) & 1) === 1) yield at * pageSize + bit;
  }
}

/** Rows of `width` bytes under natural numbers, in pages. */
export class ByteTable {
  readonly #width: number;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #known = new BitSet();

  constructor(width: number) {
    this.#width = width;
  }

  /** A view of the row; null if there is none. */
  get(key: number): Uint8Array | null {
    if (!this.#known.has(key)) return null;
    const at = (key % pageSize) * this.#width;
    return this.#pages.get(Math.floor(key / pageSize))!.subarray(at, at + this.#width);
  }

  set(key: number, row: Uint8Array): void {
    const page = Math.floor(key / pageSize);
    let bytes = this.#pages.get(page);
    if (bytes === undefined) {
      bytes = new Uint8Array(pageSize * this.#width);
      this.#pages.set(page, bytes);
    }
    bytes.set(row, (key % pageSize) * this.#width);
    this.#known.add(key);
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
