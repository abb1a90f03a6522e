import { compareValues, type Value } from "../statement/value.ts";

/** What a field may hold. The kinds after `record` are c-structs, but for `opt`: values that only grow. */
export type FieldType =
  | { readonly k: "nat" | "int" | "bool" | "bytes" | "text" | "principal" }
  /** The id of a statement of this type. */
  | { readonly k: "ref"; readonly to: string }
  | { readonly k: "record"; readonly of: readonly FieldType[] }
  /** `[]` or `[value]`. */
  | { readonly k: "opt"; readonly of: FieldType }
  /** `[]` or `[value]`: the first one stays. */
  | { readonly k: "single"; readonly of: FieldType }
  | { readonly k: "set"; readonly of: FieldType }
  /** Every item once. */
  | { readonly k: "seq"; readonly of: FieldType }
  /** `[]` or `[n]`. */
  | { readonly k: "max" }
  /** Pairs in the order of their keys; what is bottom is left out. */
  | { readonly k: "map"; readonly key: FieldType; readonly of: FieldType }
  /** Commands in a partial order: two that conflict (by the named relation of the program) stand in order. */
  | { readonly k: "history"; readonly of: FieldType; readonly conflicts: string };

/** Whether two commands have to be ordered. Symmetric, and the same answer at every time. */
export type Conflicts = (a: Value, b: Value) => boolean;

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isInteger = (value: Value): value is number | bigint =>
  typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));

/** Ascending and without repetition, by the bytes of the keys. */
function ascends(items: readonly Value[], key: (item: Value) => Value = (item) => item): boolean {
  for (let i = 1; i < items.length; i++)
    if (compareValues(key(items[i - 1]!), key(items[i]!)) >= 0) return false;
  return true;
}

/** No item twice. */
function distinct(items: readonly Value[]): boolean {
  return ascends(items.toSorted(compareValues));
}

function fitsAtom(kind: FieldType["k"], value: Value): boolean {
  switch (kind) {
    case "nat":
      return isInteger(value) && value >= 0;
    case "int":
      return isInteger(value);
    case "bool":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string";
    case "bytes":
      return value instanceof Uint8Array;
    default:
      return value instanceof Uint8Array && value.length === 32;
  }
}

/**
 * Whether the value is the one spelling of a value of the type. The order of a history's commands is looked at where its
 * c-struct is at hand.
 */
export function fits(type: FieldType, value: Value): boolean {
  switch (type.k) {
    case "record":
      return (
        isList(value) &&
        value.length === type.of.length &&
        type.of.every((field, i) => fits(field, value[i]!))
      );
    case "opt":
    case "single":
      return isList(value) && value.length <= 1 && value.every((item) => fits(type.of, item));
    case "max":
      return isList(value) && value.length <= 1 && value.every((item) => fitsAtom("nat", item));
    case "set":
      return isList(value) && value.every((item) => fits(type.of, item)) && ascends(value);
    case "seq":
    case "history":
      return isList(value) && value.every((item) => fits(type.of, item)) && distinct(value);
    case "map":
      return (
        isList(value) &&
        value.every(
          (pair) => isList(pair) && pair.length === 2 && fits(type.key, pair[0]!) && fits(type.of, pair[1]!),
        ) &&
        ascends(value, (pair) => (pair as readonly Value[])[0]!)
      );
    default:
      return fitsAtom(type.k, value);
  }
}

/** The type as a value, for the manifest. */
export function typeValue(type: FieldType): Value {
  switch (type.k) {
    case "ref":
      return [type.k, type.to];
    case "record":
      return [type.k, type.of.map(typeValue)];
    case "map":
      return [type.k, typeValue(type.key), typeValue(type.of)];
    case "history":
      return [type.k, typeValue(type.of), type.conflicts];
    case "opt":
    case "single":
    case "set":
    case "seq":
      return [type.k, typeValue(type.of)];
    default:
      return [type.k];
  }
}
