import { crashTolerance, quorumSystem } from "@eunomia/quorum-algebra";
import {
  atLeast,
  type Fraction,
  fraction,
  groupValidators,
  moreThan,
  nakamoto,
  printFraction,
  printRule,
  quorumWeight,
  type StakeRule,
  share,
  stakeQuorums,
  stakeReport,
  type ValidatorSet,
  validatorSet,
} from "@eunomia/quorum-algebra/stake";
import fc from "fast-check";
import { expect, test } from "vitest";
import { refuted, seeded, subsets } from "../naive.ts";
import { anySet, ids, isQuorum } from "./twins.ts";

const names = ids(6);
const anyFraction: fc.Arbitrary<Fraction> = fc
  .tuple(fc.bigInt(0n, 11n), fc.bigInt(1n, 12n))
  .filter(([p, q]) => p < q);
const anyRule: fc.Arbitrary<StakeRule> = fc.oneof(
  anyFraction.map((part) => moreThan(part)),
  anyFraction.filter(([p]) => p > 0n).map((part) => atLeast(part)),
);
const weightOf = ({ validators }: ValidatorSet, ids: Iterable<string>): bigint => {
  const chosen = new Set(ids);
  return validators.reduce((sum, { id, stake }) => (chosen.has(id) ? sum + stake : sum), 0n);
};
const fewest = (set: ValidatorSet, fits: (weight: bigint) => boolean): number =>
  Math.min(...[...subsets(names)].filter((chosen) => fits(weightOf(set, chosen))).map(({ size }) => size));

const isNakamoto = (count: (set: ValidatorSet, part: Fraction) => number) =>
  fc.property(anySet(names), anyFraction, (set, [p, q]) => {
    const known = new Set(set.validators.map(({ id }) => id));
    const all = [...subsets(names)].filter((chosen) => [...chosen].every((id) => known.has(id)));
    const enough = all.filter((chosen) => q * weightOf(set, chosen) > p * set.total);
    expect(count(set, [p, q])).toBe(Math.min(...enough.map(({ size }) => size)));
  });

test("Nakamoto coefficients are the smallest sets above a fraction", () => {
  fc.assert(
    isNakamoto((set, part) => nakamoto(set, part).count),
    seeded(300),
  );
});

test("twins are refused: at least in place of more than, and the lightest first", () => {
  const first = (stakes: readonly bigint[], enough: (sum: bigint) => boolean): number =>
    stakes.findIndex((_, i) => enough(stakes.slice(0, i + 1).reduce((sum, stake) => sum + stake, 0n))) + 1;
  const stakesOf = ({ validators }: ValidatorSet): bigint[] => validators.map(({ stake }) => stake);
  const generous = (set: ValidatorSet, [p, q]: Fraction): number =>
    first(stakesOf(set), (sum) => q * sum >= p * set.total);
  const lightest = (set: ValidatorSet, [p, q]: Fraction): number =>
    first(stakesOf(set).reverse(), (sum) => q * sum > p * set.total);
  for (const twin of [generous, lightest]) expect(refuted(isNakamoto(twin))).toBe(true);
});

test("quorums, halting and forking are those of the definition", () => {
  let forkable = 0;
  fc.assert(
    fc.property(anySet(names), anyRule, (set, rule) => {
      const report = stakeReport(set, { rule });
      const quorum = (weight: bigint): boolean => isQuorum(rule, weight, set.total);
      expect(report.quorum.weight).toBe(quorumWeight(rule, set.total));
      expect(quorum(report.quorum.weight)).toBe(true);
      expect(quorum(report.quorum.weight - 1n)).toBe(false);
      expect(report.quorum.count).toBe(fewest(set, quorum));
      expect(report.halt.count).toBe(fewest(set, (weight) => !quorum(set.total - weight)));
      expect(quorum(set.total - weightOf(set, report.halt.ids))).toBe(false);
      expect(quorum(set.total - report.halt.stake)).toBe(false);
      expect(quorum(set.total - report.halt.stake + 1n)).toBe(true);
      const system = quorumSystem(stakeQuorums(set, rule));
      expect(crashTolerance(system)).toMatchObject({ kind: "exact", value: report.halt.count - 1 });

      const sets = [...subsets(set.validators.map(({ id }) => id))];
      const quorums = sets.filter((chosen) => quorum(weightOf(set, chosen)));
      const common = quorums.flatMap((p) => quorums.map((q) => [...p].filter((id) => q.has(id))));
      const least = Math.min(...common.map(({ length }) => length));
      expect(report.fork.count).toMatchObject({ kind: "exact", value: BigInt(least) });
      expect(report.fork.ids.length).toBe(least);
      for (const split of common) expect(weightOf(set, split) >= report.fork.stake).toBe(true);
      if (least > 0) forkable++;
    }),
    seeded(120),
  );
  expect(forkable).toBeGreaterThan(30);
});

