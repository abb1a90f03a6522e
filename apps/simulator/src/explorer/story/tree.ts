import { type Form, toHex } from "@eunomia/codec";
import type { Change, Tree } from "./types.ts";

type Tuple = Readonly<Record<string, unknown>>;

/** Bytes as text where they are text, which values in models mostly are. */
function bytesText(bytes: Uint8Array): string {
  const printable = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return printable ? `'${String.fromCharCode(...bytes)}'` : `0x${toHex(bytes)}`;
}

const keyText = (key: Tree): string => (typeof key === "string" ? key : inline(key));

/**
 * A value of an engine as a tree to read. With the form of its schema maps and sets are told from records.
 *
 * @example
 * treeOf(state, engine.schema.state.form);
 */
export function treeOf(value: unknown, form?: Form): Tree {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return bytesText(value);
  if (Array.isArray(value)) {
    const item = form?.kind === "list" || form?.kind === "set" ? form.item : undefined;
    return value.map((each) => treeOf(each, item));
  }
  return typeof value === "object" ? objectTree(value as Tuple, form) : String(value);
}

function objectTree(value: Tuple, form: Form | undefined): Tree {
  switch (form?.kind) {
    case "nullable":
    case "refined":
      return treeOf(value, form.item);
    case "map":
      return mapTree(value, form.key, form.value);
    case "variant": {
      const one = form.cases.find(({ name }) => name === value.kind);
      return { kind: String(value.kind), ...fieldsTree(value, one?.form) };
    }
    default: {
      const names = Object.keys(value);
      const isMap =
        form === undefined && names.length === 2 && names.includes("keys") && names.includes("values");
      return isMap && Array.isArray(value.keys) ? mapTree(value) : fieldsTree(value, form);
    }
  }
}

function mapTree(value: Tuple, key?: Form, item?: Form): Tree {
  const { keys, values } = value as { keys: readonly unknown[]; values: readonly unknown[] };
  return Object.fromEntries(keys.map((each, at) => [keyText(treeOf(each, key)), treeOf(values[at], item)]));
}

function fieldsTree(value: Tuple, form: Form | undefined): { readonly [key: string]: Tree } {
  const forms = new Map(form?.kind === "record" ? form.fields.map((field) => [field.name, field.form]) : []);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, treeOf(each, forms.get(name))]),
  );
}

/** Is it a leaf, or a collection without items? */
export const isLeaf = (tree: Tree): boolean =>
  tree === null || typeof tree !== "object" || Object.keys(tree).length === 0;

/** A tree on one line: `{ballot: 3, to: p1}`; a variant begins with its kind. */
export function inline(tree: Tree): string {
  if (tree === null) return "—";
  if (typeof tree !== "object") return String(tree);
  if (Array.isArray(tree)) return `[${tree.map(inline).join(", ")}]`;
  const { kind, ...rest } = tree as { readonly [key: string]: Tree };
  const fields = Object.entries(kind === undefined || typeof kind !== "string" ? tree : rest);
  const inner = fields.map(([name, each]) => `${name}: ${inline(each)}`).join(", ");
  if (typeof kind === "string") return inner === "" ? kind : `${kind} {${inner}}`;
  return `{${inner}}`;
}

/** The name of a message: its kind, or the whole of it. */
export function shortName(message: Tree): string {
  if (message !== null && typeof message === "object" && !Array.isArray(message)) {
    const { kind } = message as { readonly [key: string]: Tree };
    if (typeof kind === "string") return kind;
  }
  return inline(message);
}

/** What differs between two trees, leaf by leaf, in the order of `after`. */
export function changesBetween(process: string, before: Tree, after: Tree): readonly Change[] {
  const changes: Change[] = [];
  compare(process, [], before, after, changes);
  return changes;
}

function compare(process: string, path: readonly string[], before: Tree, after: Tree, out: Change[]): void {
  if (before === after) return;
  if (isLeaf(before) || isLeaf(after) || Array.isArray(before) !== Array.isArray(after)) {
    if (inline(before) !== inline(after)) out.push({ process, path, kind: "changed", before, after });
    return;
  }
  const old = before as { readonly [key: string]: Tree };
  const now = after as { readonly [key: string]: Tree };
  for (const key of Object.keys(now)) {
    if (Object.hasOwn(old, key)) compare(process, [...path, key], old[key]!, now[key]!, out);
    else out.push({ process, path: [...path, key], kind: "added", before: null, after: now[key]! });
  }
  for (const key of Object.keys(old))
    if (!Object.hasOwn(now, key))
      out.push({ process, path: [...path, key], kind: "removed", before: old[key]!, after: null });
}

/** `votes.3: — → v1`. */
export function changeText({ path, kind, before, after }: Change): string {
  const name = path.join(".") || "state";
  if (kind === "added") return `${name} + ${inline(after)}`;
  return kind === "removed" ? `${name} − ${inline(before)}` : `${name}: ${inline(before)} → ${inline(after)}`;
}
