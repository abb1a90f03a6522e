/**
 * How a gate is counted: on the side (holding or failing children) that is decided by less weight. That side has won when
 * its weight reaches `cap`.
 */
export interface CountedGate {
  readonly side: "up" | "down";
  readonly cap: number;
  /** One weight per child. */
  readonly weights: readonly number[];
}

/** Two gates between which the true one lies: the low one holds at most as often. They are the same if `exact`. */
export interface GatePlan {
  readonly exact: boolean;
  readonly low: CountedGate;
  readonly high: CountedGate;
}

/** Children that weigh at least `need`, which is more than 0 and at most their total. */
export function planGate(weights: readonly bigint[], need: bigint, units: number): GatePlan {
  const total = sum(weights);
  const [side, bound] =
    need <= total - need ? (["up", need] as const) : (["down", total - need + 1n] as const);
  if (bound <= BigInt(Math.floor(units))) {
    const counted = { side, cap: Number(bound), weights: weights.map(Number) };
    return { exact: true, low: counted, high: counted };
  }
  const scale = BigInt(Math.floor(units));
  // Weights rounded up reach the bound whenever the true ones do, weights rounded down only if these do.
  const cap = Number(ceilDiv(bound * scale, total));
  const more = { side, cap, weights: weights.map((weight) => Number(ceilDiv(weight * scale, total))) };
  const less = { side, cap, weights: weights.map((weight) => Number((weight * scale) / total)) };
  return side === "up" ? { exact: false, low: less, high: more } : { exact: false, low: more, high: less };
}

/**
 * Two choices of children that each weigh at least `need` and share no more than the children that hold: bounds, since it is a
 * question of dividing the others into two loads of at most `total - need`. They can surely not be divided while those that
 * hold weigh less than `2 need - total`. Heaviest first into one load as they fit, the rest into the other, wastes less than
 * the heaviest; see `LightPlan` for a better bound. Null: some two choices share nothing at all, whoever holds.
 */
export function planSplit(weights: readonly bigint[], need: bigint, units: number): SplitPlan | null {
  const total = sum(weights);
  const certain = 2n * need - total;
  if (certain <= 0n) return null;
  const heaviest = weights.reduce(larger);
  const high = planGate(weights, certain, units);
  if (heaviest === 1n && high.exact) return { ...high, light: null };
  const { low } = planGate(weights, smaller(certain + heaviest - 1n, total), units);
  return { exact: false, low, high: high.high, light: planLight(weights, certain, heaviest, units) };
}

/** Bounds for a question of dividing, of which the low one is the better of two. */
export interface SplitPlan extends GatePlan {
  readonly light: LightPlan | null;
}

/**
 * A better low bound where light children are many. If those of the lightest that do not hold weigh the heaviest together, less
 * the heaviest of the light ones, then what is wasted is less than that one: a waste that it fits into would have room for all
 * the light ones, and so have had room for whatever was put into the other load. So the children divide if `enough` hold, unless
 * so many of the light ones hold that the `spoil` gate does.
 */
export interface LightPlan {
  readonly enough: CountedGate;
  readonly spoil: CountedGate;
  /** Positions of the light children. */
  readonly parts: Int32Array;
}

function planLight(
  weights: readonly bigint[],
  certain: bigint,
  heaviest: bigint,
  units: number,
): LightPlan | null {
  const order = [...weights.keys()].sort((a, b) => (weights[a]! < weights[b]! ? -1 : 1));
  const parts: number[] = [];
  let weight = 0n;
  // Twice the heaviest leaves room for some of them to hold.
  for (const part of order) {
    if (weight >= 2n * heaviest) break;
    parts.push(part);
    weight += weights[part]!;
  }
  const widest = weights[parts.at(-1)!]!;
  if (weight < 2n * heaviest || widest === heaviest) return null;
  const need = certain + widest - 1n;
  if (need > sum(weights)) return null;
  return {
    enough: planGate(weights, need, units).low,
    spoil: planGate(
      parts.map((part) => weights[part]!),
      weight - heaviest + widest + 1n,
      units,
    ).high,
    parts: Int32Array.from(parts),
  };
}

function sum(weights: readonly bigint[]): bigint {
  return weights.reduce((a, b) => a + b, 0n);
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
