import type { StepLabel } from "../label.ts";
import { contentOf } from "../machine/content.ts";
import type { Machine } from "../machine/machine.ts";
import { type LabelledStep, stepsFrom } from "../machine/steps.ts";
import { Expander, type Sink } from "./expand.ts";
import type { Batch, States, Stored } from "./states.ts";

/** A vector as a text: the same whatever was seen in which order. */
export function vectorText(machine: Machine, vector: Int32Array): string {
  return [...vector].map((cell) => contentOf(machine, cell)).join("\n");
}

/** The least of some states in the order of their contents. */
export function leastOf(machine: Machine, states: Stored, indices: readonly number[]): number {
  let least = indices[0]!;
  if (indices.length === 1) return least;
  let leastText = vectorText(machine, states.vector(least));
  for (const index of indices.slice(1)) {
    const text = vectorText(machine, states.vector(index));
    if (text < leastText) [least, leastText] = [index, text];
  }
  return least;
}

/** Looks for one vector instead of keeping them. */
class Sought implements Sink {
  readonly #vector: Int32Array;
  found = false;

  constructor(vector: Int32Array) {
    this.#vector = vector;
  }

  insertAll({ size, vectors }: Batch): void {
    const { length } = this.#vector;
    for (let position = 0; position < size && !this.found; position++)
      this.found = this.#vector.every((cell, at) => cell === vectors[position * length + at]);
  }
}

/**
 * A shortest way to a state, from the levels of a breadth-first search alone: at each level the least of the states that lead
 * on. No parents are kept for it, and the order in which states were found does not matter.
 *
 * @param levels where each level begins.
 */
export function shortestPath(
  machine: Machine,
  states: Stored,
  levels: readonly number[],
  target: number,
): Int32Array[] {
  const path = [states.vector(target)];
  let level = levels.findLastIndex((first) => first <= target);
  while (--level >= 0) {
    const sought = new Sought(path[0]!);
    const expander = new Expander(machine, states, sought);
    const leading: number[] = [];
    for (let index = levels[level]!; index < levels[level + 1]!; index++) {
      sought.found = false;
      expander.expand(index);
      expander.flush();
      if (sought.found) leading.push(index);
    }
    path.unshift(states.vector(leastOf(machine, states, leading)));
  }
  return path;
}

/** The way to a state by its parents. */
export function pathByParents(states: States, target: number): Int32Array[] {
  const path: Int32Array[] = [];
  for (let index = target; index >= 0; index = states.parentOf(index)) path.unshift(states.vector(index));
  return path;
}

/** Takes the steps from vector to vector. */
function follow(
  machine: Machine,
  path: readonly Int32Array[],
  isThere: (vector: Int32Array, target: Int32Array) => boolean,
): LabelledStep[] {
  let from = path[0]!;
  return path.slice(1).map((target) => {
    const step = stepsFrom(machine, from).find(({ vector }) => isThere(vector, target));
    if (step === undefined)
      throw new Error("a path of the search is no path of the model: the checker is wrong");
    from = step.vector;
    return step;
  });
}

const isEqual = (one: Int32Array, other: Int32Array) => one.every((cell, at) => cell === other[at]);

/**
 * The labels of a path to a violation, and where it ends. With a reduction that picks representatives, the path is one of
 * classes; what comes back is a real run through them, to a state of the last class that violates something.
 */
export function runThrough(
  machine: Machine,
  path: readonly Int32Array[],
): { readonly labels: readonly StepLabel[]; readonly last: Int32Array } {
  const steps = follow(machine, path, (vector, target) => {
    const representative = vector.slice();
    for (const { at } of machine.reductions) at.canonical?.(representative);
    return isEqual(representative, target);
  });
  const classes = [path[0]!, ...steps.map(({ vector }) => vector)].map((vector) => machine.classOf(vector));
  const { views, seen } = machine;
  const which = classes
    .at(-1)!
    .findIndex((vector) => views.violation(views.view(vector, 0, seen.values)) !== null);
  const run = classes.map((spellings) => spellings[which]!);
  const labels = follow(machine, run, isEqual).flatMap(({ first, label }) => [...first, label]);
  return { labels, last: run.at(-1)! };
}
