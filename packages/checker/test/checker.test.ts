import { majority } from "@eunomia/checker";
import { expect, test } from "vitest";

/** Two sets of this size, out of `count`, cannot miss each other. */
const meets = (size: (count: number) => number): boolean =>
  [1, 2, 3, 4, 5, 6, 7].every((count) => size(count) <= count && 2 * size(count) > count);

test("any two majorities share a member", () => {
  expect(meets(majority)).toBe(true);
});

test("the test refuses a broken twin", () => {
  expect(meets((count) => Math.ceil(count / 2))).toBe(false);
});

test("a caller's mistake is told", () => {
  expect(() => majority(0)).toThrow(RangeError);
});
