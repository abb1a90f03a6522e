import * as cborg from "cborg";
import { definitions, type Form, type Schema } from "../src/index.ts";

/** What a general CBOR library reads: arrays, texts, bytes, booleans, null, integers. */
export type Tree = null | boolean | number | bigint | string | Uint8Array | Tree[];

/** The bytes of a general library. Integers up to 2^53 - 1 as numbers, so that both sides compare equal. */
export function encodeTree(tree: Tree): Uint8Array {
  return cborg.encode(tree, cborg.rfc8949EncodeOptions);
}

export function decodeTree(bytes: Uint8Array): Tree {
  return cborg.decode(bytes, {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowBigInt: true,
  });
}

/**
 * The slow reading of a schema: nothing of the schema but its form, nothing of the encoding but what the README says of it.
 * What the schema's own closures write must be the bytes of this tree.
 */
export function toTree(schema: Schema<unknown>, value: unknown): Tree {
  const named = definitions(schema);
  const tree = (form: Form, part: unknown): Tree => {
    switch (form.kind) {
      case "bigint":
        return Number.isSafeInteger(Number(part)) ? Number(part) : (part as bigint);
      case "nullable":
        return part === null ? null : tree(form.item, part);
      case "refined":
        return tree(form.item, part);
      case "lazy":
        return tree(named[form.name]!, part);
      case "list":
        return (part as unknown[]).map((one) => tree(form.item, one));
      case "set":
        return byBytes((part as unknown[]).map((one) => tree(form.item, one)));
      case "map": {
        const { keys, values } = part as { keys: unknown[]; values: unknown[] };
        return byBytes(keys.map((key, i) => [tree(form.key, key), tree(form.value, values[i])]));
      }
      case "record":
        return form.fields.map((field) => tree(field.form, (part as Record<string, unknown>)[field.name]));
      case "variant": {
        const tag = form.cases.findIndex((one) => one.name === (part as { kind: string }).kind);
        return [tag, ...(tree(form.cases[tag]!.form, part) as Tree[])];
      }
      default:
        return part as Tree;
    }
  };
  return tree(schema.form, value);
}

/** Keys are different, so pairs sort like their keys. */
function byBytes(items: Tree[]): Tree[] {
  return items.sort((a, b) => Buffer.compare(encodeTree(a), encodeTree(b)));
}

/** Is the tree within the subset? */
export function inSubset(tree: unknown): boolean {
  if (Array.isArray(tree)) return tree.every(inSubset);
  if (typeof tree === "number") return Number.isSafeInteger(tree) && !Object.is(tree, -0);
  if (typeof tree === "bigint") return tree >= -(2n ** 63n) && tree < 2n ** 64n;
  return tree === null || typeof tree === "boolean" || typeof tree === "string" || tree instanceof Uint8Array;
}
