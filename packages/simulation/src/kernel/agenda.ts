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
  /** Where a script says what happens within the present move: does this? */
  readonly within?: (label: string) => boolean;
  /** The moment of the move that brought the present one about; undefined: nothing waited for it. */
  readonly bornUs: number | undefined;
  /** How many of its sort that move had brought about before it, where somebody counts. */
  readonly nth?: number;
}

interface Timed extends Entry {
  readonly bornUs: number;
}

/** Children of a place of the heap: more than two make it flat, and they lie side by side in memory. */
const width = 4;

/**
 * What is to come, by virtual time and then by the order in which it was asked for: a heap. Times lie beside the entries, as
 * numbers: most of the work is to compare them.
 */
export class Agenda implements Timeline {
  #at = new Float64Array(64);
  readonly #heap: Timed[] = [];
  #order = 0;
  #nowUs = -1;
  bornUs: number | undefined;

  add(at: number, run: () => void): Entry {
    const entry: Timed = { at, order: this.#order, run, bornUs: this.#nowUs };
    this.#order += 1;
    const heap = this.#heap;
    let place = heap.length;
    heap.push(entry);
    if (place === this.#at.length) this.#grow();
    const ats = this.#at;
    while (place > 0) {
      const parent = ((place - 1) / width) | 0;
      // The newest comes last among those of one moment.
      if (ats[parent]! <= at) break;
      heap[place] = heap[parent]!;
      ats[place] = ats[parent]!;
      place = parent;
    }
    heap[place] = entry;
    ats[place] = at;
    return entry;
  }

  take(): Entry | undefined {
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      if (next.run === null) continue;
      this.bornUs = next.bornUs;
      this.#nowUs = next.at;
      return next;
    }
    return undefined;
  }

  #pop(): Timed | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    const ats = this.#at;
    const at = ats[heap.length]!;
    let place = 0;
    for (;;) {
      const child = this.#firstChild(place);
      if (child < 0 || ats[child]! > at || (ats[child]! === at && heap[child]!.order > last.order)) break;
      heap[place] = heap[child]!;
      ats[place] = ats[child]!;
      place = child;
    }
    heap[place] = last;
    ats[place] = at;
    return first;
  }

  /** The child whose turn comes first; -1: there is none. */
  #firstChild(place: number): number {
    const heap = this.#heap;
    const ats = this.#at;
    const from = width * place + 1;
    const end = Math.min(from + width, heap.length);
    if (from >= end) return -1;
    let best = from;
    for (let child = from + 1; child < end; child += 1)
      if (ats[child]! < ats[best]! || (ats[child]! === ats[best]! && heap[child]!.order < heap[best]!.order))
        best = child;
    return best;
  }

  #grow(): void {
    const more = new Float64Array(2 * this.#at.length);
    more.set(this.#at);
    this.#at = more;
  }
}
