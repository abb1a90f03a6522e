import { equal, type Schema } from "../src/index.ts";

const many = 1000;

/** Edits from one array to the other if it is one change, insertion or removal of an item; else `many`. */
function listEdits(a: readonly unknown[], b: readonly unknown[], item: Schema<unknown>): number {
  if (a.length === b.length) return a.reduce<number>((sum, one, i) => sum + edits(item, one, b[i]), 0);
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return many;
  const at = short.findIndex((one, i) => !equal(item, one, long[i]));
  const from = at < 0 ? short.length : at;
  return long.toSpliced(from, 1).every((one, i) => equal(item, one, short[i])) ? 1 : many;
}

/** How many leaves differ; an item more or less and another case of a variant count once. By the form alone. */
export function edits(schema: Schema<unknown>, a: unknown, b: unknown): number {
  const { form } = schema;
  const parts = schema.parts();
  if (form.kind === "nullable" && (a === null || b === null)) return a === b ? 0 : 1;
  if (form.kind === "list" || form.kind === "set")
    return listEdits(a as unknown[], b as unknown[], parts[0]!);
  if (form.kind === "map") {
    const [x, y] = [a, b] as { keys: unknown[]; values: unknown[] }[];
    const keys = listEdits(x!.keys, y!.keys, parts[0]!);
    // With another set of keys, the values of the others must be the same.
    return keys === 0 ? listEdits(x!.values, y!.values, parts[1]!) : keys;
  }
  if (form.kind === "record") {
    const [x, y] = [a, b] as Record<string, unknown>[];
    return form.fields.reduce((sum, { name }, i) => sum + edits(parts[i]!, x![name], y![name]), 0);
  }
  if (form.kind === "variant") {
    const kind = (a as { kind: string }).kind;
    if (kind !== (b as { kind: string }).kind) return 1;
    return edits(parts[form.cases.findIndex((one) => one.name === kind)]!, a, b);
  }
  if (form.kind === "lazy" || form.kind === "refined" || form.kind === "nullable")
    return edits(parts[0]!, a, b);
  return equal(schema, a, b) ? 0 : 1;
}
