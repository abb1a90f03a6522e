import { fromHex, toHex } from "@eunomia/codec";
import { type Hash, slotId } from "../statement/identity.ts";
import type { Core, Id } from "../statement/types.ts";
import type { Value } from "../statement/value.ts";
import type { FieldType } from "./field-type.ts";
import type { Program, StatementType } from "./program.ts";

/** The ids in a value of a type, in their order. */
function refsIn(type: FieldType, value: Value, found: Id[]): void {
  if (type.k === "ref") found.push(toHex(value as Uint8Array));
  else if (type.k === "record")
    type.of.forEach((of, i) => void refsIn(of, (value as readonly Value[])[i]!, found));
  else if (type.k === "map")
    for (const [key, item] of value as readonly (readonly [Value, Value])[]) {
      refsIn(type.key, key, found);
      refsIn(type.of, item, found);
    }
  else if ("of" in type) for (const item of value as readonly Value[]) refsIn(type.of, item, found);
}

/** Every statement that this one refers to: in its body and in its certificate. The body fits its type. */
export function referencesOf(type: StatementType, { content, cert }: Core): readonly Id[] {
  if (type.refs.length === 0) return cert;
  const found = [...cert];
  for (const at of type.refs) refsIn(type.fields[at]!.type, content.body[at]!, found);
  return [...new Set(found)];
}

/** Looks up a statement by id. */
export type Resolve = (id: Id) => Core | undefined;

function valueAt(program: Program, core: Core, path: readonly string[], resolve: Resolve): Value | null {
  let at = core;
  for (const [i, name] of path.entries()) {
    if (name === "issuer") return typeof at.issuer === "string" ? fromHex(at.issuer) : null;
    const type = program.types.get(at.content.type);
    const place = type?.fields.findIndex((field) => field.name === name) ?? -1;
    const field = type?.fields[place];
    const value = at.content.body[place];
    if (field === undefined || value === undefined) return null;
    if (i === path.length - 1) return value;
    const next = field.type.k === "ref" ? resolve(toHex(value as Uint8Array)) : undefined;
    if (next === undefined || (field.type.k === "ref" && next.content.type !== field.type.to)) return null;
    at = next;
  }
  return null;
}

/**
 * The slot of a statement of one issuer. Null: its type has none, the issuer is a group, or a path runs through a reference that
 * `resolve` does not know. All statements of a monotone type in one context share a slot.
 */
export function slotOf(program: Program, core: Core, resolve: Resolve, hash: Hash): Id | null {
  const type = program.types.get(core.content.type);
  if (type === undefined || typeof core.issuer !== "string") return null;
  if (type.unique === null && type.cstruct === null) return null;
  const values: Value[] = [];
  for (const path of type.unique ?? []) {
    const value = valueAt(program, core, path, resolve);
    if (value === null) return null;
    values.push(value);
  }
  return slotId(core.content.type, core.content.ctx, core.issuer, values, hash);
}
