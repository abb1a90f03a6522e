import { type Expr, node, support, weightedOf } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { expect, test } from "vitest";
import { alwaysMeet } from "../src/cover/meet.ts";
import { priced } from "../src/cover/prices.ts";
import type { Shares } from "../src/cover/weights.ts";
import { refuted, seeded } from "./naive.ts";

const count = 5;
const share = fc.record({
  weights: fc.array(fc.bigInt(0n, 9n), { minLength: count, maxLength: count }),
  slack: fc.bigInt(0n, 14n),
});
/** Two families or three, each with a limit or two. */
const families = fc.array(fc.array(share, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 });

/** Tries every way to give each node to one family. */
function divisible(limits: readonly (readonly Shares[])[], v = 0, owner: readonly number[] = []): boolean {
  if (v === count) return keeps(limits, owner);
  return limits.some((_, i) => divisible(limits, v + 1, [...owner, i]));
}

function keeps(limits: readonly (readonly Shares[])[], owner: readonly number[]): boolean {
  return limits.every((shares, i) =>
    shares.every(
      ({ weights, slack }) => weights.reduce((sum, w, v) => (owner[v] === i ? sum + w : sum), 0n) <= slack,
    ),
  );
}

const tally = { never: 0, owners: 0, open: 0 };
const right = (ask = priced) =>
  fc.property(families, (limits) => {
    const found = ask(limits);
    tally[found?.kind ?? "open"]++;
    if (found?.kind === "never") expect(divisible(limits)).toBe(false);
    if (found?.kind === "owners") expect(keeps(limits, found.owner)).toBe(true);
  });

test("prices never err, and settle most questions", () => {
  fc.assert(right(), seeded(500));
  console.log(`prices: ${JSON.stringify(tally)}`);
  expect(tally.open).toBeLessThan(100);
  expect(Math.min(tally.never, tally.owners)).toBeGreaterThan(100);
  const generous = (limits: readonly (readonly Shares[])[]) =>
    priced(limits.map((shares) => shares.map(({ weights, slack }) => ({ weights, slack: slack + 2n }))));
  const stingy = (limits: readonly (readonly Shares[])[]) =>
    priced(limits.map((shares) => shares.map(({ weights, slack }) => ({ weights, slack: slack / 2n }))));
  expect(refuted(right(generous))).toBe(true);
  expect(refuted(right(stingy))).toBe(true);
});

test("stakes of two hundred are settled, with sets that convince", () => {
  const ids = Array.from({ length: 200 }, (_, i) => `v${i}`);
  const stake = (percent: bigint, weight: (i: number) => bigint): Expr => {
    const total = ids.reduce((sum, _, i) => sum + weight(i), 0n);
    return weightedOf(
      (total * percent) / 100n + 1n,
      ids.map((id, i) => [weight(i), node(id)] as const),
    );
  };
  const one = (i: number): bigint => 1_000_000n + BigInt((i * 7919) % 997) * 10_007n;
  const other = (i: number): bigint => 1_000_000n + BigInt((i * 104_729) % 991) * 10_007n;
  expect(alwaysMeet([stake(80n, one), stake(80n, other), stake(70n, one)], {})).toMatchObject({
    holds: true,
    method: "prices",
  });
  const apart = [stake(60n, one), stake(70n, other), stake(60n, other)];
  const verdict = alwaysMeet(apart, {});
  expect(verdict).toMatchObject({ holds: false, method: "prices" });
  if (verdict.holds !== false) return;
  const { quorums } = verdict.witness;
  const common = quorums[0]!.filter((id) => quorums.every((set) => set.includes(id)));
  expect(common).toEqual([]);
  apart.forEach((family, i) => {
    const weight = new Map(
      family.t === "wthr" ? family.of.map(([w, child]) => [support(child)[0]!, w] as const) : [],
    );
    const total = quorums[i]!.reduce((sum, id) => sum + weight.get(id)!, 0n);
    expect(family.t === "wthr" && total >= family.k).toBe(true);
  });
});
