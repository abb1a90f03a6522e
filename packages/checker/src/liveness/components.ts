import type { LivenessGraph } from "./graph.ts";

/** Rank of a state that is not to be visited. Ids of components count down from it. */
const outside = 0xffff_ffff;

/**
 * Strongly connected components of a part of a graph (Tarjan's algorithm with one rank for each state, after Pearce),
 * with explicit stacks.
 *
 * A rank is 0 for a state to visit, the least index known to be reachable while a state is open, and the id of its
 * component afterwards. Ids are above all indices, so that one comparison leaves out finished states, and states outside
 * look as if they were finished.
 */
export class Components {
  readonly #graph: LivenessGraph;
  readonly #rank: Uint32Array;
  /** States of components that are still open; the states of a component found lie at its end. */
  readonly pending: Uint32Array;
  readonly #calls: Uint32Array;
  readonly #cursors: Uint32Array;
  readonly #entered: Uint32Array;
  #nextId = outside - 1;

  constructor(graph: LivenessGraph) {
    const { states } = graph;
    this.#graph = graph;
    this.#rank = new Uint32Array(states).fill(outside);
    this.pending = new Uint32Array(states);
    this.#calls = new Uint32Array(states);
    this.#cursors = new Uint32Array(states);
    this.#entered = new Uint32Array(states);
  }

  /** The id of the component of each state that was decomposed. Ids are never used twice. */
  get of(): Uint32Array {
    return this.#rank;
  }

  /**
   * Decomposes the subgraph of `members`. `found` is told each component, single states included, as a part of
   * `pending`, and may not call this function.
   */
  decompose(members: Uint32Array, found: (begin: number, end: number, id: number) => void): void {
    const rank = this.#rank;
    for (const state of members) rank[state] = 0;
    let index = 0;
    for (const state of members) if (rank[state] === 0) index = this.#visit(state, index, found);
  }

  #visit(root: number, indexBefore: number, found: (begin: number, end: number, id: number) => void): number {
    const { offsets, targets } = this.#graph;
    const rank = this.#rank;
    const pending = this.pending;
    const calls = this.#calls;
    const cursors = this.#cursors;
    const entered = this.#entered;
    let index = indexBefore + 1;
    let top = 0;
    let depth = 0;
    calls[0] = root;
    cursors[0] = offsets[root]!;
    entered[0] = index;
    rank[root] = index;
    while (depth >= 0) {
      const state = calls[depth]!;
      const end = offsets[state + 1]!;
      let low = rank[state]!;
      let child = -1;
      let cursor = cursors[depth]!;
      for (; cursor < end; cursor += 1) {
        const reached = rank[targets[cursor]!]!;
        if (reached === 0) {
          child = targets[cursor]!;
          break;
        }
        if (reached < low) low = reached;
      }
      rank[state] = low;
      if (child >= 0) {
        // The edge is looked at again when the child is done: then its rank counts.
        cursors[depth] = cursor;
        depth += 1;
        index += 1;
        calls[depth] = child;
        cursors[depth] = offsets[child]!;
        entered[depth] = index;
        rank[child] = index;
        continue;
      }
      const begin = top;
      pending[top++] = state;
      if (low === entered[depth]) top = this.#close(begin, top, low, found);
      depth -= 1;
    }
    return index;
  }

  /** Everything open above the root is its component. */
  #close(
    root: number,
    end: number,
    low: number,
    found: (begin: number, end: number, id: number) => void,
  ): number {
    const rank = this.#rank;
    const pending = this.pending;
    let begin = root;
    while (begin > 0 && rank[pending[begin - 1]!]! >= low) begin -= 1;
    const id = this.#nextId--;
    for (let at = begin; at < end; at += 1) rank[pending[at]!] = id;
    found(begin, end, id);
    return begin;
  }
}
