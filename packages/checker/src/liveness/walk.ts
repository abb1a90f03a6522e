import { constraintsByLabel, type LivenessGraph } from "./graph.ts";

/** A way through one component of a graph, made longer by shortest ways. Costs no objects: components may be large. */
export class Walk {
  readonly #graph: LivenessGraph;
  readonly #inside: (state: number) => boolean;
  readonly #byLabel: ReturnType<typeof constraintsByLabel>;
  /** Of the last search: the state and the edge before each state that it came to; -1 for none. */
  readonly #before: Int32Array;
  readonly #by: Int32Array;
  /** Step `i` took `labels[i]` and led to `states[i]`. */
  readonly states: number[] = [];
  readonly labels: number[] = [];
  at: number;

  constructor(graph: LivenessGraph, start: number, inside: (state: number) => boolean) {
    this.#graph = graph;
    this.#inside = inside;
    this.#byLabel = constraintsByLabel(graph);
    this.#before = new Int32Array(graph.states).fill(-1);
    this.#by = new Int32Array(graph.states);
    this.at = start;
  }

  /** Does a step with this label take the constraint? */
  takes(constraint: number, label: number): boolean {
    const { offsets, ids } = this.#byLabel;
    for (let at = offsets[label]!; at < offsets[label + 1]!; at += 1) if (ids[at] === constraint) return true;
    return false;
  }

  /** Is the constraint enabled in the state? */
  enables(constraint: number, state: number): boolean {
    const { offsets, targets, labels } = this.#graph;
    for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1)
      if (targets[edge] !== state && this.takes(constraint, labels[edge]!)) return true;
    return false;
  }

  /**
   * Appends a shortest way of at least one step whose last step is wanted, and moves to its end; false if the component has
   * none.
   */
  go(wanted: (from: number, label: number, to: number) => boolean): boolean {
    const { offsets, targets, labels } = this.#graph;
    const before = this.#before;
    const queue = [this.at];
    let found = -1;
    before[this.at] = this.at;
    for (let head = 0; head < queue.length && found < 0; head += 1) {
      const state = queue[head]!;
      for (let edge = offsets[state]!; edge < offsets[state + 1]! && found < 0; edge += 1) {
        const target = targets[edge]!;
        if (!this.#inside(target)) continue;
        if (wanted(state, labels[edge]!, target)) {
          this.#append(state, edge);
          found = target;
        } else if (before[target] === -1) {
          before[target] = state;
          this.#by[target] = edge;
          queue.push(target);
        }
      }
    }
    for (const state of queue) before[state] = -1;
    if (found < 0) return false;
    this.at = found;
    return true;
  }

  #append(last: number, edge: number): void {
    const { targets, labels } = this.#graph;
    const edges = [edge];
    for (let state = last; state !== this.at; state = this.#before[state]!) edges.push(this.#by[state]!);
    for (const by of edges.reverse()) {
      this.states.push(targets[by]!);
      this.labels.push(labels[by]!);
    }
  }
}
