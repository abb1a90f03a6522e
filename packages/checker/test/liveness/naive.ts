import type { LivenessGraph } from "../../src/liveness/graph.ts";
import { type LivenessProperty, violationOf } from "../../src/liveness/property.ts";

/**
 * The answer by brute force: tries every set of states as the states that a run comes to for ever. The run may then take
 * every step among them, which no other run with the same states can better. Exponential, and close to the definition.
 */
export function naiveVerdict(graph: LivenessGraph, property: LivenessProperty<number>): string {
  const { starts, avoids, visits } = violationOf(property);
  const all = Array.from({ length: graph.states }, (_, state) => state);
  const edges = all.flatMap((from) =>
    Array.from({ length: graph.offsets[from + 1]! - graph.offsets[from]! }, (_, at) => {
      const edge = graph.offsets[from]! + at;
      return { from, label: graph.labels[edge]!, to: graph.targets[edge]! };
    }),
  );
  const closure = (from: readonly number[], inside: (state: number) => boolean): Set<number> => {
    const seen = new Set(from.filter(inside));
    for (const state of seen)
      for (const edge of edges) if (edge.from === state && inside(edge.to)) seen.add(edge.to);
    return seen;
  };
  const avoiding = (state: number): boolean => avoids === null || !avoids(state);
  const reached = closure(graph.initial, () => true);
  const asked = starts === null ? graph.initial : [...reached].filter(starts);
  const region = closure(asked, avoiding);
  const complete = (state: number): boolean => graph.incomplete === null || graph.incomplete[state] === 0;
  const fairRun = (set: readonly number[]): boolean => {
    const inside = (state: number): boolean => set.includes(state);
    const connected = set.every((state) => closure([state], inside).size === set.length);
    if (!connected || !set.every(complete) || (visits !== null && !set.some(visits))) return false;
    return graph.constraints.every(({ kind, labels }) => {
      const own = edges.filter(({ from, label, to }) => from !== to && labels.includes(label));
      if (own.some(({ from, to }) => inside(from) && inside(to))) return true;
      const enabled = set.map((state) => own.some(({ from }) => from === state));
      return kind === "weak" ? !enabled.every(Boolean) : !enabled.some(Boolean);
    });
  };
  const members = [...region];
  for (let bits = 1; bits < 1 << members.length; bits += 1)
    if (fairRun(members.filter((_, at) => (bits & (1 << at)) !== 0))) return "violated";
  const matters = starts === null ? region : reached;
  if (![...matters].every(complete)) return "unknown";
  return starts !== null && asked.length === 0 ? "vacuous" : "holds";
}
