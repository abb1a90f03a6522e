import { EncodeError, type Misfit, placed, SchemaError, show } from "./errors.ts";
import {
  below,
  canBeNull,
  canEnd,
  type Infer,
  type RecordSchema,
  type Schema,
  type Source,
} from "./schema.ts";

export const defaultMaxItems = 0x10_0000;

type Fields = Readonly<Record<string, Schema<unknown>>>;
type RecordOf<F> = { -readonly [K in keyof F]: Infer<F[K]> };
type CaseOf<K, T> = { [P in "kind" | keyof T]: P extends "kind" ? K : P extends keyof T ? T[P] : never };
type VariantOf<C> = { [K in keyof C]: CaseOf<K, Infer<C[K]>> }[keyof C];

export function misfit(expected: string, value: unknown): Misfit {
  return { path: "", expected, got: show(value) };
}

/** The misfit of a part as a misfit of the whole. */
export function under(segment: string, inner: Misfit): Misfit {
  return { ...inner, path: segment + inner.path };
}

/** What each of `count` items gets of `size`: dividing it keeps generated values small however lists are nested. */
export function share(size: number, count: number): number {
  return count === 0 ? 0 : Math.floor(size / count);
}

/** Adds a sentence for people. */
export function doc<S extends Schema<unknown>>(schema: S, sentence: string): S {
  return { ...schema, form: { ...schema.form, doc: sentence } };
}

/** An array of any order. */
export function list<T>(item: Schema<T>, maxItems: number = defaultMaxItems): Schema<T[]> {
  return {
    form: { kind: "list", item: item.form, maxItems },
    parts: () => [item],
    write(value, writer) {
      if (!Array.isArray(value) || value.length > maxItems)
        throw new EncodeError(misfit(`an array of at most ${maxItems} items`, value));
      writer.arrayHeader(value.length);
      for (let i = 0; i < value.length; i++) item.write(value[i]!, writer);
    },
    read(reader) {
      const start = reader.offset;
      const count = reader.arrayHeader();
      if (count > maxItems) reader.fail("limit", `more than ${maxItems} items`, start);
      const value: T[] = [];
      try {
        while (value.length < count) value.push(item.read(reader));
      } catch (error) {
        throw placed(error, `[${value.length}]`);
      }
      return value;
    },
    check(value, depth) {
      if (!Array.isArray(value) || value.length > maxItems)
        return misfit(`an array of at most ${maxItems} items`, value);
      for (let i = 0; i < value.length; i++) {
        const inner = item.check(value[i], depth);
        if (inner !== null) return under(`[${i}]`, inner);
      }
      return null;
    },
    clone: (value) => value.map((one) => item.clone(one)),
    equal: (a, b) => equalItems(item, a, b),
    generate(source, size) {
      const count = Math.min(below(source, size + 1), maxItems);
      return Array.from({ length: count }, () => item.generate(source, share(size, count)));
    },
    mutate(value, source) {
      const at = below(source, value.length + 1);
      const way = below(source, 4);
      if (way === 0 && value.length < maxItems) return value.toSpliced(at, 0, item.generate(source, 2));
      if (at === value.length)
        return value.length > 0 ? value.slice(0, -1) : maxItems > 0 ? [item.generate(source, 2)] : null;
      const changed = way === 1 ? null : item.mutate(value[at]!, source);
      return changed === null ? value.toSpliced(at, 1) : value.with(at, changed);
    },
    rename: (value, sort, to) => value.map((one) => item.rename(one, sort, to)),
  };
}

/** A loop of its own: states are compared all the time. */
export function equalItems<T>(item: Schema<T>, a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!item.equal(a[i]!, b[i]!)) return false;
  return true;
}

/** The value or null. Two of them around each other would be ambiguous and are refused. */
export function nullable<T>(item: Schema<T>): Schema<T | null> {
  if (canBeNull(item.form))
    throw new SchemaError(
      "nested-nullable",
      `"nullable" expected a schema without null, got ${item.form.kind}`,
    );
  return {
    form: { kind: "nullable", item: item.form },
    parts: () => [item],
    write(value, writer) {
      if (value === null) writer.nil();
      else item.write(value, writer);
    },
    read: (reader) => (reader.nextIsNil() ? reader.nil() : item.read(reader)),
    check: (value, depth) => (value === null ? null : item.check(value, depth)),
    clone: (value) => (value === null ? null : item.clone(value)),
    equal: (a, b) => (a === null || b === null ? a === b : item.equal(a, b)),
    generate: (source, size) => (size <= 0 || below(source, 3) === 0 ? null : item.generate(source, size)),
    mutate(value, source) {
      if (value === null) return item.generate(source, 2);
      return below(source, 4) === 0 ? null : item.mutate(value, source);
    },
    rename: (value, sort, to) => (value === null ? null : item.rename(value, sort, to)),
  };
}

