import fc from "fast-check";
import { expect, test } from "vitest";
import {
  emptyMap,
  type Key,
  mapDelete,
  mapDropThrough,
  mapGet,
  mapHas,
  mapSet,
  setAdd,
  setDelete,
  setHas,
} from "../src/index.ts";

const key = fc.oneof(
  { arbitrary: fc.integer({ min: -5, max: 5 }), weight: 4 },
  { arbitrary: fc.integer(), weight: 1 },
);
const word = fc.oneof(
  fc.constantFrom("", "a", "b", "ab", "é", "\uffff", "😀"),
  fc.string({ unit: "binary" }),
);
const byOrder = (a: Key, b: Key) => (a < b ? -1 : a > b ? 1 : 0);

type Operation<K> = readonly ["set" | "delete" | "drop" | "look", K, number];
const operations = <K>(of: fc.Arbitrary<K>): fc.Arbitrary<Operation<K>[]> =>
  fc.array(fc.tuple(fc.constantFrom("set", "set", "delete", "drop", "look"), of, fc.nat(9)), {
    maxLength: 60,
    size: "max",
  });

for (const [name, of] of [
  ["numbers", key],
  ["texts", word],
] as const)
  test(`sorted maps and sets of ${name} do what Map and Set do`, () => {
    let hits = 0;
    fc.assert(
      fc.property(operations<Key>(of), (steps) => {
        const map = emptyMap<Key, number>();
        const set: Key[] = [];
        const reference = new Map<Key, number>();
        for (const [what, k, v] of steps) {
          if (reference.has(k)) hits++;
          if (what === "set") {
            expect(setAdd(set, k)).toBe(!reference.has(k));
            mapSet(map, k, v);
            reference.set(k, v);
          } else if (what === "delete") {
            expect(setDelete(set, k)).toBe(reference.has(k));
            expect(mapDelete(map, k)).toBe(reference.delete(k));
          } else if (what === "drop") {
            mapDropThrough(map, k);
            for (const one of [...reference.keys()].filter((other) => other <= k)) {
              reference.delete(one);
              setDelete(set, one);
            }
          }
          expect([mapHas(map, k), mapGet(map, k), setHas(set, k)]).toEqual([
            reference.has(k),
            reference.get(k),
            reference.has(k),
          ]);
          const sorted = [...reference].sort(([a], [b]) => byOrder(a, b));
          expect(map).toEqual({ keys: sorted.map(([one]) => one), values: sorted.map(([, value]) => value) });
          expect(set).toEqual(map.keys);
        }
      }),
      { seed: 53, numRuns: 150 },
    );
    expect(hits).toBeGreaterThan(100);
  });
