import {
  type ChainPair,
  type StakeRule,
  type ValidatorSet,
  validatorSet,
} from "@eunomia/quorum-algebra/stake";
import fc from "fast-check";

/** Ways to give each of n things to one of k places, as digits. */
export function* ways(n: number, k: number): Generator<number[]> {
  for (let code = 0; code < k ** n; code++)
    yield Array.from({ length: n }, (_, i) => Math.floor(code / k ** i) % k);
}

/** Does a weight make a quorum? By the definition, in products. */
export function isQuorum({ kind, fraction: [p, q] }: StakeRule, weight: bigint, total: bigint): boolean {
  return kind === "more than" ? q * weight > p * total : q * weight >= p * total;
}

/** All attacks, by trying every way to leave operators out of the left quorum, out of the right one, or out of neither. */
export function* naiveAttacks(
  pair: ChainPair,
): Generator<{ byzantine: string[]; left: bigint; right: bigint }> {
  const { shared, totals, rules } = pair;
  for (const way of ways(shared.length, 3)) {
    const weight = (place: number, side: 0 | 1): bigint =>
      shared.reduce((sum, { stakes }, i) => (way[i] === place ? sum + stakes[side] : sum), 0n);
    if (!isQuorum(rules[0], totals[0] - weight(0, 0), totals[0])) continue;
    if (!isQuorum(rules[1], totals[1] - weight(1, 1), totals[1])) continue;
    const byzantine = shared.filter((_, i) => way[i] === 2).map(({ id }) => id);
    yield { byzantine, left: weight(2, 0), right: weight(2, 1) };
  }
}

export const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i));

/** Stakes of ordinary size, and some beyond 2^53. */
export const anyStake: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt(1n, 9n),
  fc.bigInt(1n, 200n),
  fc.bigInt(1n, 9n).map((stake) => stake * 10n ** 17n + 1n),
);

/** A set with some of the ids; in one of four, all stakes are equal. */
export function anySet(names: readonly string[], chain = ""): fc.Arbitrary<ValidatorSet> {
  const stakes = fc.array(anyStake, { minLength: names.length, maxLength: names.length });
  return fc.tuple(fc.subarray([...names], { minLength: 1 }), stakes, fc.nat(3)).map(([chosen, own, equal]) =>
    validatorSet({
      chain,
      validators: chosen.map((id, i) => ({ id, stake: equal === 0 ? own[0]! : own[i]! })),
    }),
  );
}

export const smallest = (values: Iterable<bigint>): bigint => [...values].reduce((x, y) => (x < y ? x : y));
