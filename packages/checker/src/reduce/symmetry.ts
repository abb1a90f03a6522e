import { CheckerError } from "../error.ts";
import { Ints } from "../machine/intern.ts";
import type { Machine } from "../machine/machine.ts";
import type { AttachedReduction, Reduction } from "../machine/reduction.ts";
import { equivariance } from "./equivariance.ts";
import { automorphisms, Group, type Permutation } from "./group.ts";
import { Images } from "./images.ts";

/**
 * Invariant: of every cell that has the number of an orbit, the images under all permutations are known and have it too.
 * Permutation 0 changes nothing.
 */
class Symmetry implements AttachedReduction {
  readonly #machine: Machine;
  readonly #group: Group;
  readonly #images: Images;
  /** By permutation and cell: the image + 1, or 0. */
  readonly #tables: Ints[];
  /** Of each cell: its orbit + 1, or 0. */
  readonly #orbits = new Ints();
  #orbitCount = 0;
  /** By permutation: for each place, who comes there. */
  readonly #sources: readonly (readonly number[])[];
  /** Places that some permutation moves. */
  readonly #moved: readonly number[];
  readonly #ranks: Int32Array;
  readonly #before: Int32Array;
  readonly #moving = new Set<number>();
  /** By permutation: from what is seen of a cell to what is seen of its image. */
  readonly #sights: Map<number, number>[];
  #begun = false;

