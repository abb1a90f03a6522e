/** Variables waiting for a decision, the busiest first: a binary heap over scores that only grow. */
export class ActivityHeap {
  readonly #score: number[] = [];
  readonly #heap: number[] = [];
  /** Per variable: its place in the heap, or -1. */
  readonly #place: number[] = [];
  #step = 1;

  /** Makes room for a variable, and lets it wait. */
  insert(variable: number): void {
    this.#score[variable] ??= 0;
    if ((this.#place[variable] ?? -1) >= 0) return;
    this.#place[variable] = this.#heap.length;
    this.#heap.push(variable);
    this.#up(this.#heap.length - 1);
  }

  /** The busiest, taken out; undefined if none waits. */
  pop(): number | undefined {
    const top = this.#heap[0];
    if (top === undefined) return undefined;
    this.#place[top] = -1;
    const last = this.#heap.pop()!;
    if (last !== top) {
      this.#heap[0] = last;
      this.#place[last] = 0;
      this.#down(0);
    }
    return top;
  }

  bump(variable: number): void {
    this.#score[variable]! += this.#step;
    if (this.#score[variable]! > 1e100) {
      for (let v = 0; v < this.#score.length; v++) this.#score[v] = (this.#score[v] ?? 0) * 1e-100;
      this.#step *= 1e-100;
    }
    const at = this.#place[variable]!;
    if (at >= 0) this.#up(at);
  }

  /** What is bumped from now on counts for more. */
  decay(): void {
    this.#step /= 0.95;
  }

  #up(from: number): void {
    const variable = this.#heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#before(variable, this.#heap[parent]!)) break;
      this.#put(at, this.#heap[parent]!);
      at = parent;
    }
    this.#put(at, variable);
  }

  #down(from: number): void {
    const variable = this.#heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && this.#before(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      if (!this.#before(this.#heap[child]!, variable)) break;
      this.#put(at, this.#heap[child]!);
      at = child;
    }
    this.#put(at, variable);
  }

  #put(at: number, variable: number): void {
    this.#heap[at] = variable;
    this.#place[variable] = at;
  }

  /** Ties go to the lower number, so that every run decides alike. */
  #before(a: number, b: number): boolean {
    return this.#score[a]! > this.#score[b]! || (this.#score[a] === this.#score[b] && a < b);
  }
}
