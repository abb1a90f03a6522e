import fc from "fast-check";
import { expect, test } from "vitest";
import { Budget } from "../../src/limits.ts";
import { type PackingResult, type PackingWish, pack } from "../../src/stake/packing.ts";
import { bestPrices, costIn, inA, inB, type Packing, type Rough, roughly } from "../../src/stake/prices.ts";
import { refuted, seeded } from "../naive.ts";
import { ways } from "./twins.ts";

const weight = fc.oneof(
  fc.bigInt(1n, 12n),
  fc.bigInt(1n, 1000n),
  fc.bigInt(1n, 12n).map((w) => w * 10n ** 18n + 1n),
);
const anyPacking: fc.Arbitrary<Packing> = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.boolean(), fc.nat(100), fc.nat(100), fc.nat(3))
  .chain(([n, second, partA, partB, kind]) => {
    const list = fc.array(weight, { minLength: n, maxLength: n });
    const costs = fc.array(fc.bigInt(0n, 20n), { minLength: n, maxLength: n });
    return fc.tuple(list, list, costs).map(([a, b, own]) => {
      const part = (values: readonly bigint[], percent: number): bigint =>
        (values.reduce((sum, value) => sum + value, 0n) * BigInt(percent)) / 200n;
      // Costs that are weights are the hard ones: the relaxation then has many equal solutions.
      const cost = [own, a, b, a.map(() => 1n)][kind]!;
      return { a, b: second ? b : null, cost, roomA: part(a, partA), roomB: part(b, partB) };
    });
  });

function cost({ a, b, cost, roomA, roomB }: Packing, way: readonly number[]): bigint | null {
  const sum = (values: readonly bigint[], place: number): bigint =>
    values.reduce((all, value, i) => (way[i] === place ? all + value : all), 0n);
  return sum(a, 0) <= roomA && (b === null || sum(b, 1) <= roomB) ? sum(cost, 2) : null;
}

function naive(packing: Packing): bigint {
  let least: bigint | null = null;
  for (const way of ways(packing.a.length, 3)) {
    if (packing.b === null && way.includes(1)) continue;
    const value = cost(packing, way);
    if (value !== null && (least === null || value < least)) least = value;
  }
  return least!;
}

const methods = new Map<string, number>();
type Solve = (packing: Packing, wish: PackingWish, budget: Budget) => PackingResult;

const isCheapest = (solve: Solve) =>
  fc.property(anyPacking, fc.constantFrom(1, 5, 4000), fc.bigInt(-2n, 2n), (packing, diveSteps, off) => {
    const least = naive(packing);
    const all = packing.cost.reduce((sum, value) => sum + value, 0n);
    const found = solve(packing, { atMost: all, enough: 0n, diveSteps }, new Budget({}, 1e7));
    expect(found.complete).toBe(true);
    expect(found.best?.cost).toBe(least);
    expect(found.low <= least).toBe(true);
    const way = [...found.best!.places].map((place) => (place === inA ? 0 : place === inB ? 1 : 2));
    expect(cost(packing, way)).toBe(least);
    methods.set(found.method, (methods.get(found.method) ?? 0) + 1);

    const atMost = least + off;
    const asked = solve(packing, { atMost, enough: atMost, diveSteps }, new Budget({}, 1e7));
    expect(asked.complete).toBe(true);
    expect(asked.best !== null).toBe(off >= 0n);
    methods.set(asked.method, (methods.get(asked.method) ?? 0) + 1);
  });

test("the cheapest packing is that of all ways, by every method", () => {
  methods.clear();
  fc.assert(isCheapest(pack), seeded(500));
  for (const method of ["linear relaxation", "dive under the relaxation", "branch and bound"])
    expect(methods.get(method)).toBeGreaterThan(60);
});

test("twins are refused: rooms in floating point, a bound that is too high", () => {
  const floating: Solve = (packing, wish, budget) =>
    pack(
      { ...packing, roomA: BigInt(Number(packing.roomA)), roomB: BigInt(Number(packing.roomB)) },
      wish,
      budget,
    );
  const eager: Solve = (packing, wish, budget) => {
    const found = pack(packing, wish, budget);
    return found.best === null || found.best.cost === 0n
      ? found
      : pack(packing, { ...wish, enough: found.best.cost + 1n }, budget);
  };
  expect(refuted(isCheapest(floating), 2000)).toBe(true);
  expect(refuted(isCheapest(eager), 2000)).toBe(true);
});

