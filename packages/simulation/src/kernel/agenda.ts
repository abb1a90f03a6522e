/** Something that waits for its moment. Cleared `run`: called off. */
export interface Entry {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/** What is to come, and in which order. */
export interface Timeline {
  /**
   * @param at virtual time, whole microseconds.
   * @param label what a script calls it; left out: nothing that a script may name.
   */
  add(at: number, run: () => void, label?: string): Entry;
  /** The next one that was not called off. */
  take(): Entry | undefined;
}

/** What is to come, by virtual time and then by the order in which it was asked for: a binary heap. */
export class Agenda implements Timeline {
  readonly #heap: Entry[] = [];
  #order = 0;

  add(at: number, run: () => void): Entry {
    const entry: Entry = { at, order: this.#order, run };
    this.#order += 1;
    const heap = this.#heap;
    let place = heap.length;
    heap.push(entry);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent]!;
      if (above.at <= at) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
    return entry;
  }

  take(): Entry | undefined {
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) if (next.run !== null) return next;
    return undefined;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    const half = heap.length >> 1;
    while (place < half) {
      let child = 2 * place + 1;
      let below = heap[child]!;
      const right = heap[child + 1];
      if (right !== undefined && before(right, below)) {
        child += 1;
        below = right;
      }
      if (!before(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
