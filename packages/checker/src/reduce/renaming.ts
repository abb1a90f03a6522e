import { rename, type Schema } from "@eunomia/codec";

/** The sorts of opaque ids that values of a schema may hold. */
function sortsOf(schema: Schema<unknown>): readonly string[] {
  const sorts = new Set<string>();
  const seen = new Set<Schema<unknown>>();
  const visit = (one: Schema<unknown>): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if (one.form.kind === "id" && !one.form.ordered) sorts.add(one.form.sort);
    one.parts().forEach(visit);
  };
  visit(schema);
  return [...sorts];
}

/** Renames opaque ids of every sort alike: one process may stand under several sorts, and must keep one name. */
export class Renamer {
  readonly #sorts = new Map<Schema<unknown>, readonly string[]>();

  /** A copy with every opaque id replaced; `to` must be a permutation. */
  rename<T>(schema: Schema<T>, value: T, to: (id: string) => string): T {
    let sorts = this.#sorts.get(schema);
    if (sorts === undefined) {
      sorts = sortsOf(schema);
      this.#sorts.set(schema, sorts);
    }
    return sorts.reduce((renamed, sort) => rename(schema, renamed, sort, to), value);
  }

  /**
   * How often each of the ids stands in the value: as an opaque id, and in all. Where the numbers differ, an id stands where
   * renaming does not find it: as an ordered id or inside a text.
   */
  count<T>(
    schema: Schema<T>,
    value: T,
    ids: ReadonlySet<string>,
  ): Map<string, { opaque: number; all: number }> {
    const counts = new Map<string, { opaque: number; all: number }>();
    const at = (id: string) => {
      const count = counts.get(id) ?? { opaque: 0, all: 0 };
      counts.set(id, count);
      return count;
    };
    this.rename(schema, value, (id) => {
      if (ids.has(id)) at(id).opaque += 1;
      return id;
    });
    for (const leaf of leavesOf(value)) if (typeof leaf === "string" && ids.has(leaf)) at(leaf).all += 1;
    return counts;
  }
}

/** Everything in plain data that is not a record or a list. */
export function leavesOf(value: unknown): unknown[] {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return [value];
  return Object.values(value).flatMap(leavesOf);
}
