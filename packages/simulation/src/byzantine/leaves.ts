import type { Form } from "@eunomia/codec";

/** A leaf of a value: what it is, where it stands, and with which others it may change places. */
export interface Leaf {
  /** Ids have the same key if they are of one sort, other leaves if their fields have one name and kind. */
  readonly key: string;
  readonly form: Form;
  readonly value: unknown;
  /** Names of fields and indices of items, from the outside in. */
  readonly path: readonly (string | number)[];
}

type Path = readonly (string | number)[];

/**
 * The leaves of a value in the order of its form; those of maps are left out.
 *
 * @param named what the names of recursive forms stand for.
 */
export function leavesOf(form: Form, value: unknown, named: Readonly<Record<string, Form>>): Leaf[] {
  const leaves: Leaf[] = [];
  const record = (fields: readonly { name: string; form: Form }[], at: unknown, path: Path): void => {
    for (const field of fields)
      walk(field.form, (at as Record<string, unknown>)[field.name], [...path, field.name], field.name);
  };
  const walk = (of: Form, at: unknown, path: Path, field: string): void => {
    switch (of.kind) {
      case "nil":
      case "map":
        return;
      case "nullable":
        if (at !== null) walk(of.item, at, path, field);
        return;
      case "refined":
        return walk(of.item, at, path, field);
      case "lazy":
        return walk(named[of.name]!, at, path, field);
      case "list":
      case "set":
        for (const [index, item] of (at as readonly unknown[]).entries())
          walk(of.item, item, [...path, index], field);
        return;
      case "record":
        return record(of.fields, at, path);
      case "variant": {
        const { kind } = at as { kind: string };
        const chosen = of.cases.find(({ name }) => name === kind)!.form;
        if (chosen.kind === "record") record(chosen.fields, at, path);
        return;
      }
      default: {
        const key = of.kind === "id" ? `id ${of.sort}` : `${of.kind} ${field}`;
        leaves.push({ key, form: of, value: at, path });
      }
    }
  };
  walk(form, value, [], "");
  return leaves;
}

/** The value with something else at the end of the path; shares what did not change. */
export function rewritten(value: unknown, path: Path, leaf: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return leaf;
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? rewritten(item, rest, leaf) : item));
  const record = value as Record<string, unknown>;
  return { ...record, [first]: rewritten(record[first], rest, leaf) };
}
