/** Latencies of one run, every one of them, in milliseconds. */
export class Latencies {
  #values = new Float64Array(1024);
  #count = 0;
  #sorted = true;

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = ms;
    this.#count += 1;
    this.#sorted = false;
  }

  get count(): number {
    return this.#count;
  }

  /** The least value that a share of all does not exceed, 0 to 1; null without any. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const all = this.#values.subarray(0, this.#count);
    if (!this.#sorted) all.sort();
    this.#sorted = true;
    return all[Math.min(this.#count - 1, Math.max(0, Math.ceil(share * this.#count) - 1))]!;
  }
}
