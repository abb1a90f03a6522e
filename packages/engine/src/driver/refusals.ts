/** Counts of what was ignored, by reason. */
export class Refusals {
  readonly #reasons = new Map<string, number>();
  /** Messages that no rule took, by engine and kind: too many of them to make a text of each. */
  readonly #untaken = new Map<string, Map<string, number>>();

  count(reason: string): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  untaken(engine: string, kind: string): void {
    let kinds = this.#untaken.get(engine);
    if (kinds === undefined) {
      kinds = new Map();
      this.#untaken.set(engine, kinds);
    }
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }

  all(): ReadonlyMap<string, number> {
    const all = new Map(this.#reasons);
    for (const [engine, kinds] of this.#untaken)
      for (const [kind, count] of kinds) all.set(`${engine}: no rule takes ${kind}`, count);
    return all;
  }
}
