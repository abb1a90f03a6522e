/** What a set of runs reached: a set of hashed features. */
export class Coverage {
  readonly #features = new Set<number>();

  /** True if the feature is new. */
  add(feature: number): boolean {
    if (this.#features.has(feature)) return false;
    this.#features.add(feature);
    return true;
  }

  get size(): number {
    return this.#features.size;
  }

  features(): readonly number[] {
    return [...this.#features].sort((a, b) => a - b);
  }
}