test("the Gini coefficient is the mean difference over twice the mean", () => {
  fc.assert(
    fc.property(anySet(names), (set) => {
      const stakes = set.validators.map(({ stake }) => Number(stake));
      const difference = stakes.reduce((sum, x) => stakes.reduce((all, y) => all + Math.abs(x - y), sum), 0);
      const total = stakes.reduce((sum, x) => sum + x, 0);
      expect(stakeReport(set).gini).toBeCloseTo(difference / (2 * stakes.length * total), 9);
    }),
    seeded(100),
  );
});

test("an operator of several validators is one", () => {
  const set = validatorSet({
    chain: "x",
    validators: [
      { id: "a", stake: 20n, operator: "one" },
      { id: "b", stake: 20n, operator: "one" },
      { id: "c", stake: 30n },
      { id: "d", stake: 30n, operator: "two", moniker: "Two" },
    ],
  });
  const grouped = groupValidators(set, ({ operator }) => operator ?? null);
  expect(grouped.validators).toEqual([
    { id: "one", stake: 40n },
    { id: "c", stake: 30n },
    { id: "two", stake: 30n, moniker: "Two" },
  ]);
  expect(stakeReport(set).nakamoto.map(({ count }) => count)).toEqual([2, 2, 3]);
  expect(stakeReport(grouped).nakamoto.map(({ count }) => count)).toEqual([1, 2, 2]);
  expect(() => groupValidators(set, ({ operator }) => (operator === undefined ? null : "c"))).toThrow(
    /each id once/,
  );
});

test("chances of failing give the chance of standing still", () => {
  const set = validatorSet({ validators: ids(3).map((id) => ({ id, stake: 1n })) });
  const { unavailability } = stakeReport(set, { rule: moreThan("1/2"), failing: 0.1 });
  if (unavailability?.kind !== "exact") throw new Error("three are few");
  expect(unavailability.value).toBeCloseTo(0.028, 12);
});

test("fractions and rules are exact, and read as people write them", () => {
  expect(fraction("2/3")).toEqual([2n, 3n]);
  expect(fraction(" 66.70 % ")).toEqual([667n, 1000n]);
  expect(fraction("0.25")).toEqual([1n, 4n]);
  expect(fraction([10n, 4n])).toEqual([5n, 2n]);
  expect(printFraction(fraction("4/2"))).toBe("2");
  expect([moreThan("2/3"), atLeast("1")].map(printRule)).toEqual(["> 2/3", ">= 1"]);
  expect(share(1n, 3n)).toBeCloseTo(1 / 3, 15);
  expect(share(10n ** 40n, 4n * 10n ** 40n)).toBe(0.25);
  for (const wrong of ["", "2/0", "-1/3", "1/3/4", "2,5", ".5"])
    expect(() => fraction(wrong)).toThrow(/fraction/);
  expect(() => fraction([1n, 0n])).toThrow(/above 0/);
  expect(() => moreThan("1")).toThrow(/less than 1/);
  expect(() => atLeast("0")).toThrow(/above 0/);
  expect(() => atLeast("3/2")).toThrow(/at most 1/);
});

test("sets that are none have a code", () => {
  const make = (validators: readonly { id: string; stake: bigint }[]) => () => validatorSet({ validators });
  expect(make([])).toThrow(expect.objectContaining({ code: "empty" }));
  expect(make([{ id: "", stake: 1n }])).toThrow(expect.objectContaining({ code: "id" }));
  expect(make([{ id: "a", stake: 0n }])).toThrow(expect.objectContaining({ code: "stake", got: 0n }));
  expect(make([{ id: "a", stake: -5n }])).toThrow(/stake of a/);
  expect(make([{ id: "a", stake: 1 as unknown as bigint }])).toThrow(
    expect.objectContaining({ code: "stake" }),
  );
  expect(
    make([
      { id: "a", stake: 1n },
      { id: "a", stake: 2n },
    ]),
  ).toThrow(expect.objectContaining({ code: "duplicate-member", got: "a" }));
  expect(() => nakamoto(make([{ id: "a", stake: 1n }])(), [1n, 1n])).toThrow(/less than 1/);
});
