import { CheckerError } from "../error.ts";
import { anyText } from "../machine/plain.ts";

/**
 * A demand on infinite runs: labels that together count as one action of a fair scheduler. Weak: if the action stays
 * enabled for ever it is taken again and again. Strong: likewise if it is enabled again and again.
 */
export interface FairnessConstraint {
  readonly name: string;
  readonly kind: "weak" | "strong";
  /** Labels of the steps that count as taking the action. */
  readonly labels: readonly number[];
}

/**
 * An explicit transition graph in flat arrays: the edges of state `s` are `offsets[s]` to `offsets[s + 1] - 1`.
 *
 * An action is enabled in a state when one of its edges leaves the state: a step that changes nothing counts as neither
 * taken nor enabled. Every state may also stutter, which is no edge.
 */
export interface LivenessGraph {
  /** States are 0 to `states` - 1. */
  readonly states: number;
  readonly initial: readonly number[];
  /** `states` + 1 entries, rising. */
  readonly offsets: Uint32Array;
  /** Target of each edge. */
  readonly targets: Uint32Array;
  /** Label of each edge, an index of `labelNames`. */
  readonly labels: Uint32Array;
  readonly labelNames: readonly string[];
  readonly constraints: readonly FairnessConstraint[];
  /**
   * 1 for a state with an enabled step that is not in the graph, since the search stopped or a bound cut it off. Such a
   * state is not a terminal state, and nothing is known of what is disabled in it. Null: every state is complete.
   */
  readonly incomplete: Uint8Array | null;
  /** Reductions of the search under which cycles of the graph are not cycles of the model, such as `symmetry`. */
  readonly reductions: readonly string[];
}

/** One edge of a graph given as a list: from, label, to. */
export type Edge = readonly [from: number, label: number, to: number];

/** What `graphOf` needs; what is left out means none, or complete. */
export interface GraphParts {
  readonly states: number;
  readonly initial: readonly number[];
  readonly edges: readonly Edge[];
  readonly labelNames: readonly string[];
  readonly constraints?: readonly FairnessConstraint[];
  /** States with an enabled step that is not among the edges. */
  readonly incomplete?: readonly number[];
  readonly reductions?: readonly string[];
}

function within(title: string, value: number, bound: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= bound)
    throw new CheckerError(
      "model",
      `"${title}" expected an integer from 0 to ${bound - 1}, got ${value}: number states and labels from 0 without gaps`,
    );
}

/**
 * A graph from lists, for tests and small models.
 *
 * @throws CheckerError when a state or label does not exist.
 * @example
 * const graph = graphOf({ states: 2, initial: [0], edges: [[0, 0, 1]], labelNames: ["go"],
 *   constraints: [{ name: "go", kind: "weak", labels: [0] }] });
 */
export function graphOf(parts: GraphParts): LivenessGraph {
  const { states, initial, edges, labelNames, constraints = [], reductions = [] } = parts;
  if (!Number.isSafeInteger(states) || states < 1)
    throw new CheckerError("model", `"states" expected a positive integer, got ${states}`);
  for (const state of initial) within("initial", state, states);
  for (const { name, kind, labels } of constraints) {
    if (kind !== "weak" && kind !== "strong")
      throw new CheckerError(
        "model",
        `"kind" of the constraint "${name}" expected weak or strong, got ${anyText(kind)}`,
      );
    for (const label of labels) within(`labels of ${name}`, label, labelNames.length);
  }
  const offsets = new Uint32Array(states + 1);
  for (const [from, label, to] of edges) {
    within("from", from, states);
    within("label", label, labelNames.length);
    within("to", to, states);
    offsets[from + 1]! += 1;
  }
  for (let state = 0; state < states; state += 1) offsets[state + 1]! += offsets[state]!;
  const next = offsets.slice();
  const targets = new Uint32Array(edges.length);
  const labels = new Uint32Array(edges.length);
  for (const [from, label, to] of edges) {
    const at = next[from]!++;
    targets[at] = to;
    labels[at] = label;
  }
  let incomplete: Uint8Array | null = null;
  if (parts.incomplete !== undefined && parts.incomplete.length > 0) {
    incomplete = new Uint8Array(states);
    for (const state of parts.incomplete) {
      within("incomplete", state, states);
      incomplete[state] = 1;
    }
  }
  return { states, initial, offsets, targets, labels, labelNames, constraints, incomplete, reductions };
}

/** For each label the constraints it belongs to, flat like the edges of a graph. */
export function constraintsByLabel(graph: LivenessGraph): {
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
} {
  const lists = graph.labelNames.map((): number[] => []);
  graph.constraints.forEach(({ labels }, id) => {
    for (const label of new Set(labels)) lists[label]!.push(id);
  });
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, label) => {
    offsets[label + 1] = offsets[label]! + list.length;
  });
  return { offsets, ids: Uint32Array.from(lists.flat()) };
}
