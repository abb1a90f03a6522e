import { QuorumError } from "../errors.ts";

/** An exact fraction in lowest terms; `den` is above 0. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export const zero: Rational = { num: 0n, den: 1n };
export const one: Rational = { num: 1n, den: 1n };

/** `num / den`, reduced. `den` must not be 0. */
export function fraction(num: bigint, den: bigint): Rational {
  const sign = den < 0n ? -1n : 1n;
  const g = gcd(num < 0n ? -num : num, den * sign);
  return { num: (num * sign) / g, den: (den * sign) / g };
}

/**
 * The fraction that a number shows: 0.1 is one tenth, though the double is a little more. Who types a share or a capacity means
 * its digits.
 *
 * @throws QuorumError `quantity` if it is not finite.
 */
export function rationalOf(value: number, title = "value"): Rational {
  if (!Number.isFinite(value)) throw new QuorumError("quantity", title, "a finite number", value);
  const [, sign, whole = "", part = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value)) ?? [];
  const digits = BigInt(whole + part) * (sign === "-" ? -1n : 1n);
  const shift = Number(exponent) - part.length;
  return shift >= 0
    ? { num: digits * 10n ** BigInt(shift), den: 1n }
    : fraction(digits, 10n ** BigInt(-shift));
}

/** The nearest number, give or take one unit in its last place, however long the parts are. */
export function toNumber({ num, den }: Rational): number {
  if (num < 0n) return -toNumber({ num: -num, den });
  // 64 significant bits are kept of the quotient, so that Number rounds one value and not two.
  const shift = bitLength(num) - bitLength(den) - 64;
  const quotient = shift >= 0 ? num / (den << BigInt(shift)) : (num << BigInt(-shift)) / den;
  return shift > -1000 ? Number(quotient) * 2 ** shift : Number(quotient) * 2 ** (shift + 500) * 2 ** -500;
}

export function add(a: Rational, b: Rational): Rational {
  if (a.num === 0n) return b;
  if (a.den === b.den) return fraction(a.num + b.num, a.den);
  return fraction(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { num: -b.num, den: b.den });
}

export function multiply(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.num, a.den * b.den);
}

/** `b` must not be 0. */
export function divide(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.den, a.den * b.num);
}

/** Negative: a is less; 0: equal. */
export function compare(a: Rational, b: Rational): number {
  const [left, right] = [a.num * b.den, b.num * a.den];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function greatest(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

export function sum(values: Iterable<Rational>): Rational {
  let total = zero;
  for (const value of values) total = add(total, value);
  return total;
}

/**
 * The fraction with the smallest denominator found by continued fractions within `tolerance` of the number; null if its denominator would
 * exceed `maxDen`. Solvers answer 0.4285714285 and mean 3/7.
 */
export function simplest(value: number, tolerance: number, maxDen: number): Rational | null {
  let [num, den, numBefore, denBefore] = [1, 0, 0, 1];
  let rest = value;
  for (;;) {
    const whole = Math.floor(rest);
    [num, numBefore] = [whole * num + numBefore, num];
    [den, denBefore] = [whole * den + denBefore, den];
    if (den > maxDen) return null;
    if (Math.abs(num / den - value) <= tolerance) return fraction(BigInt(num), BigInt(den));
    rest = 1 / (rest - whole);
  }
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(16).length * 4;
}
