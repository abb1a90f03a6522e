import { describe, expect, test } from "vitest";
import {
  bool,
  bytes,
  check,
  clone,
  decode,
  definitions,
  doc,
  EncodeError,
  encode,
  equal,
  type Form,
  generate,
  id,
  int,
  lazy,
  list,
  mutate,
  nat,
  nil,
  nullable,
  orderedId,
  record,
  refine,
  rename,
  type Schema,
  SchemaError,
  sortedMap,
  sortedSet,
  text,
  toHex,
  variant,
} from "../src/index.ts";
import { edits } from "./edits.ts";
import { Ballot, Expression, Message, State, seeded, zoo } from "./zoo.ts";

function refusal(run: () => unknown): EncodeError {
  try {
    run();
  } catch (error) {
    if (error instanceof EncodeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function accepts(schema: Schema<unknown>, value: unknown): boolean {
  try {
    encode(schema, value);
    return true;
  } catch (error) {
    if (error instanceof EncodeError) return false;
    throw error;
  }
}

describe("check", () => {
  test("fitting values fit", () => {
    for (const [name, schema] of Object.entries(zoo)) {
      const random = seeded(29);
      for (let i = 0; i < 100; i++)
        expect(() => check(schema, generate(schema, random, i % 6)), name).not.toThrow();
    }
  });

  const date = new Date(0);
  const unfit: readonly [Schema<never>, unknown, string][] = [
    [int() as never, 1.5, "$"],
    [int() as never, -0, "$"],
    [int() as never, 2 ** 53, "$"],
    [int() as never, Number.NaN, "$"],
    [int() as never, 1n, "$"],
    [zoo.bigint as never, 1, "$"],
    [zoo.bigint as never, 2n ** 64n, "$"],
    [nat() as never, -1, "$"],
    [text() as never, "\ud800", "$"],
    [text(2) as never, "abc", "$"],
    [id("x") as never, null, "$"],
    [bytes() as never, [1, 2], "$"],
    [bytes() as never, new Uint16Array(2), "$"],
    [bytes(1) as never, new Uint8Array(2), "$"],
    [nil() as never, undefined, "$"],
    [bool() as never, 0, "$"],
    [nullable(nat()) as never, undefined, "$"],
    [list(nat()) as never, [1, 2, -3], "$[2]"],
    [list(nat(), 1) as never, [1, 2], "$"],
    [list(nat()) as never, new Set([1]), "$"],
    [Ballot as never, { round: 1 }, "$.leader"],
    [Ballot as never, { round: 1, leader: 10 }, "$.leader"],
    [Ballot as never, null, "$"],
    [Message as never, { kind: "other" }, "$"],
    [Message as never, { kind: "probe" }, "$.nonce"],
    [
      Message as never,
      { kind: "promise", ballot: { round: 1, leader: 1 }, vote: { ballot: null, value: [] } },
      "$.vote.ballot",
    ],
    [sortedSet(nat()) as never, [1, 3, 2], "$[2]"],
    [sortedSet(nat()) as never, [1, 1], "$[1]"],
    [sortedSet(text()) as never, ["b", "a"], "$[1]"],
    [sortedMap(nat(), nat()) as never, { keys: [1], values: [] }, "$"],
    [sortedMap(nat(), nat()) as never, { keys: [2, 1], values: [0, 0] }, "$.keys[1]"],
    [sortedMap(nat(), nat()) as never, { keys: [1], values: [-1] }, "$.values[0]"],
    [sortedMap(nat(), nat()) as never, new Map([[1, 1]]), "$"],
    [zoo.refined as never, [3, 2], "$"],
  ];
  test("what does not fit is refused with its path, by encode too", () => {
    for (const [schema, value, path] of unfit) {
      expect(refusal(() => check(schema, value)).path).toBe(path);
      expect(refusal(() => encode(schema, value as never)).path).toBe(path);
    }
  });

  test("what encode does not look at: surplus fields and foreign prototypes", () => {
    expect(refusal(() => check(Ballot, { round: 1, leader: 1, more: 1 })).got).toContain("more");
    expect(refusal(() => check(Message, { kind: "stop", why: 1 })).got).toContain("why");
    expect(refusal(() => check(Ballot, Object.assign(date, { round: 1, leader: 1 }))).path).toBe("$");
    expect(refusal(() => check(zoo["empty record"]!, new Map())).path).toBe("$");
    expect(refusal(() => check(Ballot, { round: 1, leader: 1, [Symbol("s")]: 1 })).path).toBe("$");
  });

  test("check and encode agree on values of other schemas", () => {
    const verdicts = { fits: 0, refused: 0, surplus: 0 };
    const random = seeded(73);
    const values: unknown[] = [
      undefined,
      () => 1,
      Symbol.iterator,
      {},
      [],
      { keys: [] },
      { values: [] },
      "keys",
    ];
    for (const schema of Object.values(zoo))
      for (let i = 0; i < 5; i++) values.push(generate(schema, random, i));
    for (const [name, schema] of Object.entries(zoo))
      for (const value of values) {
        const misfit = schema.check(value, 0);
        if (misfit === null) {
          verdicts.fits++;
          expect(decode(schema, encode(schema, value)), name).toEqual(value);
        } else if (/ only$| else$|plain record$/.test(misfit.expected) && accepts(schema, value))
          verdicts.surplus++;
        else {
          verdicts.refused++;
          expect(refusal(() => encode(schema, value)).expected, name).toBe(misfit.expected);
        }
      }
    expect(verdicts.fits).toBeGreaterThan(200);
    expect(verdicts.refused).toBeGreaterThan(2000);
    expect(verdicts.surplus).toBeLessThan(200);
  });

  test("a value that contains itself is refused for its depth", () => {
    const knot: { kind: "some"; count: bigint; children: unknown[] } = {
      kind: "some",
      count: 1n,
      children: [],
    };
    knot.children.push(knot);
    expect(refusal(() => check(Expression, knot)).expected).toBe("nesting of at most 64");
    expect(refusal(() => encode(Expression, knot as never)).expected).toBe("nesting of at most 64");
    // The refusal leaves no trace in the next encoding.
    expect(toHex(encode(Expression, { kind: "node", name: "a" }))).toBe("82006161");
  });
});

describe("schemas that cannot be", () => {
  const cases: readonly [string, () => unknown][] = [
    ["nested-nullable", () => nullable(nullable(nat()))],
    ["nested-nullable", () => nullable(nil())],
    [
      "nested-nullable",
      () =>
        encode(
          lazy(() => nullable(nat())),
          1,
        ),
    ],
    ["bad-name", () => record({ "0": nat() })],
    ["bad-name", () => record({ ["__proto__"]: nat() })],
    ["bad-name", () => record({ "a b": nat() })],
    ["bad-name", () => variant({ a: record({ kind: nat() }) })],
    ["bad-range", () => int(3, 2)],
    ["bad-range", () => nat(0.5)],
    ["bad-range", () => text(-1)],
    ["bad-key", () => sortedSet(bool() as never)],
    ["bad-key", () => sortedMap(list(nat()) as never, nat())],
  ];
  test("are refused when they are built", () => {
    for (const [code, build] of cases) {
      expect(build).toThrow(SchemaError);
      expect(build).toThrow(expect.objectContaining({ code }) as Error);
    }
  });
});

test("a clone is equal and shares nothing", () => {
  const mutable = (value: unknown, into: Set<unknown>): Set<unknown> => {
    if (typeof value === "object" && value !== null) {
      into.add(ArrayBuffer.isView(value) ? value.buffer : value);
      if (!ArrayBuffer.isView(value)) for (const part of Object.values(value)) mutable(part, into);
    }
    return into;
  };
  let shared = 0;
  for (const [name, schema] of Object.entries(zoo)) {
    const random = seeded(31);
    for (let i = 0; i < 100; i++) {
      const value = generate(schema, random, 5);
      const copy = clone(schema, value);
      expect(copy, name).toEqual(value);
      const originals = mutable(value, new Set());
      shared += originals.size;
      for (const one of mutable(copy, new Set())) expect(originals.has(one), name).toBe(false);
    }
  }
  expect(shared).toBeGreaterThan(1000);
});

/** The tag of every case, null and non-null of every nullable, both booleans: as paths of the form. */
function branches(form: Form, path: string): string[] {
  if (form.kind === "variant")
    return form.cases.flatMap((one) => [`${path}:${one.name}`, ...branches(one.form, `${path}:${one.name}`)]);
  if (form.kind === "record")
    return form.fields.flatMap((field) => branches(field.form, `${path}.${field.name}`));
  if (form.kind === "nullable") return [`${path}=null`, `${path}=value`, ...branches(form.item, path)];
  if (form.kind === "list" || form.kind === "set")
    return [`${path}=empty`, `${path}=many`, ...branches(form.item, `${path}[]`)];
  if (form.kind === "map") return [`${path}=empty`, `${path}=many`, ...branches(form.value, `${path}[]`)];
  if (form.kind === "refined") return branches(form.item, path);
  return form.kind === "bool" ? [`${path}=true`, `${path}=false`] : [];
}

function visit(form: Form, value: unknown, path: string, seen: Set<string>): void {
  if (form.kind === "variant") {
    const one = form.cases.find(({ name }) => name === (value as { kind: string }).kind)!;
    seen.add(`${path}:${one.name}`);
    visit(one.form, value, `${path}:${one.name}`, seen);
  } else if (form.kind === "record") {
    for (const field of form.fields)
      visit(field.form, (value as Record<string, unknown>)[field.name], `${path}.${field.name}`, seen);
  } else if (form.kind === "nullable") {
    seen.add(`${path}=${value === null ? "null" : "value"}`);
    if (value !== null) visit(form.item, value, path, seen);
  } else if (form.kind === "list" || form.kind === "set" || form.kind === "map") {
    const items = form.kind === "map" ? (value as { values: unknown[] }).values : (value as unknown[]);
    if (items.length !== 1) seen.add(`${path}=${items.length === 0 ? "empty" : "many"}`);
    for (const item of items) visit(form.kind === "map" ? form.value : form.item, item, `${path}[]`, seen);
  } else if (form.kind === "refined") visit(form.item, value, path, seen);
  else if (form.kind === "bool") seen.add(`${path}=${value}`);
}

test("the generator reaches every case, null, empty and full collections", () => {
  let reached = 0;
  for (const [name, schema] of Object.entries(zoo)) {
    const random = seeded(37);
    const seen = new Set<string>();
    for (let i = 0; i < 600; i++) visit(schema.form, generate(schema, random, i % 8), name, seen);
    expect([...seen].sort()).toEqual([...new Set(branches(schema.form, name))].sort());
    reached += seen.size;
  }
  expect(reached).toBeGreaterThan(60);
});

test("the generator reaches both ends of a range, uses known ids, repeats itself and ends", () => {
  const random = seeded(41);
  const drawn = new Set(Array.from({ length: 500 }, () => generate(int(-2, 40), random)));
  expect([drawn.has(-2), drawn.has(40), drawn.has(24)]).toEqual([true, true, true]);
  const known = { ...seeded(1), ids: { acceptor: ["p", "q"] } };
  expect(new Set(Array.from({ length: 50 }, () => generate(id("acceptor"), known)))).toEqual(
    new Set(["p", "q"]),
  );
  expect(generate(State, seeded(5), 6)).toEqual(generate(State, seeded(5), 6));
  for (let i = 0; i < 50; i++) check(Expression, generate(Expression, random, 200));
});

test("a mutation fits, leaves its argument alone and changes exactly one leaf", () => {
  const counts = { changed: 0, impossible: 0 };
  for (const [name, schema] of Object.entries(zoo)) {
    const random = seeded(43);
    for (let i = 0; i < 300; i++) {
      const value = generate(schema, random, i % 7);
      const before = clone(schema, value);
      const changed = mutate(schema, value, random);
      expect(value, name).toEqual(before);
      if (changed === null && (value === null || schema.form.kind !== "nullable")) {
        counts.impossible++;
        expect(["nil", "nat of one value", "empty record"], name).toContain(name);
        continue;
      }
      check(schema, changed);
      counts.changed++;
      // Repairing a refined value may move its items.
      if (schema.form.kind === "refined") expect(equal(schema, value, changed), name).toBe(false);
      else
        expect(edits(schema, value, changed), `${name}: ${JSON.stringify([value, changed], plain)}`).toBe(1);
    }
  }
  expect(counts.changed).toBeGreaterThan(8000);
});

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

test("renaming repairs only what does not fit any more", () => {
  const Word = refine(text(8), {
    rule: "yes or no",
    holds: (word) => word === "yes" || word === "no",
    repair: () => "yes",
  });
  const Ascending = refine(list(id("acceptor")), {
    rule: "ids in ascending order",
    holds: (ids) => ids.every((one, i) => i === 0 || ids[i - 1]! < one),
    repair: (ids) => [...ids].sort(),
  });
  const Answer = record({ word: Word, ids: Ascending });
  const swap = (one: string) => (one === "a" ? "b" : one === "b" ? "a" : one);
  expect(rename(Answer, { word: "no", ids: ["a", "b"] }, "acceptor", swap)).toEqual({
    word: "no",
    ids: ["a", "b"],
  });
});

test("renaming permutes opaque ids of one sort only and is undone by the inverse", () => {
  const Known = record({
    voters: sortedSet(id("acceptor")),
    votes: sortedMap(id("acceptor"), list(id("acceptor"))),
    learner: id("learner"),
    rank: orderedId("acceptor"),
  });
  const swap = (one: string) => ({ a: "z", z: "a" })[one] ?? one;
  const value = {
    voters: ["a", "m"],
    votes: { keys: ["a", "m", "z"], values: [["a"], ["z", "m"], []] },
    learner: "a",
    rank: "a",
  };
  const renamed = rename(Known, value, "acceptor", swap);
  expect(renamed).toEqual({
    voters: ["m", "z"],
    votes: { keys: ["a", "m", "z"], values: [[], ["a", "m"], ["z"]] },
    learner: "a",
    rank: "a",
  });
  check(Known, renamed);
  expect(rename(Known, renamed, "acceptor", swap)).toEqual(value);
  const random = { ...seeded(47), ids: { acceptor: ["a", "m", "z"] } };
  for (let i = 0; i < 200; i++) {
    const state = generate(State, random, 6);
    expect(rename(State, rename(State, state, "acceptor", swap), "acceptor", swap)).toEqual(state);
    check(State, rename(State, state, "acceptor", swap));
  }
});

test("the form is plain data, with documentation and definitions", () => {
  const Told = record({
    ballot: doc(Ballot, "The highest promise."),
    tree: doc(
      lazy(() => Expression, "Expression"),
      "A tree.",
    ),
  });
  expect(Told.form).toEqual({
    kind: "record",
    fields: [
      { name: "ballot", form: { ...Ballot.form, doc: "The highest promise." } },
      { name: "tree", form: { kind: "lazy", name: "Expression", maxDepth: 64, doc: "A tree." } },
    ],
  });
  expect(definitions(Told)).toEqual({ Expression: Expression.form });
  for (const schema of Object.values(zoo)) expect(structuredClone(schema.form)).toEqual(schema.form);
});

test("decoded byte strings are views of plain bytes; encoded ones are copies", () => {
  const input = Buffer.from(encode(bytes(), Uint8Array.of(1, 2, 3)));
  const view = decode(bytes(), input);
  input[1] = 9;
  expect(view).toEqual(Uint8Array.of(9, 2, 3));
  for (const length of [3, 5000]) {
    const value = new Uint8Array(length);
    const encoded = encode(list(bytes()), [value, value]);
    value.fill(7);
    expect(encoded.includes(7)).toBe(false);
    expect(encoded.byteLength).toBe(encoded.buffer.byteLength);
  }
});

test("encode may be called while another call writes", () => {
  const inner: Schema<number> = { ...nat(), write: (value, writer) => writer.bytes(encode(nat(), value)) };
  expect(toHex(encode(list(inner), [1, 300]))).toBe("82410143" + "19012c");
});
