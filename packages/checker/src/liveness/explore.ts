import { CheckerError } from "../error.ts";
import type { StepLabel } from "../label.ts";
import { labelOf } from "../machine/describe.ts";
import type { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import { needsLess, whyNoMemory } from "../search/states.ts";
import { type Bounds, hashOf, Vectors } from "./vectors.ts";

/** Is told every step of an exploration, in order. */
export interface Listener {
  /** The steps of this state come next. */
  state(index: number): void;
  /** @param move its position among the moves of the cell of the component. */
  step(target: number, component: number, cell: number, move: number): void;
  /** What the listener holds. */
  readonly bytes: number;
}

/** Explores a model breadth-first, step by step: slower than a search that keeps no steps, and it knows where each leads. */
export class Exploration {
  readonly #machine: Machine;
  readonly #current: Int32Array;
  readonly #next: Int32Array;
  readonly #canonical: readonly ((vector: Int32Array) => void)[];
  readonly vectors: Vectors;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#current = new Int32Array(machine.width);
    this.#next = new Int32Array(machine.width);
    this.#canonical = machine.reductions.flatMap(({ at }) =>
      at.canonical ? [(vector: Int32Array) => at.canonical!(vector)] : [],
    );
    this.vectors = new Vectors(machine.width);
  }

  /**
   * Null, or why it stopped. The states that `listener` was told of are complete, each with all its steps.
   *
   * @throws CheckerError with code `memory` where the process can hold no more, whatever it was given.
   * @param within which states are looked into; others are kept, and nothing is known of what follows them.
   */
  run(bounds: Bounds, listener: Listener, within: (index: number) => boolean = () => true): string | null {
    try {
      return this.#run(bounds, listener, within);
    } catch (error) {
      const why = whyNoMemory(error);
      // Of the last state some steps are known and some are not, so nothing can be said of what was seen.
      throw why === null ? error : new CheckerError("memory", why);
    }
  }

  #run(bounds: Bounds, listener: Listener, within: (index: number) => boolean): string | null {
    const { vectors } = this;
    const machine = this.#machine;
    this.#index(machine.initial.slice(), hashOf(machine.initial, machine.words.values), -1);
    for (let index = 0; index < vectors.count; index += 1) {
      if (vectors.count > bounds.states) return `more than ${bounds.states} states`;
      if (vectors.bytes + listener.bytes + machine.bytes > bounds.memory)
        return `${bounds.memory} bytes are not enough: ${needsLess}`;
      if (!within(index)) continue;
      listener.state(index);
      this.#expand(index, listener);
    }
    return null;
  }

  #expand(index: number, listener: Listener): void {
    const { width, words, plan } = this.#machine;
    const current = this.#current;
    const flat = this.vectors.flat;
    for (let at = 0; at < width; at += 1) current[at] = flat[index * width + at]!;
    this.#next.set(current);
    const hash = hashOf(current, words.values);
    for (let component = 0; component < plan.processes.length; component += 1)
      this.#move(index, component, hash ^ words.values[current[component]!]!, listener);
  }

  /** @param rest hash of the vector without the component. */
  #move(index: number, component: number, rest: number, listener: Listener): void {
    const machine = this.#machine;
    const current = this.#current;
    const next = this.#next;
    const own = current[component]!;
    const world = machine.width - 1;
    let at = machine.movesAt(own);
    const moves = machine.pool.values[at++]!;
    for (let move = 0; move < moves; move += 1) {
      const { values: pool } = machine.pool;
      const target = pool[at]!;
      const spent = pool[at + 1]!;
      const first = at + 3;
      at = first + pool[at + 2]!;
      const left = spent === 0 ? current[world]! : machine.spend(current[world]!, spent);
      if (left < 0) continue;
      let hash = rest ^ machine.words.values[target]!;
      if (spent !== 0) {
        hash ^= machine.words.values[current[world]!]! ^ machine.words.values[left]!;
        next[world] = left;
      }
      next[component] = target;
      for (let out = first; out < at; out += 2) {
        const to = pool[out]!;
        const cell = machine.after(next[to]!, pool[out + 1]!);
        hash ^= machine.words.values[next[to]!]! ^ machine.words.values[cell]!;
        next[to] = cell;
      }
      listener.step(this.#index(next, hash, index), component, own, move);
      next[component] = own;
      for (let out = first; out < at; out += 2) next[pool[out]!] = current[pool[out]!]!;
      next[world] = current[world]!;
    }
  }

  #index(vector: Int32Array, hash: number, parent: number): number {
    if (this.#canonical.length === 0) return this.vectors.index(vector, hash, parent);
    const representative = vector.slice();
    for (const canonical of this.#canonical) canonical(representative);
    return this.vectors.index(representative, hashOf(representative, this.#machine.words.values), parent);
  }
}

/** What a step does to a vector: the new vector, or null if nothing is left of what it spends. */
export function applyMove(
  machine: Machine,
  from: Int32Array,
  component: number,
  move: Move,
): Int32Array | null {
  const vector = from.slice();
  const world = machine.width - 1;
  if (move.spends !== 0) {
    const left = machine.spend(from[world]!, move.spends);
    if (left < 0) return null;
    vector[world] = left;
  }
  vector[component] = machine.cell(move.local, move.inbox);
  for (let at = 0; at < move.out.length; at += 2)
    vector[move.out[at]!] = machine.after(vector[move.out[at]!]!, move.out[at + 1]!);
  for (const { at } of machine.reductions) at.canonical?.(vector);
  return vector;
}

/** The step that leads from one vector to another, among those that are accepted. */
export function stepBetween(
  machine: Machine,
  from: Int32Array,
  to: Int32Array,
  accepts: (component: number, move: Move) => boolean = () => true,
): StepLabel {
  for (let component = 0; component < machine.plan.processes.length; component += 1)
    for (const move of machine.moves(from[component]!)) {
      if (!accepts(component, move)) continue;
      const next = applyMove(machine, from, component, move);
      if (next?.every((cell, at) => cell === to[at])) return labelOf(machine, component, move);
    }
  throw new Error("a step of a run is no step of the model: the checker is wrong");
}

/** The labels of a shortest way to a state. */
export function wayTo(machine: Machine, vectors: Vectors, index: number): StepLabel[] {
  const way: StepLabel[] = [];
  for (let at = index; vectors.parentOf(at) >= 0; at = vectors.parentOf(at))
    way.push(stepBetween(machine, vectors.vector(vectors.parentOf(at)), vectors.vector(at)));
  return way.reverse();
}
