import { neverMet } from "./gates.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * Nodes that can be swapped without a change of the system: named by the same gates with the same weights, and with one condition.
 * `apart` says more that must be equal (as the group of a node). Classes of indices, members ascending, first members ascending.
 */
export function classesOf(
  { gates, known, ids }: FederatedSystem,
  apart: (node: number) => string | number = () => "",
): readonly (readonly number[])[] {
  const { parentStart, parent, parentWeight, root, ownerStart, owner } = gates;
  const classes = new Map<string, number[]>();
  ids.forEach((_, v) => {
    const parts = [apart(v), known[v], root[v] === v ? "itself" : root[v]];
    for (let e = parentStart[v]!, end = parentStart[v + 1]!; e < end; e++)
      parts.push(`${parent[e]}*${parentWeight[e]}`);
    // Somebody whose whole condition is this node cannot be content with another.
    for (let e = ownerStart[v]!, end = ownerStart[v + 1]!; e < end; e++)
      if (owner[e] !== v) parts.push(`of ${owner[e]}`);
    const key = parts.join(" ");
    const members = classes.get(key);
    if (members === undefined) classes.set(key, [v]);
    else members.push(v);
  });
  return [...classes.values()];
}

/** Is the node named in anybody else's condition, or in its own? */
export function isNamed({ gates }: FederatedSystem, node: number): boolean {
  const { parentStart, ownerStart } = gates;
  return parentStart[node] !== parentStart[node + 1] || ownerStart[node] !== ownerStart[node + 1];
}

/** Can the condition of the node be met at all? */
export function isHopeless({ gates }: FederatedSystem, node: number): boolean {
  return gates.root[node] === neverMet;
}
