import type { Misfit } from "./errors.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** Uniform integers, 0 to 2^32 - 1, and the ids that generated and mutated values may use, by sort. */
export interface Source {
  next(): number;
  /** Without an entry, ids of a sort are made up. */
  readonly ids?: Readonly<Record<string, readonly string[]>>;
}

/** What a schema says, as plain data: for export, documentation and tools. `doc` is a sentence for people. */
export type Form = (
  | { readonly kind: "nil" | "bool" }
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  | { readonly kind: "bigint"; readonly min: bigint; readonly max: bigint }
  /** `maxLength` in UTF-16 code units. */
  | { readonly kind: "text"; readonly maxLength: number }
  | { readonly kind: "bytes"; readonly maxLength: number }
  /** Without `ordered`, ids are compared for equality only, so renaming them is a symmetry. */
  | { readonly kind: "id"; readonly sort: string; readonly ordered: boolean; readonly maxLength: number }
  | { readonly kind: "nullable"; readonly item: Form }
  | { readonly kind: "list" | "set"; readonly item: Form; readonly maxItems: number }
  | { readonly kind: "map"; readonly key: Form; readonly value: Form; readonly maxItems: number }
  | { readonly kind: "record"; readonly fields: readonly Field[] }
  /** The form of a case is a record without the field `kind`. */
  | { readonly kind: "variant"; readonly cases: readonly Field[] }
  /** A recursive mention: `definitions` answers what the name stands for. */
  | { readonly kind: "lazy"; readonly name: string; readonly maxDepth: number }
  | { readonly kind: "refined"; readonly rule: string; readonly item: Form }
) & { readonly doc?: string };

/** A field of a record, in the order of its encoding. */
export interface Field {
  readonly name: string;
  readonly form: Form;
}

/**
 * The single source of everything about a type of plain data. Build schemas with the combinators and use them through
 * `encode`, `decode` and the other functions; the closures here are for combinators of your own.
 */
export interface Schema<T> {
  readonly form: Form;
  /** The schemas directly inside, in the order of the form. */
  parts(): readonly Schema<unknown>[];
  /** Throws `EncodeError` (without the full path) for a value that does not fit, except for surplus fields of records. */
  write(value: T, writer: Writer): void;
  /** Throws `DecodeError` for anything but the canonical encoding of a fitting value. */
  read(reader: Reader): T;
  /** Null: the value fits. `depth` is how many recursive schemas stand around it. */
  check(value: unknown, depth: number): Misfit | null;
  /** A deep copy that shares nothing. The value must fit. */
  clone(value: T): T;
  equal(a: T, b: T): boolean;
  /** A fitting value; edges of ranges come up often. `size` bounds collections and recursion. */
  generate(source: Source, size: number): T;
  /** Another fitting value with one leaf changed, added or dropped; null if there is no other. May share parts. */
  mutate(value: T, source: Source): T | null;
  /** The value with every opaque id of the sort replaced. May share parts. */
  rename(value: T, sort: string, to: (id: string) => string): T;
}

/** The type of the values of a schema. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** A schema of a record, the only kind that may be a case of a variant. */
export interface RecordSchema<T> extends Schema<T> {
  readonly fields: Readonly<Record<string, Schema<unknown>>>;
}

/** A uniform integer from 0 to `bound` - 1. */
export function below(source: Source, bound: number): number {
  return Math.floor((source.next() / 0x1_0000_0000) * bound);
}

/** May a value of the form be null? */
export function canBeNull(form: Form): boolean {
  if (form.kind === "refined") return canBeNull(form.item);
  return form.kind === "nil" || form.kind === "nullable";
}

/** Can a value of the form be made without going into a recursive schema? */
export function canEnd(form: Form): boolean {
  switch (form.kind) {
    case "lazy":
      return false;
    case "refined":
      return canEnd(form.item);
    case "record":
      return form.fields.every((field) => canEnd(field.form));
    case "variant":
      return form.cases.some((one) => canEnd(one.form));
    default:
      return true;
  }
}
