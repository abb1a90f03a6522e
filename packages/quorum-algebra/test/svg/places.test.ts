import { dendrogramOrder } from "@eunomia/quorum-algebra/svg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { around, type Circle, packed } from "../../src/svg/pack.ts";
import { type Rectangle, squarified } from "../../src/svg/treemap.ts";
import { refuted, seeded } from "../naive.ts";

const radii = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });

describe("packed circles", () => {
  const apart = (pack: (radii: readonly number[]) => Circle[]) =>
    fc.property(radii, (given) => {
      const circles = pack(given);
      expect(circles.map(({ r }) => r)).toEqual(given);
      for (const [at, a] of circles.entries())
        for (const b of circles.slice(at + 1))
          if (Math.hypot(a.x - b.x, a.y - b.y) < (a.r + b.r) * (1 - 1e-5)) throw new Error("they overlap");
      const whole = around(circles);
      for (const c of circles)
        if (Math.hypot(c.x - whole.x, c.y - whole.y) + c.r > whole.r * (1 + 1e-9)) throw new Error("outside");
    });

  test("never overlap, and lie in the circle around them", () => fc.assert(apart(packed), seeded(300)));

  test("a twin that puts all on one spiral is refused", () => {
    const spiral = (given: readonly number[]): Circle[] =>
      given.map((r, at) => ({ x: 9 * Math.sqrt(at) * Math.cos(at), y: 9 * Math.sqrt(at) * Math.sin(at), r }));
    expect(refuted(apart(spiral))).toBe(true);
  });

  test("fill more than half of the circle around them when they are many and equal", () => {
    const circles = packed(new Array(200).fill(1));
    expect(200 / around(circles).r ** 2).toBeGreaterThan(0.7);
  });

  test("the circle around two is the smallest, within half a percent", () => {
    const two = [
      { x: 0, y: 0, r: 1 },
      { x: 10, y: 0, r: 3 },
    ];
    expect(around(two).r).toBeLessThan(7 * 1.005);
  });
});

describe("a treemap", () => {
  const areas = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 60 });
  const whole = { x: 3, y: 4, width: 300, height: 200 };
  const divides = (divide: (areas: readonly number[], whole: Rectangle) => Rectangle[]) =>
    fc.property(areas, (given) => {
      const sorted = given.toSorted((a, b) => b - a);
      const total = sorted.reduce((sum, area) => sum + area, 0);
      const parts = divide(sorted, whole);
      for (const [at, part] of parts.entries()) {
        const share = (part.width * part.height) / (whole.width * whole.height);
        if (Math.abs(share - sorted[at]! / total) > 1e-9) throw new Error("an area is not its share");
        const right = part.x + part.width - whole.x - whole.width;
        const low = part.y + part.height - whole.y - whole.height;
        if (part.x < whole.x - 1e-6 || part.y < whole.y - 1e-6 || right > 1e-6 || low > 1e-6)
          throw new Error("outside");
      }
      for (const [at, a] of parts.entries())
        for (const b of parts.slice(at + 1)) {
          const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
          const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
          if (across > 1e-6 && down > 1e-6) throw new Error("they overlap");
        }
    });

  test("divides its rectangle by shares", () => fc.assert(divides(squarified), seeded(200)));

  test("a twin with parts of equal width is refused", () => {
    const strips = (given: readonly number[], { x, y, width, height }: Rectangle): Rectangle[] =>
      given.map((_, at) => ({ x: x + (at * width) / given.length, y, width: width / given.length, height }));
    expect(refuted(divides(strips))).toBe(true);
  });
});

describe("the order of a dendrogram", () => {
  /** The definition: every pair of groups looked at anew in each round. */
  const naive = (values: readonly (readonly (number | null)[])[]): number[] => {
    let groups = values.map((_, at) => [at]);
    const tie = (l: readonly number[], r: readonly number[]) =>
      Math.min(...l.flatMap((a) => r.map((b) => values[a]![b] ?? Number.NEGATIVE_INFINITY)));
    while (groups.length > 1) {
      let best: [number[], number[]] = [groups[0]!, groups[1]!];
      for (const [at, left] of groups.entries())
        for (const right of groups.slice(at + 1)) if (tie(left, right) > tie(...best)) best = [left, right];
      groups = groups.map((g) => (g === best[0] ? [...best[0], ...best[1]] : g)).filter((g) => g !== best[1]);
    }
    return groups[0]!;
  };

  test("is that of complete linkage", () => {
    const matrix = fc
      .integer({ min: 1, max: 8 })
      .chain((n) =>
        fc
          .array(fc.option(fc.integer({ min: 0, max: 5 })), { minLength: n * n, maxLength: n * n })
          .map((flat) =>
            Array.from({ length: n }, (_, a) =>
              Array.from({ length: n }, (__, b) => flat[Math.min(a, b) * n + Math.max(a, b)]!),
            ),
          ),
      );
    fc.assert(
      fc.property(matrix, (values) => {
        expect(dendrogramOrder(values)).toEqual(naive(values));
      }),
      seeded(300),
    );
  });

  test("brings together what holds together", () => {
    expect(
      dendrogramOrder([
        [9, 0, 5],
        [0, 9, 0],
        [5, 0, 9],
      ]),
    ).toEqual([0, 2, 1]);
    expect(dendrogramOrder([])).toEqual([]);
  });
});