  constructor(machine: Machine, group: readonly Permutation[]) {
    this.#machine = machine;
    this.#group = new Group(group);
    this.#images = new Images(machine, group);
    this.#tables = group.map(() => new Ints());
    this.#sights = group.map(() => new Map());
    const { processes } = machine.plan;
    this.#sources = group.map((one) => processes.map(({ index }) => one.processes.indexOf(index)));
    this.#moved = processes
      .map(({ index }) => index)
      .filter((at) => this.#sources.some((from) => from[at] !== at));
    this.#ranks = new Int32Array(processes.length);
    this.#before = new Int32Array(processes.length);
  }

  watch(cell: number): void {
    this.#moving.add(cell);
  }

  /** The least image: orbits decide first, so that cells are compared only where orbits leave more than one permutation. */
  canonical(vector: Int32Array): void {
    if (!this.#begun) this.#begin(vector);
    if (this.#group.size === 1) return;
    for (const at of this.#moved) this.#ranks[at] = this.#orbitOf(vector[at]!);
    let least = [0];
    for (let which = 1; which < this.#group.size; which++) {
      const order = this.#compareRanks(which, least[0]!);
      if (order < 0) least = [which];
      else if (order === 0) least.push(which);
    }
    let best = least[0]!;
    for (let at = 1; at < least.length; at++)
      if (this.#compareImages(vector, least[at]!, best) < 0) best = least[at]!;
    if (best !== 0) this.#permute(vector, best, vector);
  }

  classOf(vector: Int32Array): readonly Int32Array[] {
    return this.#group.permutations.map((_, which) => {
      const image = vector.slice();
      this.#permute(vector, which, image);
      return image;
    });
  }

  checked(): string {
    if (this.#group.size === 1) return "the configuration has no symmetry, so nothing was left out";
    const generators = this.#group
      .generators()
      .map((which) => ({ which, processes: this.#group.permutations[which]!.processes }));
    const cells = equivariance(this.#machine, this.#images, this.#moving, generators, (which, cell) =>
      this.#image(which, cell),
    );
    return `${this.#group.size} renamings keep the configuration; every step of ${cells} cells is renamed by them to a step`;
  }

  #begin(initial: Int32Array): void {
    this.#begun = true;
    for (let which = 1; which < this.#group.size; which++) {
      const image = initial.slice();
      this.#permute(initial, which, image);
      const at = image.findIndex((cell, place) => cell !== initial[place]);
      if (at >= 0)
        throw new CheckerError(
          "reduction",
          `"symmetry" expected equal processes to begin alike, but ${this.#machine.plan.processes[at]!.key} begins in another way than the one that it may be renamed to; search without this reduction`,
        );
    }
  }

  #permute(from: Int32Array, which: number, to: Int32Array): void {
    const sources = this.#sources[which]!;
    const before = this.#before;
    for (let at = 0; at < before.length; at++) before[at] = from[at]!;
    for (let at = 0; at < before.length; at++) to[at] = this.#image(which, before[sources[at]!]!);
  }

  #compareRanks(one: number, other: number): number {
    const from = this.#sources[one]!;
    const against = this.#sources[other]!;
    for (const at of this.#moved) {
      const order = this.#ranks[from[at]!]! - this.#ranks[against[at]!]!;
      if (order !== 0) return order;
    }
    return 0;
  }

  #compareImages(vector: Int32Array, one: number, other: number): number {
    const from = this.#sources[one]!;
    const against = this.#sources[other]!;
    for (let at = 0; at < from.length; at++) {
      const order = this.#image(one, vector[from[at]!]!) - this.#image(other, vector[against[at]!]!);
      if (order !== 0) return order;
    }
    return 0;
  }

  #orbitOf(cell: number): number {
    if (cell >= this.#orbits.length || this.#orbits.values[cell] === 0) this.#explore(cell);
    return this.#orbits.values[cell]!;
  }

  #image(which: number, cell: number): number {
    const table = this.#tables[which]!;
    if (cell >= table.length || table.values[cell] === 0) this.#explore(cell);
    return table.values[cell]! - 1;
  }

  /** All images of a cell and of its images: permutations that agree on what the cell touches make the same of it. */
  #explore(cell: number): void {
    const { processes, ids } = this.#images.touched(cell);
    const { permutations } = this.#group;
    const first = new Map<string, number>();
    const images: number[] = [];
    permutations.forEach((permutation, which) => {
      const key = `${processes.map((one) => permutation.processes[one])} ${ids.map((id) => permutation.ids.get(id))}`;
      const same = first.get(key);
      images.push(same === undefined ? this.#images.cell(which, cell) : images[same]!);
      if (same === undefined) first.set(key, which);
    });
    this.#grow();
    this.#orbitCount += 1;
    for (const one of first.values()) {
      const image = images[one]!;
      if (this.#orbits.values[image] !== 0) continue;
      this.#orbits.values[image] = this.#orbitCount;
      this.#tables.forEach((table, which) => {
        const further = images[this.#group.product(one, which)]!;
        this.#compareSights(image, further, which);
        table.values[image] = further + 1;
      });
    }
  }

  /** Equal views must stand for equal classes of views, since properties are asked once for each. */
  #compareSights(cell: number, image: number, which: number): void {
    const { seen, plan, parts } = this.#machine;
    const sights = this.#sights[which]!;
    const [sight, shown] = [seen.values[cell]!, seen.values[image]!];
    const known = sights.get(sight);
    if (known === undefined) sights.set(sight, shown);
    else if (known !== shown) {
      const { key, engine } = plan.processes[parts.locals.value(this.#machine.localOf(cell)).process]!;
      throw new CheckerError(
        "reduction",
        `"symmetry" expected "observe" of "${engine.name}" to show equal things of equal states, but of ${key} it shows one thing where renaming makes two; search without this reduction`,
      );
    }
  }

  #grow(): void {
    const length = this.#machine.cellCount;
    for (const table of [...this.#tables, this.#orbits]) {
      table.reserve(length);
      table.length = length;
    }
  }
}

/** @param group of renamings; if they do not keep the configuration, the verdict is wrong and `checked` throws. */
export function symmetryOf(machine: Machine, group: readonly Permutation[]): AttachedReduction {
  return new Symmetry(machine, group);
}

/**
 * States that differ by names only are one. Which names: those renamings that make of the configuration the same configuration,
 * computed from the model, and never all permutations. Checked: the initial state is kept, and of every cell that is met, in
 * every spelling, each step is renamed to a step. Properties are asked about every spelling, so they need not be symmetric.
 *
 * Not with `splitFlush`, and for safety only: of an infinite run, renaming on the way may make another one.
 *
 * @param values ids of an opaque sort that are no processes and may be renamed too: proposed values, for example.
 * @example
 * check(model, { reductions: [inertMessages, configurationSymmetry()] });
 */
export function configurationSymmetry(values: readonly string[] = []): Reduction {
  return {
    name: "symmetry",
    attach(machine) {
      if (machine.plan.split)
        throw new CheckerError(
          "reduction",
          '"symmetry" expected faults without "splitFlush", where messages leave in the order of a list, which renaming does not keep; search without one of them',
        );
      return symmetryOf(machine, automorphisms(machine.plan, values));
    },
  };
}