/** Names become object keys in declaration order, so what JavaScript would reorder or treat specially is refused. */
function checkNames(names: readonly string[], what: string): void {
  for (const name of names)
    if (!/^[A-Za-z0-9_-]+$/.test(name) || /^[0-9]+$/.test(name) || name === "__proto__")
      throw new SchemaError(
        "bad-name",
        `"${what}" expected names of letters, digits, _ and - that are no numbers, got "${name}"`,
      );
}

type Plain = Record<string, unknown>;

/** A record of another realm is as good: what counts is that its prototype has none. */
function isPlain(value: unknown): value is Plain {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The part of records and of variants that is the same: `tag` is null for a record. */
function fieldsOf(fields: Fields, kind: string | null) {
  const names = Object.keys(fields);
  const schemas = Object.values(fields);
  const count = names.length;
  // One object of this shape whose fields hold no numbers. V8 narrows a field to small integers as long as it has met nothing
  // else, and the first large one (damaged bytes decode to such) would widen it to floating point, for good and with all that
  // the number flows into: engines would box every slot and ballot from then on.
  const blank: Plain = kind === null ? {} : { kind };
  for (const name of names) blank[name] = undefined;
  const keys = Object.keys(blank).length;
  return {
    names,
    schemas,
    write(value: Plain, writer: Parameters<Schema<unknown>["write"]>[1]): void {
      for (let i = 0; i < count; i++) schemas[i]!.write(value[names[i]!], writer);
    },
    read(value: Plain, reader: Parameters<Schema<unknown>["read"]>[0]): Plain {
      let i = 0;
      try {
        for (; i < count; i++) value[names[i]!] = schemas[i]!.read(reader);
      } catch (error) {
        throw placed(error, `.${names[i]}`);
      }
      return value;
    },
    check(value: Plain, depth: number): Misfit | null {
      for (let i = 0; i < count; i++) {
        if (!Object.hasOwn(value, names[i]!)) return under(`.${names[i]}`, misfit("a value", undefined));
        const inner = schemas[i]!.check(value[names[i]!], depth);
        if (inner !== null) return under(`.${names[i]}`, inner);
      }
      if (Reflect.ownKeys(value).length === keys) return null;
      const stranger = Reflect.ownKeys(value).find((key) => !Object.hasOwn(blank, key));
      return misfit(`the fields ${names.join(", ") || "(none)"} only`, `the field ${String(stranger)} too`);
    },
    map(value: Plain, change: (schema: Schema<unknown>, part: unknown) => unknown): Plain {
      const result: Plain = kind === null ? {} : { kind };
      for (let i = 0; i < count; i++) result[names[i]!] = change(schemas[i]!, value[names[i]!]);
      return result;
    },
    clone(value: Plain): Plain {
      const result: Plain = kind === null ? {} : { kind };
      for (let i = 0; i < count; i++) result[names[i]!] = schemas[i]!.clone(value[names[i]!]);
      return result;
    },
    equal(a: Plain, b: Plain): boolean {
      for (let i = 0; i < count; i++) if (!schemas[i]!.equal(a[names[i]!], b[names[i]!])) return false;
      return true;
    },
    generate(source: Source, size: number): Plain {
      return this.map({}, (schema) => schema.generate(source, size));
    },
    mutate(value: Plain, source: Source): Plain | null {
      const start = below(source, Math.max(1, count));
      for (let i = 0; i < count; i++) {
        const at = (start + i) % count;
        const changed = schemas[at]!.mutate(value[names[at]!], source);
        // Null is a change only for a field that can be null and was not null.
        if (changed !== null || (canBeNull(schemas[at]!.form) && value[names[at]!] !== null))
          return { ...value, [names[at]!]: changed };
      }
      return null;
    },
  };
}

/** Named fields, encoded as an array in declaration order. Decoded objects have the fields in that order, too. */
export function record<F extends Fields>(fields: F): RecordSchema<RecordOf<F>> {
  checkNames(Object.keys(fields), "record");
  const inside = fieldsOf(fields, null);
  const count = inside.names.length;
  const schema: RecordSchema<Plain> = {
    form: {
      kind: "record",
      fields: inside.names.map((name, i) => ({ name, form: inside.schemas[i]!.form })),
    },
    parts: () => inside.schemas,
    fields,
    write(value, writer) {
      if (typeof value !== "object" || value === null) throw new EncodeError(misfit("a record", value));
      writer.arrayHeader(count);
      inside.write(value, writer);
    },
    read(reader) {
      reader.arrayOf(count);
      return inside.read({}, reader);
    },
    check: (value, depth) => (isPlain(value) ? inside.check(value, depth) : misfit("a plain record", value)),
    clone: inside.clone,
    equal: inside.equal,
    generate: (source, size) => inside.generate(source, size),
    mutate: (value, source) => inside.mutate(value, source),
    rename: (value, sort, to) => inside.map(value, (field, part) => field.rename(part, sort, to)),
  };
  return schema as unknown as RecordSchema<RecordOf<F>>;
}

/** One of several records, told apart by `kind`. Encoded as the position of the case, then the fields. */
export function variant<C extends Readonly<Record<string, RecordSchema<unknown>>>>(
  cases: C,
): Schema<VariantOf<C>> {
  const kinds = Object.keys(cases);
  checkNames(kinds, "variant");
  const inside = kinds.map((kind) => {
    if (Object.hasOwn(cases[kind]!.fields, "kind"))
      throw new SchemaError(
        "bad-name",
        `"variant" expected cases without a field "kind", got one in "${kind}"`,
      );
    return fieldsOf(cases[kind]!.fields, kind);
  });
  const tags = new Map(kinds.map((kind, tag) => [kind, tag]));
  const forms = kinds.map((kind) => ({ name: kind, form: cases[kind]!.form }));
  const ending = kinds.map((_, tag) => tag).filter((tag) => canEnd(forms[tag]!.form));
  const all = kinds.map((_, tag) => tag);
  const expected = `a record of kind ${kinds.join(", ")}`;
  const tagOf = (value: unknown) =>
    typeof value === "object" && value !== null ? tags.get((value as Plain).kind as string) : undefined;
  const of = (value: Plain) => inside[tagOf(value)!]!;
  const schema: Schema<Plain> = {
    form: { kind: "variant", cases: forms },
    parts: () => Object.values(cases),
    write(value, writer) {
      const tag = tagOf(value);
      if (tag === undefined) throw new EncodeError(misfit(expected, value));
      writer.arrayHeader(inside[tag]!.names.length + 1);
      writer.uint(tag);
      inside[tag]!.write(value, writer);
    },
    read(reader) {
      const start = reader.offset;
      const count = reader.arrayHeader();
      if (count === 0) reader.fail("length", "expected a tag", start);
      const tag = reader.uint();
      const fields = inside[tag];
      if (fields === undefined)
        return reader.fail("tag", `expected a tag below ${kinds.length}, got ${tag}`, start);
      if (count !== fields.names.length + 1)
        reader.fail("length", `expected ${fields.names.length + 1} items, got ${count}`, start);
      return fields.read({ kind: kinds[tag] }, reader);
    },
    check(value, depth) {
      const tag = isPlain(value) ? tagOf(value) : undefined;
      return tag === undefined ? misfit(expected, value) : inside[tag]!.check(value as Plain, depth);
    },
    clone: (value) => of(value).clone(value),
    equal: (a, b) => a.kind === b.kind && of(a).equal(a, b),
    generate(source, size) {
      const from = size <= 0 && ending.length > 0 ? ending : all;
      return inside[from[below(source, from.length)]!]!.generate(source, size);
    },
    mutate(value, source) {
      const changed = of(value).mutate(value, source);
      if (changed !== null || kinds.length === 1) return changed;
      const tag = tagOf(value)!;
      return inside[(tag + 1 + below(source, kinds.length - 1)) % kinds.length]!.generate(source, 2);
    },
    rename: (value, sort, to) => of(value).map(value, (field, part) => field.rename(part, sort, to)),
  };
  return schema as unknown as Schema<VariantOf<C>>;
}
