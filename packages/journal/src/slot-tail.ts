/** The newest entries of a slot log, in memory: all that is not written yet, and of what is written as much as the cache holds. */
export class SlotTail {
  readonly #cacheBytes: number;
  #entries: Uint8Array[] = [];
  #bytes = 0;
  /** The slot before the first entry in memory. */
  base = 0;
  /** The last slot that was written. */
  written = 0;
  /** Bytes that wait to be written. */
  pendingBytes = 0;

  constructor(cacheBytes: number) {
    this.#cacheBytes = cacheBytes;
  }

  get last(): number {
    return this.base + this.#entries.length;
  }

  /** Goes on behind slot `base`, with nothing in memory. */
  reset(base: number): void {
    this.#entries = [];
    this.#bytes = 0;
    this.base = base;
    this.written = base;
    this.pendingBytes = 0;
  }

  append(bytes: Uint8Array): void {
    this.#entries.push(bytes);
    this.#bytes += bytes.length;
    this.pendingBytes += bytes.length;
  }

  /** The entry of a slot from `base + 1` to `last`. */
  at(slot: number): Uint8Array {
    return this.#entries[slot - this.base - 1]!;
  }

  /** What is to be written next: entries until `maxBytes` is passed. */
  waiting(maxBytes: number): Uint8Array[] {
    const start = this.written - this.base;
    let end = start;
    for (let bytes = 0; end < this.#entries.length && bytes < maxBytes; end++)
      bytes += this.#entries[end]!.length;
    return this.#entries.slice(start, end);
  }

  /** These were written; the oldest written entries beyond the cache are forgotten. */
  wrote(entries: readonly Uint8Array[]): void {
    this.written += entries.length;
    for (const entry of entries) this.pendingBytes -= entry.length;
    const limit = this.written - this.base;
    let count = 0;
    while (count < limit && this.#bytes > this.#cacheBytes) this.#bytes -= this.#entries[count++]!.length;
    this.#entries.splice(0, count);
    this.base += count;
  }
}
