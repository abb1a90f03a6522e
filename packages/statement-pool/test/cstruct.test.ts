import { type CStruct, cstructOf, type FieldType, type Value } from "@eunomia/statement-pool";
import { expect, test } from "vitest";

const nat: FieldType = { k: "nat" };
const text: FieldType = { k: "text" };

/** All values that three commands make, each once. */
function constructible(kind: CStruct, commands: readonly Value[]): Value[] {
  const found = new Map<string, Value>();
  const queue: Value[] = [kind.bottom];
  for (const value of queue) {
    const key = JSON.stringify(value);
    if (found.has(key)) continue;
    found.set(key, value);
    for (const command of commands) queue.push(kind.append(value, command));
  }
  return [...found.values()];
}

const same = (a: Value | null, b: Value | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The order by definition: v followed by commands. */
function reachable(kind: CStruct, commands: readonly Value[], from: Value): Value[] {
  const seen: Value[] = [from];
  for (const value of seen)
    for (const command of commands) {
      const next = kind.append(value, command);
      if (!seen.some((one) => same(one, next))) seen.push(next);
    }
  return seen;
}

/** Lamport's laws by brute force; answers the first one that is broken. */
function brokenLaw(kind: CStruct, commands: readonly Value[]): string | null {
  const all = constructible(kind, commands);
  const above = new Map(all.map((v) => [JSON.stringify(v), reachable(kind, commands, v)]));
  const below = (v: Value, w: Value): boolean => above.get(JSON.stringify(v))!.some((one) => same(one, w));
  for (const v of all) {
    if (!kind.fits(v)) return "CS0: one spelling";
    for (const w of all) {
      if (kind.leq(v, w) !== below(v, w)) return "the order";
      if (below(v, w) && below(w, v) && !same(v, w)) return "CS2";
    }
  }
  const upper = (v: Value, w: Value) => all.filter((u) => below(v, u) && below(w, u));
  const least = (set: readonly Value[]) => set.find((u) => set.every((other) => below(u, other))) ?? null;
  for (const v of all)
    for (const w of all) {
      const lower = all.filter((u) => below(u, v) && below(u, w));
      const glb = lower.find((u) => lower.every((other) => below(other, u)));
      if (glb === undefined || !same(glb, kind.glb(v, w))) return "CS3: glb";
      const ups = upper(v, w);
      if (ups.length === 0 ? kind.lub(v, w) !== null : !same(least(ups), kind.lub(v, w))) return "CS3: lub";
      if (ups.length === 0) continue;
      for (const u of all)
        if (
          upper(u, v).length > 0 &&
          upper(u, w).length > 0 &&
          upper(u, v).some((one) => below(w, one)) &&
          upper(u, least(ups)!).length === 0
        )
          return "CS3: three";
      for (const command of commands) {
        const holds = (one: Value) => all.some((before) => below(kind.append(before, command), one));
        if (holds(v) && holds(w) && !holds(kind.glb(v, w))) return "CS4";
      }
    }
  return null;
}

const conflicts = new Map([
  ["none", () => false],
  ["one", (a: Value, b: Value) => [a, b].every((item) => item !== 3)],
  ["all", () => true],
]);

const kinds: readonly (readonly [string, FieldType, readonly Value[]])[] = [
  ["single", { k: "single", of: nat }, [1, 2, 3]],
  ["set", { k: "set", of: nat }, [1, 2, 3]],
  ["seq", { k: "seq", of: nat }, [1, 2, 3]],
  ["max", { k: "max" }, [1, 2, 3]],
  ["history, none conflict", { k: "history", of: nat, conflicts: "none" }, [1, 2, 3]],
  ["history, one pair conflicts", { k: "history", of: nat, conflicts: "one" }, [1, 2, 3]],
  ["history, all conflict", { k: "history", of: nat, conflicts: "all" }, [1, 2, 3]],
  [
    "map",
    { k: "map", key: text, of: { k: "seq", of: nat } },
    [
      ["a", 1],
      ["a", 2],
      ["b", 1],
    ],
  ],
  [
    "record",
    { k: "record", of: [{ k: "max" }, { k: "set", of: nat }] },
    [
      [0, 1],
      [0, 2],
      [1, 1],
    ],
  ],
];

test.each(kinds)("%s obeys the laws CS0 to CS4 on all values of three commands", (_name, type, commands) => {
  const kind = cstructOf(type, conflicts);
  expect(constructible(kind, commands).length).toBeGreaterThan(3);
  expect(brokenLaw(kind, commands)).toBeNull();
});

test("a set with a reset and an overwritten register are refused: their order is none", () => {
  const set = cstructOf({ k: "set", of: nat });
  const reset: CStruct = {
    ...set,
    append: (value, command) => (command === 3 ? [] : set.append(value, command)),
  };
  const register: CStruct = { ...set, fits: () => true, append: (_value, command) => [command] };
  for (const twin of [reset, register]) {
    // The order of these is what their commands reach: both ways.
    const reaching: CStruct = {
      ...twin,
      leq: (v, w) => reachable(twin, [1, 2, 3], v).some((one) => same(one, w)),
    };
    expect(brokenLaw(reaching, [1, 2, 3])).toBe("CS2");
  }
});

test("broken twins of good kinds are refused", () => {
  const seq = cstructOf({ k: "seq", of: nat });
  const twins: readonly CStruct[] = [
    { ...seq, glb: () => [] },
    { ...seq, lub: (v, w) => (seq.leq(v, w) ? w : v) },
    { ...seq, leq: (v, w) => (v as []).length <= (w as []).length },
  ];
  for (const twin of twins) expect(brokenLaw(twin, [1, 2, 3])).not.toBeNull();
  const one = cstructOf({ k: "history", of: nat, conflicts: "one" }, conflicts);
  expect(brokenLaw({ ...one, lub: (v, w) => one.lub(v, w) ?? v }, [1, 2, 3])).not.toBeNull();
});

test("values in another spelling are none", () => {
  expect(cstructOf({ k: "set", of: nat }).fits([2, 1])).toBe(false);
  expect(cstructOf({ k: "seq", of: nat }).fits([1, 1])).toBe(false);
  expect(cstructOf({ k: "map", key: text, of: { k: "max" } }).fits([["a", []]])).toBe(false);
  expect(cstructOf({ k: "history", of: nat, conflicts: "none" }, conflicts).fits([2, 1])).toBe(false);
  expect(() => cstructOf({ k: "nat" })).toThrow(expect.objectContaining({ code: "bad-type" }));
  expect(() => cstructOf({ k: "history", of: nat, conflicts: "?" })).toThrow(
    expect.objectContaining({ code: "bad-type" }),
  );
});
