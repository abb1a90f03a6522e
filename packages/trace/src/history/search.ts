import { Demand } from "./demand.ts";
import { arrange, type Operation, type SequentialObject, type SequentialRun } from "./object.ts";
import { Seen } from "./seen.ts";

/** What a search found. `unknown`: it ran out of steps, which proves nothing. */
export type Linearization =
  | { readonly kind: "linearizable"; readonly order: readonly Operation[]; readonly steps: number }
  /** `stuck`: where the search came furthest, this one was the next to return and could not be placed. */
  | { readonly kind: "not-linearizable"; readonly stuck: Operation; readonly steps: number }
  | { readonly kind: "unknown"; readonly steps: number };

/**
 * Looks for an order of the operations of one object in which each takes effect between its call and its return, and finds
 * the result that it had: the search of Wing and Gong with the memory of Lowe. Additions: an operation that changes no
 * state is placed as soon as it fits, without an alternative; operations of unknown outcome (ghosts) need no place, are tried
 * last, and only where what follows needs them; a situation is given up if an equal one with fewer ghosts used was;
 * a state is not left while it is wanted and cannot come back.
 *
 * @param operations in the order of their calls.
 * @param stepsMax how many operations are tried in all before the search gives up.
 */
export function linearize(
  object: SequentialObject,
  operations: readonly Operation[],
  stepsMax: number,
): Linearization {
  return new Search(object, operations, stepsMax).run();
}

/** Two-way linked lists over operations; the head stands behind the last index. Taking out and putting back cost O(1). */
class Ring {
  readonly next: Int32Array;
  readonly #previous: Int32Array;
  readonly head: number;

  constructor(size: number, members: readonly number[]) {
    this.head = size;
    this.next = new Int32Array(size + 1);
    this.#previous = new Int32Array(size + 1);
    let last = size;
    for (const member of [...members, size]) {
      this.next[last] = member;
      this.#previous[member] = last;
      last = member;
    }
  }

  remove(member: number): void {
    const next = this.next[member]!;
    const previous = this.#previous[member]!;
    this.next[previous] = next;
    this.#previous[next] = previous;
  }

  /** Members must be put back in the reverse order of their removal. */
  restore(member: number): void {
    this.next[this.#previous[member]!] = member;
    this.#previous[this.next[member]!] = member;
  }
}

interface Frame {
  readonly op: number;
  readonly before: number;
  readonly base: number;
  /** Placed without an alternative. */
  readonly forced: boolean;
}

type Found = { readonly op: number; readonly state: number; readonly forced: boolean };

class Search {
  readonly #operations: readonly Operation[];
  readonly #known: number;
  readonly #run: SequentialRun;
  readonly #stepsMax: number;
  /** Those not placed yet: with a result by call and by return; of unknown outcome by call. */
  readonly #byCall: Ring;
  readonly #byReturn: Ring;
  readonly #ghosts: Ring;
  readonly #seen: Seen;
  readonly #demand: Demand;
  readonly #stack: Frame[] = [];
  #steps = 0;
  #state: number;
  /** The state before the operations of unknown outcome that were placed last; -1 if the last one has a result. */
  #base = -1;
  #placed = 0;
  #furthest = -1;
  #stuck = 0;

  constructor(object: SequentialObject, operations: readonly Operation[], stepsMax: number) {
    const { arranged, known } = arrange(operations, object);
    this.#operations = arranged;
    this.#known = known;
    this.#run = object.begin(arranged);
    this.#stepsMax = stepsMax;
    this.#state = this.#run.initial;
    const size = arranged.length;
    const indices = arranged.map((_, at) => at);
    const withResult = indices.slice(0, known);
    this.#byCall = new Ring(size, withResult);
    this.#byReturn = new Ring(
      size,
      withResult.toSorted((a, b) => arranged[a]!.returned - arranged[b]!.returned),
    );
    this.#ghosts = new Ring(size, indices.slice(known));
    this.#seen = new Seen(known, size - known);
    this.#demand = new Demand(this.#run, size);
  }

