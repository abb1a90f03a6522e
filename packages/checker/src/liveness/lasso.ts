import type { FairParts } from "./fairness.ts";
import { constraintsByLabel, type LivenessGraph } from "./graph.ts";
import { type Lasso, stutter } from "./property.ts";
import type { GraphViolation, Region } from "./region.ts";

/** Steps from state to state: `labels[i]` leads to `states[i]`. */
interface Way {
  readonly states: number[];
  readonly labels: number[];
}

/** The shortest way from an initial state to a state with a fair cycle. */
function prefixInto({ base, order, parent }: Region, fair: Uint8Array): number[] {
  const goal = order.find((node) => node >= base && fair[node - base] === 1)!;
  const states: number[] = [];
  for (let node = goal; node >= 0; node = parent[node]!) {
    states.push(node >= base ? node - base : node);
  }
  return states.reverse();
}

function labelBetween({ offsets, targets, labels }: LivenessGraph, from: number, to: number): number {
  for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge += 1)
    if (targets[edge] === to) return labels[edge]!;
  throw new Error(`no edge leads from state ${from} to state ${to}`);
}

/** Shortest ways inside one component, and what a cycle through it still owes. */
class Walk {
  readonly #graph: LivenessGraph;
  readonly #inside: (state: number) => boolean;
  readonly #byLabel: ReturnType<typeof constraintsByLabel>;
  readonly way: Way = { states: [], labels: [] };
  at: number;

  constructor(graph: LivenessGraph, start: number, inside: (state: number) => boolean) {
    this.#graph = graph;
    this.#inside = inside;
    this.#byLabel = constraintsByLabel(graph);
    this.at = start;
  }

  /** Constraints with a step that leaves the state. */
  enabled(state: number): Set<number> {
    const { offsets, targets, labels } = this.#graph;
    const found = new Set<number>();
    for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1)
      if (targets[edge] !== state) for (const constraint of this.#of(labels[edge]!)) found.add(constraint);
    return found;
  }

  #of(label: number): Uint32Array {
    const { offsets, ids } = this.#byLabel;
    return ids.subarray(offsets[label]!, offsets[label + 1]!);
  }

  takes(constraint: number, label: number): boolean {
    return this.#of(label).includes(constraint);
  }

  /** States inside, by breadth-first search from here. */
  states(): number[] {
    const seen = new Set([this.at]);
    for (const state of seen) {
      const { offsets, targets } = this.#graph;
      for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1)
        if (this.#inside(targets[edge]!)) seen.add(targets[edge]!);
    }
    return [...seen];
  }

  /** Goes a shortest way of at least one step that ends with a step that is wanted; false if there is none. */
  go(wanted: (from: number, label: number, to: number) => boolean): boolean {
    const { offsets, targets, labels } = this.#graph;
    const before = new Map<number, readonly [state: number, label: number]>();
    const queue = [this.at];
    for (const state of queue)
      for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1) {
        const target = targets[edge]!;
        if (!this.#inside(target)) continue;
        if (wanted(state, labels[edge]!, target)) {
          this.#append(before, state, labels[edge]!, target);
          return true;
        }
        if (target === this.at || before.has(target)) continue;
        before.set(target, [state, labels[edge]!]);
        queue.push(target);
      }
    return false;
  }

  #append(
    before: ReadonlyMap<number, readonly [number, number]>,
    from: number,
    label: number,
    to: number,
  ): void {
    const states = [to];
    const labels = [label];
    for (let state = from; state !== this.at; ) {
      const [earlier, by] = before.get(state)!;
      states.push(state);
      labels.push(by);
      state = earlier;
    }
    // Not one call with all of them as arguments: a way may be longer than the call stack.
    for (const state of states.reverse()) this.way.states.push(state);
    for (const by of labels.reverse()) this.way.labels.push(by);
    this.at = to;
  }
}

/** Goes through a witness of every constraint and of `visits`, and back to where it began. */
function cycleFrom(
  graph: LivenessGraph,
  start: number,
  inside: (state: number) => boolean,
  visits: Uint8Array | null,
): Way {
  const walk = new Walk(graph, start, inside);
  const states = walk.states();
  const enabled = new Map(states.map((state) => [state, walk.enabled(state)]));
  const visited = (state: number): boolean => visits === null || visits[state] === 1;
  // Where nothing that must happen is enabled, staying is the simplest fair run.
  if (visited(start) && enabled.get(start)!.size === 0) return { states: [start], labels: [stutter] };
  const passed = (holds: (state: number) => boolean): boolean =>
    holds(start) || walk.way.states.some((state) => holds(state));
  graph.constraints.forEach(({ kind }, constraint) => {
    const off = (state: number): boolean => !enabled.get(state)!.has(constraint);
    if (states.every(off)) return;
    const taken = walk.way.labels.some(
      (label, at) =>
        walk.takes(constraint, label) && (walk.way.states[at - 1] ?? start) !== walk.way.states[at],
    );
    if (taken || (kind === "weak" && passed(off))) return;
    if (kind === "weak" && walk.go((_from, _label, to) => off(to))) return;
    if (!walk.go((from, label, to) => from !== to && walk.takes(constraint, label)))
      throw new Error(`constraint ${constraint} has no witness in a component that was found fair`);
  });
  if (!passed(visited)) walk.go((_from, _label, to) => visited(to));
  if (walk.at !== start) walk.go((_from, _label, to) => to === start);
  if (walk.way.labels.length === 0) return { states: [start], labels: [stutter] };
  return walk.way;
}

/** A run that breaks the property: a shortest prefix into a fair component, and a fair cycle there over real edges. */
export function lassoInto(
  graph: LivenessGraph,
  violation: GraphViolation,
  region: Region,
  parts: FairParts,
): Lasso {
  const prefix = prefixInto(region, parts.fair);
  const entry = prefix.at(-1)!;
  const { componentOf } = parts;
  const id = componentOf[entry]!;
  const cycle = cycleFrom(graph, entry, (state) => componentOf[state] === id, violation.visits);
  const steps = prefix.slice(1).map((state, at) => labelBetween(graph, prefix[at]!, state));
  return {
    states: [...prefix, ...cycle.states.slice(0, -1)],
    labels: [...steps, ...cycle.labels],
    loop: prefix.length - 1,
  };
}
