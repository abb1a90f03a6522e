import type { LivenessGraph } from "./graph.ts";
import { type Lasso, type LivenessProperty, stutter } from "./property.ts";

interface Moved {
  readonly from: number;
  readonly label: number;
  readonly to: number;
}

function edgesOf({ offsets, targets, labels }: LivenessGraph, state: number): readonly Moved[] {
  const edges: Moved[] = [];
  for (let edge = offsets[state]!; edge < offsets[state + 1]!; edge += 1)
    edges.push({ from: state, label: labels[edge]!, to: targets[edge]! });
  return edges;
}

function wrongStep(graph: LivenessGraph, step: Moved): string | null {
  const { from, label, to } = step;
  if (label === stutter) return from === to ? null : `a stutter step leads from ${from} to ${to}`;
  const real = edgesOf(graph, from).some((edge) => edge.label === label && edge.to === to);
  return real ? null : `no step ${graph.labelNames[label]} leads from ${from} to ${to}`;
}

/** The property, read off the run itself and not off how it was found. */
function keepsProperty(property: LivenessProperty<number>, lasso: Lasso): boolean {
  const { goal } = property;
  const loop = lasso.states.slice(lasso.loop);
  switch (property.kind) {
    case "eventually":
      return lasso.states.some(goal);
    case "always-eventually":
      return loop.some(goal);
    case "eventually-always":
      return loop.every(goal);
    case "leads-to":
      return loop.some(goal) || lasso.states.findLastIndex(goal) >= lasso.states.findLastIndex(property.from);
  }
}

/**
 * Checks a lasso against the graph without anything that found it: each step exists, the run is infinite, it breaks the
 * property, and each fairness constraint is kept by the loop. Answers what is wrong, or null.
 */
export function verifyLasso(
  graph: LivenessGraph,
  property: LivenessProperty<number>,
  lasso: Lasso,
): string | null {
  const { states, labels, loop } = lasso;
  if (states.length === 0 || states.length !== labels.length || !(loop >= 0 && loop < states.length))
    return `${states.length} states, ${labels.length} steps and a loop at ${loop} are no lasso`;
  if (!graph.initial.includes(states[0]!)) return `state ${states[0]} is not initial`;
  const steps = states.map(
    (from, at): Moved => ({ from, label: labels[at]!, to: states[at + 1] ?? states[loop]! }),
  );
  for (const step of steps) {
    const wrong = wrongStep(graph, step);
    if (wrong !== null) return wrong;
  }
  if (keepsProperty(property, lasso)) return "the run keeps the property";
  const inLoop = steps.slice(loop);
  for (const { name, kind, labels: own } of graph.constraints) {
    const counts = ({ from, label, to }: Moved): boolean => from !== to && own.includes(label);
    if (inLoop.some(counts)) continue;
    const enabled = inLoop.map(({ from }) => edgesOf(graph, from).some(counts));
    if (kind === "weak" ? enabled.every(Boolean) : enabled.some(Boolean))
      return `the loop is not fair: ${name} is enabled in ${kind === "weak" ? "all its states" : "one of its states"} and never taken`;
  }
  for (const { from } of inLoop)
    if (graph.incomplete?.[from] === 1) return `state ${from} of the loop has steps that were not explored`;
  return null;
}
