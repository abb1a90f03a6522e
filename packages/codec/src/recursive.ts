import { misfit } from "./composites.ts";
import { EncodeError, SchemaError } from "./errors.ts";
import { canBeNull, type Form, type Schema } from "./schema.ts";

/**
 * A schema that mentions itself. `name` is what the form calls it, `maxDepth` how deep values may nest; the decoder also
 * stops at its own `maxDepth`.
 *
 * @example
 * type Tree = { children: Tree[] };
 * const Tree: Schema<Tree> = record({ children: list(lazy(() => Tree, "Tree")) });
 */
export function lazy<T>(get: () => Schema<T>, name = "recursive", maxDepth = 64): Schema<T> {
  let found: Schema<T> | undefined;
  const target = (): Schema<T> => {
    if (found === undefined) {
      found = get();
      // A surrounding `nullable` cannot look in here when it is built.
      if (canBeNull(found.form))
        throw new SchemaError(
          "nested-nullable",
          `"lazy" expected a schema without null, got ${found.form.kind}; put nullable around it`,
        );
    }
    return found;
  };
  return {
    form: { kind: "lazy", name, maxDepth },
    parts: () => [target()],
    write(value, writer) {
      if (++writer.depth > maxDepth) throw new EncodeError(misfit(`nesting of at most ${maxDepth}`, "more"));
      target().write(value, writer);
      writer.depth--;
    },
    read(reader) {
      reader.enter(maxDepth);
      const value = target().read(reader);
      reader.leave();
      return value;
    },
    check: (value, depth) =>
      depth >= maxDepth ? misfit(`nesting of at most ${maxDepth}`, "more") : target().check(value, depth + 1),
    clone: (value) => target().clone(value),
    equal: (a, b) => target().equal(a, b),
    generate: (source, size) => target().generate(source, size >> 1),
    mutate: (value, source) => target().mutate(value, source),
    rename: (value, sort, to) => target().rename(value, sort, to),
  };
}

/** The rule of a `refine`. */
export interface Rule<T> {
  /** What fitting values are, as a noun phrase: used in messages and in the form. */
  readonly rule: string;
  /** Must not throw for any value of the inner schema. */
  holds(value: T): boolean;
  /** Makes a value of the inner schema fit: used on generated and mutated values, and on renamed ones that do not fit. */
  repair(value: T): T;
}

/**
 * The values of a schema that also obey a rule, e.g. children in sorted order.
 *
 * @example
 * const even = refine(nat(), { rule: "an even number", holds: (n) => n % 2 === 0, repair: (n) => n - (n % 2) });
 */
export function refine<T>(schema: Schema<T>, rule: Rule<T>): Schema<T> {
  return {
    ...schema,
    form: { kind: "refined", rule: rule.rule, item: schema.form },
    parts: () => [schema],
    write(value, writer) {
      schema.write(value, writer);
      if (!rule.holds(value)) throw new EncodeError(misfit(rule.rule, value));
    },
    read(reader) {
      const start = reader.offset;
      const value = schema.read(reader);
      if (!rule.holds(value)) reader.fail("refused", `expected ${rule.rule}`, start);
      return value;
    },
    check: (value, depth) =>
      schema.check(value, depth) ?? (rule.holds(value as T) ? null : misfit(rule.rule, value)),
    generate: (source, size) => rule.repair(schema.generate(source, size)),
    mutate(value, source) {
      for (let attempt = 0; attempt < 8; attempt++) {
        const changed = schema.mutate(value, source);
        if (changed === null) return null;
        const repaired = rule.repair(changed);
        if (!schema.equal(repaired, value)) return repaired;
      }
      return null;
    },
    rename(value, sort, to) {
      const renamed = schema.rename(value, sort, to);
      return rule.holds(renamed) ? renamed : rule.repair(renamed);
    },
  };
}

/** The forms of all recursive schemas reachable from `schema`, by the name that `lazy` gave them. */
export function definitions(schema: Schema<unknown>): Record<string, Form> {
  const found: Record<string, Form> = {};
  const seen = new Set<Schema<unknown>>();
  const visit = (one: Schema<unknown>): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const part of one.parts()) {
      if (one.form.kind === "lazy") found[one.form.name] = part.form;
      visit(part);
    }
  };
  visit(schema);
  return found;
}