  run(): Linearization {
    let cursor = this.#byCall.next[this.#byCall.head]!;
    let isFresh = true;
    while (this.#placed < this.#known) {
      const deadline = this.#operations[this.#byReturn.next[this.#byReturn.head]!]!.returned;
      const found: Found | null = (isFresh ? this.#findPure(deadline) : null) ?? this.#find(cursor, deadline);
      if (this.#steps > this.#stepsMax) return { kind: "unknown", steps: this.#steps };
      isFresh = found !== null;
      if (found !== null) {
        this.#place(found);
        cursor = this.#byCall.next[this.#byCall.head]!;
        continue;
      }
      this.#noteStuck();
      const next = this.#backtrack();
      if (next === null)
        return { kind: "not-linearizable", stuck: this.#operations[this.#stuck]!, steps: this.#steps };
      cursor = next;
    }
    const order = this.#stack.map(({ op }) => this.#operations[op]!);
    return { kind: "linearizable", order, steps: this.#steps };
  }

  /** An operation that fits and changes no state: if there is an order at all, there is one that goes on with it. */
  #findPure(deadline: number): Found | null {
    const { head, next } = this.#byCall;
    for (let op = next[head]!; op !== head && this.#operations[op]!.invoked < deadline; op = next[op]!) {
      if (!this.#run.isPure(op)) continue;
      this.#steps += 1;
      if (this.#run.step(this.#state, op) >= 0) return { op, state: this.#state, forced: true };
    }
    return null;
  }

  /**
   * The first operation from the cursor on that may come next, which is one called before anything must have returned. The
   * cursor is an operation, or stands behind those with a result (`head`), or behind all.
   */
  #find(cursor: number, deadline: number): Found | null {
    const { head } = this.#byCall;
    let op = cursor;
    if (op < this.#known) {
      op = this.#among(this.#byCall, op, deadline);
      if (op !== head) return { op, state: this.#run.step(this.#state, op), forced: false };
    }
    if (op === head) op = this.#ghosts.next[head]!;
    if (op >= head) return null;
    op = this.#among(this.#ghosts, op, deadline);
    return op === head ? null : { op, state: this.#run.step(this.#state, op), forced: false };
  }

  #among(ring: Ring, from: number, deadline: number): number {
    for (let op = from; op !== ring.head; op = ring.next[op]!) {
      if (this.#operations[op]!.invoked > deadline) break;
      this.#steps += 1;
      const state = this.#run.step(this.#state, op);
      if (state < 0) continue;
      // What comes next must need the ghosts before it: otherwise there is an order without them.
      if (this.#base >= 0 && this.#run.step(this.#base, op) === state) continue;
      if (state !== this.#state && !this.#demand.mayLeave(this.#state, op)) continue;
      if (this.#seen.add(op, state)) return op;
    }
    return ring.head;
  }

  #place({ op, state, forced }: Found): void {
    this.#stack.push({ op, before: this.#state, base: this.#base, forced });
    if (op < this.#known) this.#base = -1;
    else if (this.#base < 0) this.#base = this.#state;
    this.#state = state;
    this.#seen.flip(op);
    this.#demand.remove(op);
    if (op < this.#known) {
      this.#byCall.remove(op);
      this.#byReturn.remove(op);
      this.#placed += 1;
    } else this.#ghosts.remove(op);
  }

  /** Takes operations back up to one that has an alternative; answers where to go on, or null at the end. */
  #backtrack(): number | null {
    for (;;) {
      const frame = this.#stack.pop();
      if (frame === undefined) return null;
      const { op, before, base, forced } = frame;
      this.#state = before;
      this.#base = base;
      this.#seen.flip(op);
      this.#demand.restore(op);
      if (op < this.#known) {
        this.#byReturn.restore(op);
        this.#byCall.restore(op);
        this.#placed -= 1;
        if (!forced) return this.#byCall.next[op]!;
      } else {
        this.#ghosts.restore(op);
        const next = this.#ghosts.next[op]!;
        return next === this.#ghosts.head ? next + 1 : next;
      }
    }
  }

  #noteStuck(): void {
    if (this.#placed <= this.#furthest) return;
    this.#furthest = this.#placed;
    this.#stuck = this.#byReturn.next[this.#byReturn.head]!;
  }
}
