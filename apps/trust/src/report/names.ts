/** How nodes are called in reports, and who runs them. */
export interface Names {
  /** A short name that a person knows the node by. */
  of(id: string): string;
  /** Who runs it; itself where nobody is named. */
  groupOf(id: string): string;
}

/** What is known of a node beside its id. */
export interface Named {
  readonly id: string;
  readonly name?: string | undefined;
  readonly group?: string | undefined;
}

/** Ids longer than this are keys: their beginning tells them apart. */
const readableMax = 20;

const brief = (id: string): string => (id.length > readableMax ? `${id.slice(0, 8)}…` : id);

/** Names of nodes; two nodes of one name are told apart by the beginning of their ids. */
export function namesOf(nodes: readonly Named[]): Names {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<string, number>();
  for (const { name } of nodes) if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  return {
    of(id) {
      const name = known.get(id)?.name;
      if (name === undefined) return brief(id);
      return times.get(name) === 1 ? name : `${name} (${brief(id)})`;
    },
    groupOf: (id) => known.get(id)?.group ?? brief(id),
  };
}

/** Nodes that carry their ids as names. */
export const plainNames: Names = namesOf([]);
