import type { Names } from "./names.ts";

/** A name that means nobody, or more than one thing. */
export class UnknownName extends Error {
  readonly code = "name";
  constructor(name: string, expected: string) {
    super(`"${name}" expected ${expected}`);
    this.name = "UnknownName";
  }
}

/**
 * The nodes that a person means: by id, by name, or by the organisation that runs them; upper and lower case are one.
 *
 * @throws UnknownName
 */
export function resolved(wanted: readonly string[], ids: readonly string[], names: Names): readonly string[] {
  const all = new Set(ids);
  const found = new Set<string>();
  for (const name of wanted) {
    const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
    const nodes = all.has(name)
      ? [name]
      : [ids.filter((id) => same(names.of(id))), ids.filter((id) => same(names.groupOf(id)))].find(
          (some) => some.length > 0,
        );
    if (nodes === undefined)
      throw new UnknownName(name, `the id or name of a node, or an organisation${near(name, ids, names)}`);
    for (const id of nodes) found.add(id);
  }
  return [...found].sort();
}

const nearMax = 4;

/** Names that begin alike or contain what was typed. */
function near(name: string, ids: readonly string[], names: Names): string {
  const known = [...new Set(ids.flatMap((id) => [names.of(id), names.groupOf(id)]))];
  const part = name.toLowerCase().slice(0, 4);
  const like = known.filter((other) => part !== "" && other.toLowerCase().includes(part)).slice(0, nearMax);
  return like.length === 0 ? "" : `; there are ${like.join(", ")}`;
}
