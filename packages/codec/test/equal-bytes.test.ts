import fc from "fast-check";
import { expect, test } from "vitest";
import { equalBytes } from "../src/index.ts";

const bytesOf = fc.uint8Array({ maxLength: 150, size: "max" });

test("equal bytes are equal, at any alignment", () => {
  fc.assert(
    fc.property(bytesOf, fc.nat(7), fc.nat(7), (value, left, right) => {
      const placed = (offset: number) => {
        const room = new Uint8Array(value.length + offset + 3).fill(9);
        room.set(value, offset);
        return room.subarray(offset, offset + value.length);
      };
      expect(equalBytes(placed(left), placed(right))).toBe(true);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("one changed byte anywhere makes them differ, as does another length", () => {
  let far = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 150, size: "max" }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (value, at, flip) => {
        const other = value.slice();
        other[at % value.length]! ^= flip;
        if (at % value.length >= 64) far++;
        expect(equalBytes(value, other)).toBe(false);
        expect(equalBytes(value, value.subarray(1))).toBe(false);
      },
    ),
    { seed: 2, numRuns: 500 },
  );
  expect(far).toBeGreaterThan(20);
});
