import type { Clock } from "@eunomia/engine";

interface Timer {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | null;
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Time that only moves when somebody runs it; callbacks of one moment run in the order in which they were asked for. */
export class VirtualTime implements Clock {
  /** A binary heap. */
  readonly #timers: Timer[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order, callback };
    this.#push(timer);
    return () => {
      timer.callback = null;
    };
  }

  /** Runs everything up to `until`. Promises get their turn after every callback, in an order that never varies. */
  async run(until: number): Promise<void> {
    for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
      this.#pop();
      this.#now = next.at;
      if (next.callback === null) continue;
      next.callback();
      await null;
    }
    this.#now = until;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

/** The clock of one life of a process: once it has ended, none of its callbacks runs any more. */
export class Life implements Clock {
  readonly #time: VirtualTime;
  #over = false;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  get over(): boolean {
    return this.#over;
  }

  now(): number {
    return this.#time.now();
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#time.after(delayMs, () => {
      if (!this.#over) callback();
    });
  }

  end(): void {
    this.#over = true;
  }
}
