import type { Machine } from "../machine/machine.ts";
import { breath, type Found } from "./found.ts";
import type { Settings } from "./options.ts";
import { States, whyNoMemory } from "./states.ts";

/** Uniform integers below a bound, from a seed (sfc32): the same everywhere. */
class Dice {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = stream | 0;
    for (let round = 0; round < 12; round++) this.#next();
  }

  below(bound: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * bound);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** Walks on a machine, one step at a time. */
class Walker {
  readonly #machine: Machine;
  /** Pairs of component and place in the pool. */
  #choices: number[] = [];
  vector: Int32Array;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.vector = machine.initial.slice();
  }

  /** How many steps may be taken now. */
  look(): number {
    const machine = this.#machine;
    const world = this.vector.length - 1;
    this.#choices = [];
    for (let component = 0; component < machine.plan.processes.length; component++) {
      const start = machine.movesAt(this.vector[component]!);
      const pool = machine.pool.values;
      let at = start + 1;
      for (let move = 0; move < pool[start]!; move++) {
        const spent = pool[at + 1]!;
        if (spent === 0 || machine.spend(this.vector[world]!, spent) >= 0) this.#choices.push(component, at);
        at += 3 + pool[at + 2]!;
      }
    }
    return this.#choices.length / 2;
  }

  take(choice: number): void {
    const machine = this.#machine;
    const { vector } = this;
    const pool = machine.pool.values;
    const component = this.#choices[choice * 2]!;
    const at = this.#choices[choice * 2 + 1]!;
    const world = vector.length - 1;
    if (pool[at + 1]! !== 0) vector[world] = machine.spend(vector[world]!, pool[at + 1]!);
    vector[component] = pool[at]!;
    for (let out = at + 3; out < at + 3 + pool[at + 2]!; out += 2)
      vector[pool[out]!] = machine.after(vector[pool[out]!]!, pool[out + 1]!);
    for (const reduction of machine.reductions) reduction.at.canonical?.(vector);
  }
}

/** Random walks from the initial state: each takes every step with equal chance. Shows bugs, never their absence. */
export function walk(machine: Machine, settings: Settings): Found {
  const { count, steps, seed } = settings.walks;
  const states = new States(machine.width, false, settings.memory);
  let path: readonly Int32Array[] | null = null;
  let why = `${count} walks of at most ${steps} steps`;
  let asked = true;
  let transitions = 0;
  let deepest = 0;
  try {
    for (let number = 0; number < count && path === null; number++) {
      const dice = new Dice(seed, number);
      const walker = new Walker(machine);
      const way = [walker.vector.slice()];
      for (let step = 0; ; step++) {
        keep(machine, states, walker.vector);
        if (machine.violates(walker.vector, 0)) path = way;
        const choices = step === steps || path !== null ? 0 : walker.look();
        if (choices === 0) break;
        walker.take(dice.below(choices));
        way.push(walker.vector.slice());
        if (++transitions % breath !== 0) continue;
        states.otherBytes = machine.bytes;
        const progress = { states: states.count, transitions, depth: step, frontier: 0 };
        const stopped = settings.stopped(progress);
        if (stopped !== null) [why, asked, number] = [stopped, false, count];
      }
      deepest = Math.max(deepest, way.length - 1);
    }
  } catch (error) {
    const told = whyNoMemory(error);
    if (told === null) throw error;
    [why, asked] = [told, false];
  }
  return {
    states: states.count,
    transitions,
    depth: deepest,
    bytes: states.bytes + machine.bytes,
    truncated: { why, frontier: 0, estimatedStates: null },
    asked,
    path,
  };
}

/** For the count of distinct states. */
function keep(machine: Machine, states: States, vector: Int32Array): void {
  let hash = 0;
  for (const cell of vector) hash ^= machine.words.values[cell]!;
  const batch = { size: 1, vectors: vector, hashes: Int32Array.of(hash), parents: Int32Array.of(-1) };
  states.insertAll(batch, machine.words.values, () => {});
}
