import { SimulationError } from "../errors.ts";
import type { Choice, Draw } from "../types.ts";
import { Sfc32 } from "./sfc32.ts";

/** Choices have at most so many outcomes. */
export const arityMax = 65_536;

/** The choices of one purpose. Drawn from a seed, or taken from a recorded run: one that is not recorded is 0, the calmest. */
export class Stream implements Draw {
  readonly name: string;
  #source: Sfc32;
  /** Null: draw. */
  #given: ReadonlyMap<number, number> | null;
  #index = 0;
  /** Choices from this one on are not told: they follow from the seed. */
  #toldUntil = Number.POSITIVE_INFINITY;
  /** Value and arity - 1 of every choice made, without those that were left out. */
  #taken = new Uint16Array(64);
  #count = 0;
  /** In pairs: how many choices had been made, and the index of the next one then. */
  readonly #jumps: number[] = [];

  constructor(name: string, seed: string, given: ReadonlyMap<number, number> | null) {
    this.name = name;
    this.#source = new Sfc32(`${seed}\u0000${name}`);
    this.#given = given;
  }

  /** From now on choices are drawn, whatever was recorded. */
  letDraw(): void {
    this.#given = null;
  }

  /** From now on choices follow from this seed alone, whatever was recorded or drawn before. */
  reseed(seed: string): void {
    this.#source = new Sfc32(`${seed}\u0000${this.name}`);
    this.#given = null;
    this.#toldUntil = Math.min(this.#toldUntil, this.#index);
  }

  below(arity: number): number {
    if (arity === 1) return 0;
    if (!(arity > 1 && arity <= arityMax && Number.isInteger(arity)))
      this.#refuse("below", "1 to 65 536 outcomes", arity);
    const given = this.#given;
    const value =
      given === null
        ? Math.floor((this.#source.next() / 0x1_0000_0000) * arity)
        : this.#recorded(given, arity);
    return this.#take(arity, value);
  }

  chance(probability: number): boolean {
    if (probability === 0) return false;
    if (!(probability > 0 && probability <= 1))
      this.#refuse("chance", "a probability from 0 to 1", probability);
    const given = this.#given;
    const value =
      given === null ? Number(this.#source.next() < probability * 0x1_0000_0000) : this.#recorded(given, 2);
    return this.#take(2, value) === 1;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) this.#refuse("pick", "at least one item", "none");
    return items[this.below(items.length)] as T;
  }

  /** With this probability a number from 1 to 65 535, else 0: whether something happens and all about it, in one choice. */
  hit(probability: number): number {
    if (probability <= 0) return 0;
    const given = this.#given;
    let value = 0;
    if (given !== null) value = this.#recorded(given, arityMax);
    else if (this.#source.next() < probability * 0x1_0000_0000)
      value = 1 + Math.floor((this.#source.next() / 0x1_0000_0000) * (arityMax - 1));
    return this.#take(arityMax, value);
  }

  /** A choice whose value the caller makes of a uniform 32-bit number. */
  choose(arity: number, of: (uniform: number) => number): number {
    const given = this.#given;
    return this.#take(arity, given === null ? of(this.#source.next()) : this.#recorded(given, arity));
  }

  /** The next choice has at least this index: what is left out before it does not shift it. */
  align(index: number): void {
    if (index <= this.#index) return;
    this.#index = index;
    this.#jumps.push(this.#count, index);
  }

  /** How many choices it made, with those that were left out. */
  get length(): number {
    return this.#index;
  }

  choices(): Choice[] {
    const all: Choice[] = [];
    const jumps = this.#jumps;
    let jump = 0;
    let index = 0;
    for (let at = 0; at < this.#count; at += 1) {
      for (; jumps[jump] === at; jump += 2) index = jumps[jump + 1]!;
      if (index >= this.#toldUntil) break;
      const value = this.#taken[2 * at]!;
      if (value !== 0) all.push({ stream: this.name, index, arity: this.#taken[2 * at + 1]! + 1, value });
      index += 1;
    }
    return all;
  }

  #refuse(what: string, expected: string, got: unknown): never {
    throw new SimulationError("bad-option", `"${what}" of a draw expected ${expected}, got ${String(got)}`);
  }

  #recorded(given: ReadonlyMap<number, number>, arity: number): number {
    return Math.min(given.get(this.#index) ?? 0, arity - 1);
  }

  #take(arity: number, value: number): number {
    const at = 2 * this.#count;
    if (at === this.#taken.length) {
      const taken = new Uint16Array(2 * at);
      taken.set(this.#taken);
      this.#taken = taken;
    }
    this.#taken[at] = value;
    this.#taken[at + 1] = arity - 1;
    this.#count += 1;
    this.#index += 1;
    return value;
  }
}

/** All streams of a run, by purpose. A change in what one purpose draws does not shift the others. */
export class Streams {
  #seed: string;
  #told = true;
  readonly #given: ReadonlyMap<string, ReadonlyMap<number, number>> | null;
  readonly #streams = new Map<string, Stream>();
  #draws: boolean;

  constructor(seed: string, choices: readonly Choice[] | null) {
    this.#seed = seed;
    this.#draws = choices === null;
    this.#given = choices === null ? null : byStream(choices);
  }

  get(name: string): Stream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new Stream(name, this.#seed, this.#draws ? null : (this.#given?.get(name) ?? new Map()));
      if (!this.#told) stream.reseed(this.#seed);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** From now on every stream draws. */
  letDraw(): void {
    this.#draws = true;
    for (const stream of this.#streams.values()) stream.letDraw();
  }

  /**
   * From now on every choice follows from the seed: when a core has to make progress, nothing may be chosen against it, also
   * not by leaving out choices.
   */
  reseed(): void {
    this.#seed = `${this.#seed}\u0000core`;
    this.#told = false;
    this.#draws = true;
    for (const stream of this.#streams.values()) stream.reseed(this.#seed);
  }

  lengths(): Record<string, number> {
    return Object.fromEntries([...this.#streams].map(([name, { length }]) => [name, length]));
  }

  choices(): Choice[] {
    return [...this.#streams.values()].flatMap((stream) => stream.choices());
  }
}

function byStream(choices: readonly Choice[]): Map<string, Map<number, number>> {
  const all = new Map<string, Map<number, number>>();
  for (const { stream, index, value } of choices) {
    const of = all.get(stream);
    if (of === undefined) all.set(stream, new Map([[index, value]]));
    else of.set(index, value);
  }
  return all;
}
