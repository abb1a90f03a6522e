import { QuorumError } from "../errors.ts";

/** An exact fraction: numerator and denominator. */
export type Fraction = readonly [bigint, bigint];

/** A part of a total as text (`2/3`, `0.667`, `66.7%`), or exact. */
export type FractionLike = Fraction | string;

/**
 * Reads a fraction and brings it to its lowest terms.
 *
 * @example
 * fraction("66.7%"); // [667n, 1000n]
 * @throws QuorumError `fraction` for what is none, is negative, or has denominator 0.
 */
export function fraction(like: FractionLike): Fraction {
  const parsed = typeof like === "string" ? parseFraction(like) : like;
  if (!Array.isArray(parsed) || parsed.length !== 2 || parsed.some((part) => typeof part !== "bigint"))
    throw new QuorumError("fraction", "fraction", 'a text as "2/3", "0.67" or "67%", or two bigints', like);
  const [top, bottom] = parsed as unknown as Fraction;
  if (top < 0n || bottom <= 0n)
    throw new QuorumError("fraction", "fraction", "at least 0, over a denominator above 0", like);
  const common = gcd(top, bottom);
  return [top / common, bottom / common];
}

/** The text of a fraction: `2/3`. */
export function printFraction([top, bottom]: Fraction): string {
  return bottom === 1n ? `${top}` : `${top}/${bottom}`;
}

/** `part / total` as a number, right to about 15 digits whatever their size. For people; nothing is decided by it. */
export function share(part: bigint, total: bigint): number {
  return total === 0n ? 0 : Number((part * 10n ** 18n) / total) / 1e18;
}

function parseFraction(text: string): Fraction | null {
  const over = /^\s*(\d{1,40})\s*\/\s*(\d{1,40})\s*$/.exec(text);
  if (over !== null) return [BigInt(over[1]!), BigInt(over[2]!)];
  const decimal = /^\s*(\d{1,40})(?:\.(\d{1,40}))?\s*(%?)\s*$/.exec(text);
  if (decimal === null) return null;
  const [, whole = "", part = "", percent] = decimal;
  return [BigInt(whole + part), 10n ** BigInt(part.length + (percent === "%" ? 2 : 0))];
}

/** Greatest common divisor; `gcd(0, x)` is x. */
export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** a / b rounded up, for a >= 0 and b > 0. */
export function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** Which weight makes a quorum: more than, or at least, a fraction of the total. */
export interface StakeRule {
  readonly kind: "more than" | "at least";
  readonly fraction: Fraction;
}

/**
 * Quorums are the sets with more than this part of the stake.
 *
 * @example
 * moreThan("2/3"); // w(S) > 2W/3, exactly
 * @throws QuorumError `fraction` unless 0 <= fraction < 1.
 */
export function moreThan(part: FractionLike): StakeRule {
  const exact = fraction(part);
  if (exact[0] >= exact[1])
    throw new QuorumError(
      "fraction",
      "more than",
      "less than 1: nobody has more than all",
      printFraction(exact),
    );
  return { kind: "more than", fraction: exact };
}

/** Quorums are the sets with at least this part of the stake. @throws QuorumError `fraction` unless 0 < fraction <= 1. */
export function atLeast(part: FractionLike): StakeRule {
  const exact = fraction(part);
  if (exact[0] > exact[1] || exact[0] === 0n)
    throw new QuorumError("fraction", "at least", "above 0 and at most 1", printFraction(exact));
  return { kind: "at least", fraction: exact };
}

/** The text of a rule: `> 2/3`. */
export function printRule({ kind, fraction: part }: StakeRule): string {
  return `${kind === "more than" ? ">" : ">="} ${printFraction(part)}`;
}

/** The least weight of a quorum, of a total that is above 0. */
export function quorumWeight({ kind, fraction: [top, bottom] }: StakeRule, total: bigint): bigint {
  return kind === "more than" ? (top * total) / bottom + 1n : ceilDiv(top * total, bottom);
}
