import type { Circuit } from "./circuit.ts";

/**
 * Nodes that can be swapped in all circuits at once because they are counted by the same gates with the same weights: classes
 * of node indices, each ascending, in the order of their first members. All circuits must share one universe.
 */
export function interchangeableNodes(circuits: readonly Circuit[]): readonly (readonly number[])[] {
  const count = circuits[0]!.universe.ids.length;
  const classes = new Map<string, number[]>();
  for (let v = 0; v < count; v++) {
    const key = circuits.map((circuit) => parentsOf(circuit, v)).join("|");
    const members = classes.get(key);
    if (members === undefined) classes.set(key, [v]);
    else members.push(v);
  }
  return [...classes.values()];
}

function parentsOf(circuit: Circuit, v: number): string {
  const parts: string[] = [];
  for (let e = circuit.parentStart[v]!; e < circuit.parentStart[v + 1]!; e++)
    parts.push(`${circuit.parent[e]}*${circuit.wide?.parentWeight[e] ?? circuit.parentWeight[e]}`);
  return parts.join();
}
