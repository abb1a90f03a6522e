import type { LivenessGraph } from "./graph.ts";
import type { Violation } from "./property.ts";

/** A predicate on the states of a graph, one byte each: 1 means yes. */
export type StateSet = Uint8Array;

/** A violation over the states of one graph. */
export interface GraphViolation {
  readonly starts: StateSet | null;
  readonly avoids: StateSet | null;
  readonly visits: StateSet | null;
}

/** Evaluates the predicates of a violation, once for each state. */
export function onGraph(graph: LivenessGraph, violation: Violation<number>): GraphViolation {
  const set = (predicate: ((state: number) => boolean) | null): StateSet | null => {
    if (predicate === null) return null;
    const bytes = new Uint8Array(graph.states);
    for (let state = 0; state < bytes.length; state += 1) if (predicate(state)) bytes[state] = 1;
    return bytes;
  };
  return { starts: set(violation.starts), avoids: set(violation.avoids), visits: set(violation.visits) };
}

/**
 * Breadth-first search from the initial states over nodes: a state in the first part of a run (`s`), or in the part that
 * avoids the goal (`base + s`). Without a first part `base` is 0 and there is one node for each state.
 */
export interface Region {
  readonly base: number;
  /** Nodes in the order of their distance. */
  readonly order: Uint32Array;
  /** The node before each node on a shortest way: -1 for a first node, -2 for one that was not reached. */
  readonly parent: Int32Array;
}

/** Which states a run that breaks the property may come through. */
export function regionOf(graph: LivenessGraph, violation: GraphViolation): Region {
  const { states, offsets, targets } = graph;
  const { starts, avoids } = violation;
  const base = starts === null ? 0 : states;
  const parent = new Int32Array(base + states).fill(-2);
  const order = new Uint32Array(base + states);
  let end = 0;
  const reach = (node: number, from: number): void => {
    if (parent[node] !== -2) return;
    parent[node] = from;
    order[end++] = node;
  };
  const enter = (state: number, from: number): void => {
    if (avoids === null || avoids[state] === 0) reach(base + state, from);
  };
  const arrive = (state: number, from: number): void => {
    if (starts === null) enter(state, from);
    else {
      reach(state, from);
      if (starts[state] === 1) enter(state, from);
    }
  };
  for (const state of graph.initial) arrive(state, -1);
  for (let at = 0; at < end; at += 1) {
    const node = order[at]!;
    const avoiding = node >= base;
    const state = avoiding ? node - base : node;
    for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1)
      if (avoiding) enter(targets[edge]!, node);
      else arrive(targets[edge]!, node);
  }
  return { base, order: order.slice(0, end), parent };
}
