import type { Machine } from "../machine/machine.ts";
import type { States } from "./states.ts";

/** Where the states go that a step leads to. */
export interface Sink {
  /** Room for so many more. */
  reserve(more: number, words: Int32Array): void;
  /** True: the vector is new and was kept as the last state. */
  insert(vector: Int32Array, hash: number, parent: number): boolean;
}

/** Takes every step from a state and keeps what is new: the inner loop of every search. */
export class Expander {
  readonly #machine: Machine;
  readonly #states: States;
  readonly #sink: Sink;
  readonly #current: Int32Array;
  readonly #next: Int32Array;
  readonly #alone: ((cell: number) => boolean)[];
  readonly #canonical: ((vector: Int32Array) => void)[];
  transitions = 0;
  /** New states that violate something, in the order in which they came. */
  readonly violating: number[] = [];

  /** @param sink where other than in the states themselves what is found shall go. */
  constructor(machine: Machine, states: States, sink: Sink = states) {
    this.#machine = machine;
    this.#states = states;
    this.#sink = sink;
    this.#current = new Int32Array(machine.width);
    this.#next = new Int32Array(machine.width);
    this.#alone = machine.reductions.flatMap(({ at }) =>
      at.alone ? [(cell: number) => at.alone!(cell)] : [],
    );
    this.#canonical = machine.reductions.flatMap(({ at }) =>
      at.canonical ? [(vector: Int32Array) => at.canonical!(vector)] : [],
    );
  }

  /** The initial state. */
  begin(): void {
    const { initial } = this.#machine;
    this.#sink.reserve(1, this.#machine.words.values);
    this.#insert(initial, this.#hash(initial), -1, true);
  }

  /** @throws OutOfMemory in the middle of a state; what was kept until then is right, but not all. */
  expand(index: number): void {
    const { width } = this.#states;
    const segment = this.#states.segmentOf(index);
    const base = this.#states.baseOf(index);
    const current = this.#current;
    const next = this.#next;
    let hash = 0;
    const words = this.#machine.words.values;
    for (let at = 0; at < width; at++) {
      const cell = segment[base + at]!;
      current[at] = cell;
      next[at] = cell;
      hash ^= words[cell]!;
    }
    const processes = this.#machine.plan.processes.length;
    const only = this.#alone.length === 0 ? -1 : this.#onlyOne(processes);
    if (only >= 0) this.#moveAll(index, only, hash);
    else for (let at = 0; at < processes; at++) this.#moveAll(index, at, hash);
  }

  #onlyOne(processes: number): number {
    for (let at = 0; at < processes; at++)
      if (this.#alone.some((alone) => alone(this.#current[at]!))) return at;
    return -1;
  }

  /** Every move of one component. */
  #moveAll(index: number, component: number, before: number): void {
    const machine = this.#machine;
    const current = this.#current;
    const next = this.#next;
    const own = current[component]!;
    const start = machine.movesAt(own);
    const pool = machine.pool.values;
    const moves = pool[start]!;
    if (moves === 0) return;
    this.#sink.reserve(moves, machine.words.values);
    const world = current.length - 1;
    let at = start + 1;
    for (let move = 0; move < moves; move++) {
      const target = pool[at]!;
      const spent = pool[at + 1]!;
      const first = at + 3;
      at = first + pool[at + 2]!;
      let hash = before ^ machine.words.values[own]! ^ machine.words.values[target]!;
      let changed = machine.seen.values[own]! ^ machine.seen.values[target]!;
      if (spent !== 0) {
        const left = machine.spend(current[world]!, spent);
        if (left < 0) continue;
        next[world] = left;
        hash ^= machine.words.values[current[world]!]! ^ machine.words.values[left]!;
      }
      next[component] = target;
      for (let out = first; out < at; out += 2) {
        const to = pool[out]!;
        const old = next[to]!;
        const cell = machine.after(old, pool[out + 1]!);
        next[to] = cell;
        hash ^= machine.words.values[old]! ^ machine.words.values[cell]!;
        changed |= machine.seen.values[old]! ^ machine.seen.values[cell]!;
      }
      this.transitions += 1;
      this.#insert(next, hash, index, changed !== 0);
      next[component] = own;
      for (let out = first; out < at; out += 2) next[pool[out]!] = current[pool[out]!]!;
      if (spent !== 0) next[world] = current[world]!;
    }
  }

  /** @param judge whether properties may see something else than before. */
  #insert(vector: Int32Array, hash: number, parent: number, judge: boolean): void {
    if (this.#canonical.length > 0) return this.#insertCanonical(vector, parent);
    if (this.#sink.insert(vector, hash, parent) && judge) this.#judge();
  }

  #insertCanonical(vector: Int32Array, parent: number): void {
    const representative = vector.slice();
    for (const canonical of this.#canonical) canonical(representative);
    if (this.#sink.insert(representative, this.#hash(representative), parent)) this.#judge();
  }

  /** Asks the properties about the state that came last. */
  #judge(): void {
    const states = this.#states;
    const { views, seen } = this.#machine;
    const index = states.count - 1;
    const view = views.view(states.segmentOf(index), states.baseOf(index), seen.values);
    if (views.violation(view) !== null) this.violating.push(index);
  }

  #hash(vector: Int32Array): number {
    const words = this.#machine.words.values;
    let hash = 0;
    for (const cell of vector) hash ^= words[cell]!;
    return hash;
  }
}
