import {
  constant,
  crashTolerance,
  type Expr,
  grid,
  majority,
  node,
  or,
  quorumSystem,
  threshold,
  thresholdOf,
  weighted,
} from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyExpr, naiveHas, refuted, seeded, subsets, without } from "./naive.ts";

const ids = ["a", "b", "c", "d", "e", "f"];

const isResilience = (tolerance: (e: Expr) => number) =>
  fc.property(anyExpr(ids), (e) => {
    const blocking = [...subsets(ids)]
      .filter((set) => !naiveHas(e, without(ids, set)))
      .map((set) => set.size);
    expect(tolerance(e)).toBe(Math.min(...blocking) - 1);
  });

const exact = (e: Expr): number => {
  const answer = crashTolerance(e);
  return answer.kind === "exact" ? answer.value : Number.NaN;
};

test("resilience is the smallest blocking set minus one", () => {
  fc.assert(isResilience(exact), seeded(800));
});

test("a twin that counts children instead of nodes is refused", () => {
  const counting = (e: Expr): number => (e.t === "thr" ? e.of.length - e.k : exact(e));
  expect(refuted(isResilience(counting))).toBe(true);
});

test("known systems", () => {
  expect(exact(majority(["a", "b", "c", "d", "e"]))).toBe(2);
  expect(exact(thresholdOf(2, [node("a"), node("a"), node("b")]))).toBe(0);
  expect(
    exact(
      grid([
        ["a", "b", "c"],
        ["d", "e", "f"],
      ]).phase1,
    ),
  ).toBe(1);
  expect(exact(weighted({ a: 5n, b: 1n, c: 1n, d: 1n }, 5n))).toBe(0);
  expect(
    exact(
      thresholdOf(
        11,
        Array.from({ length: 16 }, (_, o) =>
          threshold(
            [0, 1, 2].map((i) => `${o}.${i}`),
            2,
          ),
        ),
      ),
    ),
  ).toBe(11);
  expect(exact(constant(false))).toBe(-1);
  expect(exact(constant(true))).toBe(Infinity);
  expect(crashTolerance(quorumSystem(or(node("a"), node("b"))))).toEqual({
    kind: "exact",
    value: 1,
    method: "branch and bound",
  });
});

test("the Fano plane, where every node lies on three lines", () => {
  const lines = ["abc", "ade", "afg", "bdf", "beg", "cdg", "cef"];
  const fano = thresholdOf(
    1,
    lines.map((line) => threshold([...line], 3)),
  );
  expect(exact(fano)).toBe(2);
  const hurried = crashTolerance(fano, { maxSteps: 1 });
  expect(hurried.kind === "exact" || (hurried.low <= 2 && hurried.high >= 2)).toBe(true);
});
