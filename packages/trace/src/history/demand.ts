import type { SequentialRun } from "./object.ts";

/**
 * Counts, for every state, how many operations that were not placed yet can only have happened in it, and how many may bring it
 * about: a state that the first still want and none of the others can bring back must not be left.
 */
export class Demand {
  readonly #needs: Int32Array;
  readonly #makes: Int32Array;
  readonly #wanted = new Map<number, number>();
  readonly #offered = new Map<number, number>();

  /** @param size how many operations there are. An object that does not tell has no demand. */
  constructor(run: SequentialRun, size: number) {
    this.#needs = new Int32Array(size).map((_, op) => run.needs?.(op) ?? -1);
    this.#makes = new Int32Array(size).map((_, op) => run.makes?.(op) ?? -1);
    for (let op = 0; op < size; op += 1) this.restore(op);
  }

  /** The operation is placed. */
  remove(op: number): void {
    this.#count(op, -1);
  }

  /** The operation is not placed any more. */
  restore(op: number): void {
    this.#count(op, 1);
  }

  /** May the operation, which was not placed yet, be the one with which the state is left? */
  mayLeave(state: number, op: number): boolean {
    const wanted = (this.#wanted.get(state) ?? 0) - Number(this.#needs[op] === state);
    return wanted === 0 || (this.#offered.get(state) ?? 0) - Number(this.#makes[op] === state) > 0;
  }

  #count(op: number, by: number): void {
    const need = this.#needs[op]!;
    const make = this.#makes[op]!;
    if (need >= 0) this.#wanted.set(need, (this.#wanted.get(need) ?? 0) + by);
    if (make >= 0) this.#offered.set(make, (this.#offered.get(make) ?? 0) + by);
  }
}
