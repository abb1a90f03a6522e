/**
 * Distributions of the weight of the parts that "count" (hold, or fail), capped: `cells[cap]` is the chance of `cap` or more.
 * Only positive terms are added and multiplied, so that every cell is right to a few units in its last place however small.
 */
export interface Distribution {
  readonly cells: Float64Array;
  /** Highest cell below `cap` that may be above 0. */
  top: number;
}

/** No part yet: weight 0 for certain. `cap` at least 1. */
function emptyDistribution(cap: number): Distribution {
  const cells = new Float64Array(cap + 1);
  cells[0] = 1;
  return { cells, top: 0 };
}

/** Overwrites `to`, of the same cap. */
function copyDistribution(from: Distribution, to: Distribution): void {
  const { cells, top } = from;
  const cap = cells.length - 1;
  if (to.top > top) to.cells.fill(0, top + 1, cap);
  for (let j = 0; j <= top; j++) to.cells[j] = cells[j]!;
  to.cells[cap] = cells[cap]!;
  to.top = top;
}

/** One part more: of weight `weight`, it counts with chance `counts` and does not with chance `not`. */
function addPart(distribution: Distribution, weight: number, counts: number, not: number): void {
  if (weight === 0) return;
  const { cells, top } = distribution;
  const cap = cells.length - 1;
  let beyond = 0;
  for (let j = Math.max(0, cap - weight); j <= top; j++) beyond += cells[j]!;
  const last = Math.min(cap - 1, top + weight);
  for (let j = last; j >= weight; j--) cells[j] = cells[j]! * not + cells[j - weight]! * counts;
  for (let j = Math.min(last, weight - 1); j >= 0; j--) cells[j]! *= not;
  cells[cap]! += beyond * counts;
  distribution.top = last;
}

/** Chance of a weight from `from` (inclusive) to `to` (exclusive, at most the cap). */
export function chanceBetween({ cells, top }: Distribution, from: number, to: number): number {
  // Compensated: a sum over many cells would otherwise lose a digit or two.
  let sum = 0;
  let lost = 0;
  for (let j = Math.max(0, from), end = Math.min(to, top + 1); j < end; j++) {
    const term = cells[j]! - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return sum;
}

/** Chance of a weight of at least `from`, which may be at most the cap. */
export function chanceFrom(distribution: Distribution, from: number): number {
  const cap = distribution.cells.length - 1;
  return distribution.cells[cap]! + chanceBetween(distribution, from, cap);
}

/** Parts in parallel arrays. */
export interface Parts {
  readonly weights: ArrayLike<number>;
  readonly counts: Float64Array;
  readonly not: Float64Array;
}

/** The distribution of all parts. */
export function distributionOf({ weights, counts, not }: Parts, cap: number): Distribution {
  const distribution = emptyDistribution(cap);
  for (let i = 0; i < weights.length; i++) addPart(distribution, weights[i]!, counts[i]!, not[i]!);
  return distribution;
}

/**
 * Shows for every part the distribution of all the others. By halves, O(parts · log parts · cap): taking a part out of a
 * finished distribution would subtract.
 */
export function withoutEach(
  parts: Parts,
  cap: number,
  visit: (part: number, others: Distribution) => void,
): void {
  const { weights, counts, not } = parts;
  const levels: Distribution[] = [];
  const divide = (low: number, high: number, outside: Distribution, level: number): void => {
    if (high - low === 1) {
      visit(low, outside);
      return;
    }
    const middle = (low + high) >>> 1;
    levels[level] ??= emptyDistribution(cap);
    const inside = levels[level];
    for (const [from, to, otherFrom, otherTo] of [
      [low, middle, middle, high],
      [middle, high, low, middle],
    ] as const) {
      copyDistribution(outside, inside);
      for (let i = otherFrom; i < otherTo; i++) addPart(inside, weights[i]!, counts[i]!, not[i]!);
      divide(from, to, inside, level + 1);
    }
  };
  if (weights.length > 0) divide(0, weights.length, emptyDistribution(cap), 0);
}
