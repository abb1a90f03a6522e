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

/** Ids longer than this are keys: their beginning tells them apart, mostly. */
const readableMax = 20;

const cut = (id: string): string => (id.length > readableMax ? `${id.slice(0, 8)}…` : id);

function timesOf(texts: Iterable<string>): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return times;
}

/** Names of nodes. No two nodes get the same one, and whom nobody is named for is called by its own name alone. */
export function namesOf(nodes: readonly Named[]): Names {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const cuts = timesOf(nodes.map(({ id }) => cut(id)));
  const times = timesOf(nodes.flatMap(({ name }) => (name === undefined ? [] : [name])));
  const groups = new Set(nodes.map(({ group }) => group));
  const brief = (id: string): string => (cuts.get(cut(id)) === 1 ? cut(id) : id);
  const of = (id: string): string => {
    const name = known.get(id)?.name;
    if (name === undefined) return brief(id);
    return times.get(name) === 1 ? name : `${name} (${brief(id)})`;
  };
  return {
    of,
    groupOf(id) {
      const group = known.get(id)?.group;
      return group ?? (groups.has(of(id)) ? id : of(id));
    },
  };
}

/** Nodes that carry their ids as names. */
export const plainNames: Names = { of: (id) => id, groupOf: (id) => id };