test("bounds hold whenever the search is cut off", () => {
  let cut = 0;
  fc.assert(
    fc.property(anyPacking, fc.nat(800), (packing, maxSteps) => {
      const all = packing.cost.reduce((sum, value) => sum + value, 0n);
      const { best, low, complete } = pack(
        packing,
        { atMost: all, enough: 0n, diveSteps: 5, maxSteps },
        new Budget({}, 1e7),
      );
      const least = naive(packing);
      expect(low <= least).toBe(true);
      if (best !== null) expect(best.cost >= least).toBe(true);
      if (!complete) cut++;
    }),
    seeded(300),
  );
  expect(cut).toBeGreaterThan(40);
});

/** Least cost for every room left, item by item: what branch and bound saves. */
function byTable({ a, b, cost, roomA, roomB }: Packing): bigint {
  const [width, height] = [Number(roomA) + 1, Number(roomB) + 1];
  let least = Array.from({ length: width * height }, () => 0n);
  a.forEach((_, i) => {
    const [inFirst, inSecond] = [Number(a[i]!), Number(b![i]!)];
    least = least.map((before, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const choices = [before + cost[i]!];
      if (x >= inFirst) choices.push(least[at - inFirst]!);
      if (y >= inSecond) choices.push(least[at - inSecond * width]!);
      return choices.reduce((best, value) => (value < best ? value : best));
    });
  });
  return least.at(-1)!;
}

test("some forty items are packed as by a table", () => {
  let positive = 0;
  let split = 0;
  const size = { minLength: 30, maxLength: 45 };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt(1n, 12n), fc.bigInt(1n, 12n), fc.bigInt(1n, 30n)), size),
      fc.nat(2),
      fc.bigInt(10n, 60n),
      fc.bigInt(10n, 60n),
      (items, kind, roomA, roomB) => {
        const [a, b, own] = [0, 1, 2].map((part) => items.map((item) => item[part]!)) as [
          bigint[],
          bigint[],
          bigint[],
        ];
        const packing = { a, b, cost: [own, a, items.map(() => 1n)][kind]!, roomA, roomB };
        const all = packing.cost.reduce((sum, value) => sum + value, 0n);
        const found = pack(packing, { atMost: all, enough: 0n, diveSteps: 200 }, new Budget({}, 1e8));
        expect(found.complete).toBe(true);
        expect(found.best?.cost).toBe(byTable(packing));
        if (found.best!.cost > 0n) positive++;
        if (found.method === "branch and bound") split++;
      },
    ),
    seeded(60),
  );
  expect(positive).toBeGreaterThan(40);
  expect(split).toBeGreaterThan(10);
});

let tight = 0;
const arePrices = (find: (rough: Rough) => { readonly a: number; readonly b: number }) =>
  fc.property(
    fc.array(
      fc.tuple(fc.bigInt(1n, 12n), fc.bigInt(1n, 12n), fc.bigInt(0n, 30n), fc.constantFrom(7, 7, 6, 5)),
      {
        minLength: 2,
        maxLength: 15,
      },
    ),
    fc.bigInt(0n, 40n),
    fc.bigInt(0n, 40n),
    (items, roomA, roomB) => {
      const list = (part: 0 | 1 | 2): bigint[] => items.map((item) => item[part]);
      const may = Uint8Array.from(items, (item) => item[3]);
      const rough = roughly({ a: list(0), b: list(1), cost: list(2), roomA, roomB }, may);
      const bound = (a: number, b: number): number =>
        items.reduce(
          (sum, _, i) =>
            sum + Math.min(...[1, 2, 4].map((place) => costIn(rough, { a, b, cuts: [] }, i, place))),
          -a * rough.roomA - b * rough.roomB,
        );
      const { a, b } = find(rough);
      expect(a >= 0 && b >= 0).toBe(true);
      let best = 0;
      for (let x = 0; x <= 20; x++) for (let y = 0; y <= 20; y++) best = Math.max(best, bound(x / 4, y / 4));
      expect(bound(a, b)).toBeGreaterThanOrEqual(best - 1e-6);
      if (bound(a, b) > 1) tight++;
    },
  );

test("no prices of a grid give a better bound than the best ones", () => {
  tight = 0;
  fc.assert(arePrices(bestPrices), seeded(80));
  expect(tight).toBeGreaterThan(40);
  const onlyFirst = (rough: Rough) => ({ ...bestPrices(rough), b: 0 });
  expect(refuted(arePrices(onlyFirst))).toBe(true);
});
