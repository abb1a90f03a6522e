/** A quantity over time. */
export interface Series {
  /** Seconds since the beginning of the run, ascending. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** How a quantity changes: what a straight line through it says, and how sure that is. */
export interface Trend {
  readonly mean: number;
  /** Growth from the first to the last moment, and its interval of 95 % confidence. */
  readonly growth: number;
  readonly low: number;
  readonly high: number;
}

/** Neighbouring samples resemble each other, so that a line through all of them would be surer than it may be. */
const blocks = 24;
/** Student's t for `blocks - 2` degrees of freedom, two-sided 95 %. */
const quantile = 2.074;

/**
 * The least squares line through the means of 24 stretches of equal length. Null: too few samples for that.
 *
 * @example
 * trendOf({ at, values }); // { mean: 96.1, growth: 0.4, low: -0.3, high: 1.1 }
 */
export function trendOf({ at, values }: Series): Trend | null {
  const from = at[0] ?? 0;
  const span = (at.at(-1) ?? 0) - from;
  if (span <= 0) return null;
  const sums = Array.from({ length: blocks }, () => ({ sum: 0, count: 0 }));
  for (const [i, moment] of at.entries()) {
    const block = sums[Math.min(blocks - 1, Math.floor(((moment - from) / span) * blocks))]!;
    block.sum += values[i]!;
    block.count += 1;
  }
  if (sums.some(({ count }) => count === 0)) return null;
  const means = sums.map(({ sum, count }) => sum / count);
  const mean = means.reduce((sum, value) => sum + value) / blocks;
  const middle = (blocks - 1) / 2;
  let square = 0;
  let product = 0;
  for (const [i, value] of means.entries()) {
    square += (i - middle) ** 2;
    product += (i - middle) * (value - mean);
  }
  const slope = product / square;
  const rest = means.reduce((sum, value, i) => sum + (value - mean - slope * (i - middle)) ** 2, 0);
  const error = quantile * Math.sqrt(rest / (blocks - 2) / square);
  return { mean, growth: slope * blocks, low: (slope - error) * blocks, high: (slope + error) * blocks };
}

/** What a trend is worth: `grows` only where even the cautious reading is more than what is allowed. */
export const grows = ({ low }: Trend, allowed: number): boolean => low > allowed;

/** The last two thirds of a run: what comes before is warming up. */
export function settled({ at, values }: Series, endSeconds: number): Series {
  const first = at.findIndex((moment) => moment >= endSeconds / 3);
  return first < 0 ? { at: [], values: [] } : { at: at.slice(first), values: values.slice(first) };
}
