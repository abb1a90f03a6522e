/** From pairs of numbers to a number, in flat memory. Nothing is ever taken out. */
export class PairTable {
  #mask = 1023;
  /** Triples of first, second and answer + 1. */
  #slots = new Int32Array(3 * 1024);
  #size = 0;

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** -1: the pair is unknown. */
  get(first: number, second: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let at = place(first, second) & mask;
    for (;;) {
      const base = at * 3;
      const answer = slots[base + 2]!;
      if (answer === 0) return -1;
      if (slots[base] === first && slots[base + 1] === second) return answer - 1;
      at = (at + 1) & mask;
    }
  }

  /** The pair must be unknown. */
  set(first: number, second: number, answer: number): void {
    if (++this.#size * 2 > this.#mask) this.#grow();
    this.#put(first, second, answer + 1);
  }

  #put(first: number, second: number, stored: number): void {
    let at = place(first, second) & this.#mask;
    while (this.#slots[at * 3 + 2] !== 0) at = (at + 1) & this.#mask;
    this.#slots[at * 3] = first;
    this.#slots[at * 3 + 1] = second;
    this.#slots[at * 3 + 2] = stored;
  }

  #grow(): void {
    const before = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(3 * (this.#mask + 1));
    for (let base = 0; base < before.length; base += 3)
      if (before[base + 2] !== 0) this.#put(before[base]!, before[base + 1]!, before[base + 2]!);
  }
}

function place(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
