interface Requests {
  made: number;
  accepted: number;
  rejected: number;
}

/** How often each thing happened in a run. */
export class Tally {
  readonly #counts = new Map<string, { count: number }>();
  readonly #marks = new Map<string, number>();
  readonly #requests = new Map<string, Requests>();

  count(what: string): void {
    this.add(what, 1);
  }

  add(what: string, more: number): void {
    const entry = this.#counts.get(what);
    if (entry === undefined) this.#counts.set(what, { count: more });
    else entry.count += more;
  }

  mark(name: string): void {
    this.#marks.set(name, (this.#marks.get(name) ?? 0) + 1);
  }

  made(type: string): void {
    this.#of(type).made += 1;
  }

  answered(type: string, accepted: boolean): void {
    this.#of(type)[accepted ? "accepted" : "rejected"] += 1;
  }

  counts(): Record<string, number> {
    return sorted(new Map([...this.#counts].map(([what, { count }]) => [what, count])));
  }

  marks(): Record<string, number> {
    return sorted(this.#marks);
  }

  requests(): Record<string, Readonly<Requests>> {
    return sorted(this.#requests);
  }

  #of(type: string): Requests {
    let requests = this.#requests.get(type);
    if (requests === undefined) {
      requests = { made: 0, accepted: 0, rejected: 0 };
      this.#requests.set(type, requests);
    }
    return requests;
  }
}

function sorted<V>(map: ReadonlyMap<string, V>): Record<string, V> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
