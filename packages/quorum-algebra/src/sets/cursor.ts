import { type Diagram, no, yes } from "../toolkit/diagram.ts";
import { childParts, type Part } from "./parts.ts";
import { nextChoice } from "./search.ts";

/** Goes through sets one by one, without keeping any but the present one. */
export interface Cursor {
  /** Begins anew; there is a set. */
  first(): void;
  /** False: the present set was the last. */
  next(): boolean;
  /** Writes the nodes of the present set from `at` on; returns where they end. */
  write(out: Int32Array, at: number): number;
}

/** The minimal sets of a part, of which there must be one at least. A set takes time in its size and the gates above it. */
export function cursorOf(part: Part): Cursor {
  switch (part.t) {
    case "const":
      // The empty set alone. Cores never choose such a part: their diagrams do not ask for it. For "never" nobody begins.
      return new Product(new ByCount(0, 0), []);
    case "node":
      return new One(part.index);
    case "thr":
      return new Product(new ByCount(part.k, part.of.length), childParts(part).map(cursorOf));
    case "wthr":
      return new Product(
        new ByWeight(
          part.k,
          part.of.map(([weight]) => weight),
        ),
        childParts(part).map(cursorOf),
      );
    case "core":
      return new Product(
        new ByPath(part.diagram, part.diagram.minimal(part.root)),
        childParts(part).map(cursorOf),
      );
  }
}

class One implements Cursor {
  readonly #index: number;
  constructor(index: number) {
    this.#index = index;
  }
  first(): void {}
  next(): boolean {
    return false;
  }
  write(out: Int32Array, at: number): number {
    out[at] = this.#index;
    return at + 1;
  }
}

/** Minimal sets of children that make a gate hold. */
interface Choices {
  /** Numbers of the chosen children. */
  readonly chosen: readonly number[];
  /** There always is one. */
  first(): void;
  next(): boolean;
}

/** For every choice of children, every choice of one set from each. */
class Product implements Cursor {
  readonly #choices: Choices;
  readonly #children: readonly Cursor[];
  constructor(choices: Choices, children: readonly Cursor[]) {
    this.#choices = choices;
    this.#children = children;
  }
  first(): void {
    this.#choices.first();
    for (const i of this.#choices.chosen) this.#children[i]!.first();
  }
  next(): boolean {
    const { chosen } = this.#choices;
    for (let j = chosen.length - 1; j >= 0; j--) {
      const child = this.#children[chosen[j]!]!;
      if (child.next()) return true;
      child.first();
    }
    if (!this.#choices.next()) return false;
    for (const i of this.#choices.chosen) this.#children[i]!.first();
    return true;
  }
  write(out: Int32Array, at: number): number {
    let end = at;
    for (const i of this.#choices.chosen) end = this.#children[i]!.write(out, end);
    return end;
  }
}

class ByCount implements Choices {
  readonly chosen: number[];
  readonly #count: number;
  constructor(k: number, count: number) {
    this.chosen = new Array<number>(k).fill(0);
    this.#count = count;
  }
  first(): void {
    for (let j = 0; j < this.chosen.length; j++) this.chosen[j] = j;
  }
  next(): boolean {
    return nextChoice(this.chosen, this.#count);
  }
}

/**
 * By falling weight: the child that reaches the threshold is the lightest of its set, so the set is minimal. A child is left
 * out only if those after it suffice, so every branch ends in a set.
 */
class ByWeight implements Choices {
  readonly chosen: number[] = [];
  readonly #k: bigint;
  readonly #weights: readonly bigint[];
  /** Weight of the child and of all after it. */
  readonly #left: bigint[];
  #sum = 0n;
  constructor(k: bigint, weights: readonly bigint[]) {
    this.#k = k;
    this.#weights = weights;
    this.#left = new Array<bigint>(weights.length + 1).fill(0n);
    for (let i = weights.length - 1; i >= 0; i--) this.#left[i] = this.#left[i + 1]! + weights[i]!;
  }
  first(): void {
    this.chosen.length = 0;
    this.#sum = 0n;
    this.#take(0);
  }
  next(): boolean {
    for (let i = this.chosen.pop(); i !== undefined; i = this.chosen.pop()) {
      this.#sum -= this.#weights[i]!;
      if (this.#sum + this.#left[i + 1]! < this.#k) continue;
      this.#take(i + 1);
      return true;
    }
    return false;
  }
  #take(from: number): void {
    for (let i = from; this.#sum < this.#k; i++) {
      this.chosen.push(i);
      this.#sum += this.#weights[i]!;
    }
  }
}

/** The sets of a family: the paths to its end `yes`. A table of a family has sets with its variable, always. */
class ByPath implements Choices {
  readonly chosen: number[] = [];
  readonly #diagram: Diagram;
  readonly #root: number;
  readonly #path: number[] = [];
  constructor(diagram: Diagram, root: number) {
    this.#diagram = diagram;
    this.#root = root;
  }
  first(): void {
    this.chosen.length = 0;
    this.#path.length = 0;
    this.#take(this.#root);
  }
  next(): boolean {
    for (let node = this.#path.pop(); node !== undefined; node = this.#path.pop()) {
      this.chosen.pop();
      const low = this.#diagram.low(node);
      if (low === no) continue;
      this.#take(low);
      return true;
    }
    return false;
  }
  #take(from: number): void {
    for (let node = from; node !== yes; node = this.#diagram.high(node)) {
      this.#path.push(node);
      this.chosen.push(this.#diagram.level(node));
    }
  }
}
