import type { FairParts } from "./fairness.ts";
import type { LivenessGraph } from "./graph.ts";
import { type Lasso, stutter } from "./property.ts";
import type { GraphViolation, Region } from "./region.ts";
import { Walk } from "./walk.ts";

/** Steps from state to state: `labels[i]` leads to `states[i]`. */
interface Way {
  readonly states: readonly number[];
  readonly labels: readonly number[];
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

/** Goes through a witness of every constraint and of `visits`, and back to where it began. */
function cycleFrom(
  graph: LivenessGraph,
  start: number,
  inside: (state: number) => boolean,
  visits: Uint8Array | null,
): Way {
  const walk = new Walk(graph, start, inside);
  const staying = { states: [start], labels: [stutter] };
  const passed = (holds: (state: number) => boolean): boolean => holds(start) || walk.states.some(holds);
  const visited = (state: number): boolean => visits === null || visits[state] === 1;
  // Where nothing that must happen is enabled, staying is the simplest fair run.
  if (visited(start) && graph.constraints.every((_, constraint) => !walk.enables(constraint, start)))
    return staying;
  graph.constraints.forEach(({ name, kind }, constraint) => {
    const off = (state: number): boolean => !walk.enables(constraint, state);
    if (kind === "weak" && passed(off)) return;
    const steps = walk.labels.keys();
    const taken = [...steps].some(
      (at) => walk.takes(constraint, walk.labels[at]!) && (walk.states[at - 1] ?? start) !== walk.states[at],
    );
    if (taken || walk.go((from, label, to) => from !== to && walk.takes(constraint, label))) return;
    // No step of it stays inside: then it is disabled somewhere inside if it is weak, and everywhere if it is strong.
    if (kind === "weak" && !walk.go((_from, _label, to) => off(to)))
      throw new Error(`"${name}" has no witness in a component that was found fair`);
  });
  if (!passed(visited)) walk.go((_from, _label, to) => visited(to));
  if (walk.at !== start) walk.go((_from, _label, to) => to === start);
  return walk.labels.length === 0 ? staying : walk;
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
