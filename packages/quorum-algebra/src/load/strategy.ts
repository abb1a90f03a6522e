import type { NodeId, Random } from "@eunomia/engine";

/**
 * A random choice of nodes without a list of quorums. Every entry says by `use` how often it is taken, in whole units of which
 * the root has as many as there are; a gate takes exactly (sum of its children's `use`) / (its own) of its children. Plain
 * data; `use` stays below 2^40, so that all sums of one gate are exact.
 */
export type Choice =
  | { readonly use: number; readonly node: NodeId }
  | { readonly use: number; readonly of: readonly Choice[] };

/**
 * How reads and writes choose their sets; null where the workload has none. The root of each takes exactly one of its
 * children, the ways: each is either a gate with one set of nodes, or has the shape of the expression in normal form.
 */
export interface Strategy {
  readonly reads: Choice | null;
  readonly writes: Choice | null;
}

/** How many units a root has at most. */
export const unitsMax = 2 ** 40;

/** A way that always takes this set. */
export function setChoice(use: number, nodes: readonly NodeId[]): Choice {
  return { use, of: nodes.map((node) => ({ use, node })) };
}

/** The nodes of a way that always takes one set; null if it may take several. */
export function setOf(choice: Choice): readonly NodeId[] | null {
  if ("node" in choice) return [choice.node];
  const nodes = choice.of.flatMap((child) =>
    "node" in child && child.use === choice.use ? [child.node] : [],
  );
  return nodes.length === choice.of.length ? nodes : null;
}

/** Per node, in how many units of the root it is taken; a node with several leaves in one way counts for each. */
export function usesOf(choice: Choice): ReadonlyMap<NodeId, number> {
  const uses = new Map<NodeId, number>();
  const visit = (at: Choice): void => {
    if ("node" in at) uses.set(at.node, (uses.get(at.node) ?? 0) + at.use);
    else at.of.forEach(visit);
  };
  visit(choice);
  return uses;
}

/**
 * How probable it is that a node is among those chosen (at most, if it has several leaves in one way), by ascending id.
 *
 * @example
 * marginals(plan.strategy.reads!); // [["a", 0.6], ["b", 0.6], …]
 */
export function marginals(choice: Choice): readonly (readonly [NodeId, number])[] {
  return [...usesOf(choice)]
    .map(([node, use]) => [node, use / choice.use] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Draws a set, ids ascending. Systematic sampling: the children of a gate lie in a row, as long as their `use`; one random point
 * in the first length of the gate, and those at the same distance behind it, hit the children that are taken. Every child is
 * then taken with its exact probability, since the points are whole and fall on each unit alike.
 */
export function sample(choice: Choice, random: Random): readonly NodeId[] {
  const taken = new Set<NodeId>();
  const visit = (at: Choice): void => {
    if ("node" in at) {
      taken.add(at.node);
      return;
    }
    const point = below(at.use, random);
    let start = 0;
    for (const child of at.of) {
      const distance = point >= start ? point - start : point - start + at.use;
      if (distance < child.use) visit(child);
      start = (start + child.use) % at.use;
    }
  };
  visit(choice);
  return [...taken].sort();
}

/** A whole number from 0 to `limit` - 1, each as likely: draws beyond the last whole multiple are thrown away. */
function below(limit: number, random: Random): number {
  if (limit === 1) return 0;
  const range = 2 ** 53;
  const end = range - (range % limit);
  for (;;) {
    const drawn = (random.next() >>> 11) * 2 ** 32 + random.next();
    if (drawn < end) return drawn % limit;
  }
}
