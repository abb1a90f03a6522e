import {
  atLeast,
  attackFront,
  type ChainPair,
  chainPair,
  type Disagreement,
  isSafeSet,
  joinOperators,
  leastCommonFraction,
  moreThan,
  mustAgree,
  oneChain,
  type StakeRule,
  sameId,
  twoChains,
  validatorSet,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import fc from "fast-check";
import { expect, test } from "vitest";
import { refuted, seeded } from "../naive.ts";
import { anySet, ids, isQuorum, naiveAttacks, smallest } from "./twins.ts";

const names = ids(6);
const anyRule: fc.Arbitrary<StakeRule> = fc.oneof(
  fc.constantFrom("1/2", "2/3", "3/4", "9/10").map(moreThan),
  fc.constantFrom("1/2", "2/3", "4/5", "1").map(atLeast),
);
const anyPair: fc.Arbitrary<ChainPair> = fc.oneof(
  fc
    .tuple(anySet(names, "left"), anySet(names, "right"), anyRule, anyRule)
    .map(([left, right, first, second]) => twoChains(left, right, [sameId], [first, second])),
  fc.tuple(anySet(names), anyRule).map(([set, rule]) => oneChain(set, rule)),
);
const withCaught = anyPair.chain((pair) =>
  fc.tuple(fc.constant(pair), fc.subarray(pair.shared.map(({ id }) => id))),
);

/** Both are quorums, and what they have in common is Byzantine. */
function checkWitness(pair: ChainPair, { byzantine, quorums }: Disagreement): void {
  const weight = (side: 0 | 1): bigint =>
    quorums[side].reduce((sum, id) => {
      const shared = pair.shared.find((operator) => operator.id === id);
      return sum + (shared?.stakes[side] ?? 0n);
    }, pair.totals[side] - pair.overlap[side]);
  expect(isQuorum(pair.rules[0], weight(0), pair.totals[0])).toBe(true);
  expect(isQuorum(pair.rules[1], weight(1), pair.totals[1])).toBe(true);
  const common = quorums[0].filter((id) => quorums[1].includes(id));
  expect(common).toEqual(byzantine);
}

const canDisagree = (pair: ChainPair, caught: readonly string[]): boolean =>
  [...naiveAttacks(pair)].some(({ byzantine }) => byzantine.every((id) => caught.includes(id)));

let agreed = 0;
let disagreed = 0;
const agreesAsDefined = (decide: (pair: ChainPair, caught: readonly string[]) => boolean | null) =>
  fc.property(withCaught, ([pair, caught]) => {
    const holds = decide(pair, caught);
    expect(holds).toBe(!canDisagree(pair, caught));
    if (holds === true) agreed++;
    else disagreed++;
  });

test("whether they must agree is that of every way to divide", () => {
  const decide = (pair: ChainPair, caught: readonly string[]): boolean | null => {
    const verdict = mustAgree(pair, caught);
    if (verdict.holds === false) {
      checkWitness(pair, verdict.witness);
      for (const id of verdict.witness.byzantine) expect(caught).toContain(id);
    }
    return verdict.holds;
  };
  agreed = 0;
  disagreed = 0;
  fc.assert(agreesAsDefined(decide), seeded(400));
  expect(agreed).toBeGreaterThan(60);
  expect(disagreed).toBeGreaterThan(60);
});

test("a safe set is what is left of the Byzantine one", () => {
  const decide = (pair: ChainPair, caught: readonly string[]): boolean | null =>
    isSafeSet(
      pair,
      [...names, "elsewhere"].filter((id) => !caught.includes(id)),
    ).holds;
  fc.assert(agreesAsDefined(decide), seeded(300));
});

test("twins are refused: the rule of thumb alone, the fractional division taken for whole, slack of one more", () => {
  const thumb = (pair: ChainPair, caught: readonly string[]): boolean => {
    const rest = pair.shared.filter(({ id }) => !caught.includes(id));
    return ([0, 1] as const).every(
      (side) => rest.reduce((sum, { stakes }) => sum + stakes[side], 0n) > pair.slack[0] + pair.slack[1],
    );
  };
  const generous = (pair: ChainPair, caught: readonly string[]): boolean | null =>
    mustAgree({ ...pair, slack: [pair.slack[0] + 1n, pair.slack[1]] }, caught).holds;
  const fractional = (pair: ChainPair, caught: readonly string[]): boolean => {
    let room = Number(pair.slack[0]);
    let other = 0;
    const rest = pair.shared.filter(({ id }) => !caught.includes(id));
    rest.sort(
      (x, y) => Number(y.stakes[1]) / Number(y.stakes[0]) - Number(x.stakes[1]) / Number(x.stakes[0]),
    );
    for (const { stakes } of rest) {
      const part = Math.min(1, room / Number(stakes[0]));
      room -= part * Number(stakes[0]);
      other += (1 - part) * Number(stakes[1]);
    }
    return other > Number(pair.slack[1]);
  };
  for (const twin of [thumb, generous, fractional]) expect(refuted(agreesAsDefined(twin))).toBe(true);
});

let paid = 0;
const isCheapest = (price: (pair: ChainPair, cost: "left" | "right" | "count") => bigint) =>
  fc.property(anyPair, fc.constantFrom("left", "right", "count"), (pair, cost) => {
    const least = smallest(
      [...naiveAttacks(pair)].map((attack) =>
        cost === "count" ? BigInt(attack.byzantine.length) : attack[cost],
      ),
    );
    expect(price(pair, cost)).toBe(least);
    if (least > 0n) paid++;
  });

test("the worst case is the cheapest of all attacks, and its attack works", () => {
  paid = 0;
  const price = (pair: ChainPair, cost: "left" | "right" | "count"): bigint => {
    const { least, attack, stakes } = worstCase(pair, cost);
    checkWitness(pair, attack);
    const sums = ([0, 1] as const).map((side) =>
      pair.shared.reduce(
        (sum, { id, stakes: own }) => (attack.byzantine.includes(id) ? sum + own[side] : sum),
        0n,
      ),
    );
    expect(sums).toEqual(stakes);
    if (least.kind !== "exact") throw new Error("six operators are few");
    return least.value;
  };
  fc.assert(isCheapest(price), seeded(400));
  expect(paid).toBeGreaterThan(100);
});

test("a twin that corrupts the cheapest first is refused", () => {
  const greedy = (pair: ChainPair, cost: "left" | "right" | "count"): bigint => {
    const order = [...pair.shared].sort((x, y) => Number(y.stakes[0] - x.stakes[0]));
    for (let count = 0; ; count++) {
      const caught = order.slice(0, count);
      if (
        mustAgree(
          pair,
          caught.map(({ id }) => id),
        ).holds
      )
        continue;
      const side = cost === "right" ? 1 : 0;
      return cost === "count" ? BigInt(count) : caught.reduce((sum, { stakes }) => sum + stakes[side], 0n);
    }
  };
  expect(refuted(isCheapest(greedy))).toBe(true);
});

test("where a limit is reached, the bounds hold", () => {
  let bounded = 0;
  fc.assert(
    fc.property(anyPair, fc.nat(400), (pair, maxSteps) => {
      const { least, attack } = worstCase(pair, "left", { maxSteps });
      checkWitness(pair, attack);
      const exact = smallest([...naiveAttacks(pair)].map(({ left }) => left));
      if (least.kind === "exact") expect(least.value).toBe(exact);
      else {
        bounded++;
        expect(least.low <= exact && exact <= least.high).toBe(true);
      }
      const verdict = mustAgree(pair, [], { maxSteps });
      if (verdict.holds !== null) expect(verdict.holds).toBe(!canDisagree(pair, []));
    }),
    seeded(200),
  );
  expect(bounded).toBeGreaterThan(20);
});

test("the front has exactly the corners of the hull of all attacks", () => {
  // All shared and of one order of size: else hardly anything can be traded.
  const even = fc.array(fc.bigInt(20n, 90n), { minLength: 6, maxLength: 6 });
  const setOf = (stakes: readonly bigint[]) =>
    validatorSet({ validators: stakes.map((stake, i) => ({ id: names[i]!, stake })) });
  let several = 0;
  fc.assert(
    fc.property(even, even, fc.constantFrom("2/3", "3/4", "4/5"), (left, right, part) => {
      const pair = twoChains(setOf(left), setOf(right), [sameId], moreThan(part));
      const { corners, complete } = attackFront(pair);
      expect(complete).toBe(true);
      for (const { attack } of corners) checkWitness(pair, attack);
      const points = [...naiveAttacks(pair)].map(({ left, right }): [bigint, bigint] => [left, right]);
      expect(corners.map(({ stakes }) => stakes).map(String)).toEqual(hull(points).map(String));
      if (corners.length > 1) several++;
    }),
    seeded(200),
  );
  expect(several).toBeGreaterThan(30);
});

/** Corners of the lower left hull that no point dominates, by the definition: a corner is cheapest at some rates. */
function hull(points: readonly [bigint, bigint][]): readonly [bigint, bigint][] {
  const unique = [...new Map(points.map((point) => [String(point), point])).values()];
  const front = unique.filter(([a, b]) => !unique.some(([c, d]) => c <= a && d <= b && (c < a || d < b)));
  front.sort(([a], [c]) => (a < c ? -1 : 1));
  const above = ([x, y]: [bigint, bigint], [a, b]: [bigint, bigint], [c, d]: [bigint, bigint]): boolean =>
    a < x && x < c && (x - a) * (b - d) >= (b - y) * (c - a);
  return front.filter((point) => !front.some((first) => front.some((second) => above(point, first, second))));
}

test("the least common fraction is where agreement begins", () => {
  let between = 0;
  fc.assert(
    fc.property(anySet(names, "left"), anySet(names, "right"), fc.boolean(), (left, right, alone) => {
      const joined = joinOperators(alone ? [left] : [left, right], [sameId]);
      const pairAt = (part: readonly [bigint, bigint]): ChainPair =>
        chainPair(joined, 0, alone ? 0 : 1, moreThan(part));
      const answer = leastCommonFraction(pairAt([1n, 2n]));
      if (answer.kind === "bounds") {
        // Stakes beyond 2^53 may leave a gap that is too small for floating point.
        const [[p, q], [r, s]] = [answer.low, answer.high];
        expect((r * q - p * s) * 10n ** 9n <= q * s).toBe(true);
        if (r < s) expect(canDisagree(pairAt([r, s]), [])).toBe(false);
        return;
      }
      const [p, q] = answer.value;
      if (p < q) {
        expect(canDisagree(pairAt([p, q]), [])).toBe(false);
        between++;
      }
      if (p > 0n) expect(canDisagree(pairAt([p * 10n ** 40n - 1n, q * 10n ** 40n]), [])).toBe(true);
    }),
    seeded(200),
  );
  expect(between).toBeGreaterThan(60);
});

test("mistakes of a caller have a code", () => {
  const set = validatorSet({ chain: "x", validators: [{ id: "a", stake: 1n }] });
  const pair = oneChain(set, moreThan("2/3"));
  expect(() => mustAgree(pair, ["nobody"])).toThrow(/"byzantine" expected an operator/);
  expect(() => worstCase(pair, () => -1n)).toThrow(/cost of a/);
  expect(() => chainPair(joinOperators([set], [sameId]), 0, 1, moreThan("2/3"))).toThrow(/index below 1/);
});
