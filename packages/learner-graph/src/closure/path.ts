import type { Model } from "../model/model.ts";

/**
 * A shortest path of edges whose label holds; of a learner to itself, its self edge or one there and back. Null: none, so
 * the two need not agree.
 */
export function pathBetween(
  model: Model,
  a: number,
  b: number,
  holds: (label: number) => boolean,
): readonly number[] | null {
  const open = model.edges.filter(({ label }) => holds(label));
  if (a === b) {
    const own = open.find((edge) => edge.a === a && edge.b === a) ?? open.find((e) => e.a === a || e.b === a);
    if (own === undefined) return null;
    return own.a === own.b ? [a, a] : [a, own.a === a ? own.b : own.a, a];
  }
  const before = new Map<number, number>([[a, a]]);
  const queue = [a];
  for (const at of queue) {
    if (at === b) break;
    for (const edge of open) {
      const next = edge.a === at ? edge.b : edge.b === at ? edge.a : at;
      if (before.has(next)) continue;
      before.set(next, at);
      queue.push(next);
    }
  }
  if (!before.has(b)) return null;
  const path = [b];
  while (path[0] !== a) path.unshift(before.get(path[0]!)!);
  return path;
}
