import type { Components } from "./components.ts";
import { constraintsByLabel, type LivenessGraph } from "./graph.ts";
import type { StateSet } from "./region.ts";

/**
 * Which components of a part of a graph hold a fair cycle. Counts, for one component at a time, the states in which each
 * constraint is enabled, and whether one of its steps stays inside.
 */
export class FairParts {
  readonly #graph: LivenessGraph;
  readonly #components: Components;
  readonly #visits: StateSet | null;
  readonly #byLabel: ReturnType<typeof constraintsByLabel>;
  readonly #strong: Uint8Array;
  readonly #enabledIn: Uint32Array;
  readonly #takenInside: Uint8Array;
  /** The state (plus one) that was last counted for a constraint. */
  readonly #countedFor: Uint32Array;
  readonly #touched: number[] = [];
  /** Parts to decompose again, without the states in which a strongly fair action is enabled that cannot be taken. */
  readonly #again: Uint32Array[] = [];
  /** 1 for each state of a component with a fair cycle. */
  readonly fair: Uint8Array;
  /** How many components were looked at. */
  looked = 0;

  constructor(graph: LivenessGraph, components: Components, visits: StateSet | null) {
    const { states, constraints } = graph;
    this.#graph = graph;
    this.#components = components;
    this.#visits = visits;
    this.#byLabel = constraintsByLabel(graph);
    this.#strong = Uint8Array.from(constraints, ({ kind }) => (kind === "strong" ? 1 : 0));
    this.#enabledIn = new Uint32Array(constraints.length);
    this.#takenInside = new Uint8Array(constraints.length);
    this.#countedFor = new Uint32Array(constraints.length);
    this.fair = new Uint8Array(states);
  }

  /** Id of the component of each state; only states in `fair` have their last word here. */
  get componentOf(): Uint32Array {
    return this.#components.of;
  }

  /** Looks through the subgraph of `members`; true if some component is fair. */
  search(members: Uint32Array): boolean {
    let found = false;
    this.#again.push(members);
    for (let part = this.#again.pop(); part !== undefined; part = this.#again.pop())
      this.#components.decompose(part, (begin, end, id) => {
        this.looked += 1;
        if (!this.#isFair(begin, end, id)) return;
        found = true;
        const { pending } = this.#components;
        for (let at = begin; at < end; at += 1) this.fair[pending[at]!] = 1;
      });
    return found;
  }

  #isFair(begin: number, end: number, id: number): boolean {
    if (!this.#isVisited(begin, end)) return false;
    for (let at = begin; at < end; at += 1) this.#count(this.#components.pending[at]!, id);
    let weakBroken = false;
    let strongBroken = false;
    for (const constraint of this.#touched) {
      if (this.#takenInside[constraint] === 1) continue;
      if (this.#strong[constraint] === 1) strongBroken = true;
      // Enabled in all states and never taken: so it is in every cycle inside, and no part can do better.
      else if (this.#enabledIn[constraint] === end - begin) weakBroken = true;
    }
    if (strongBroken && !weakBroken) this.#retry(begin, end);
    for (const constraint of this.#touched) {
      this.#enabledIn[constraint] = 0;
      this.#takenInside[constraint] = 0;
      this.#countedFor[constraint] = 0;
    }
    this.#touched.length = 0;
    return !weakBroken && !strongBroken;
  }

  #isVisited(begin: number, end: number): boolean {
    if (this.#visits === null) return true;
    for (let at = begin; at < end; at += 1)
      if (this.#visits[this.#components.pending[at]!] === 1) return true;
    return false;
  }

  /** Takes one state of component `id` into the counts. Steps that change nothing do not count. */
  #count(state: number, id: number): void {
    const { offsets, targets, labels } = this.#graph;
    const { offsets: begins, ids } = this.#byLabel;
    const componentOf = this.#components.of;
    for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1) {
      const target = targets[edge]!;
      if (target === state) continue;
      const label = labels[edge]!;
      for (let at = begins[label]!; at < begins[label + 1]!; at += 1) {
        const constraint = ids[at]!;
        if (this.#countedFor[constraint] !== state + 1) {
          if (this.#enabledIn[constraint] === 0) this.#touched.push(constraint);
          this.#countedFor[constraint] = state + 1;
          this.#enabledIn[constraint]! += 1;
        }
        if (componentOf[target] === id) this.#takenInside[constraint] = 1;
      }
    }
  }

  /** A run inside that is fair avoids the states in which an untakeable strongly fair action is enabled. */
  #retry(begin: number, end: number): void {
    const { pending } = this.#components;
    const left = pending.slice(begin, end).filter((state) => !this.#enablesUntaken(state));
    if (left.length > 0) this.#again.push(left);
  }

  #enablesUntaken(state: number): boolean {
    const { offsets, targets, labels } = this.#graph;
    const { offsets: begins, ids } = this.#byLabel;
    for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1) {
      if (targets[edge] === state) continue;
      const label = labels[edge]!;
      for (let at = begins[label]!; at < begins[label + 1]!; at += 1)
        if (this.#strong[ids[at]!] === 1 && this.#takenInside[ids[at]!] === 0) return true;
    }
    return false;
  }
}
