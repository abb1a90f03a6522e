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
 * Two choices of children that each weigh at least `need` and share no more than the children that hold: bounds, since this
 * is a question of dividing the others. They can surely not be divided as long as the shared weight is below
 * `2 need - total`; putting them into one choice by turns as they fit, and the rest into the other, wastes less than the heaviest.
 * Null: some two choices share nothing at all, whoever holds.
 */
export function planSplit(weights: readonly bigint[], need: bigint, units: number): GatePlan | null {
  const total = sum(weights);
  const certain = 2n * need - total;
  if (certain <= 0n) return null;
  const heaviest = weights.reduce((a, b) => (a > b ? a : b));
  const enough = certain + heaviest - 1n;
  const high = planGate(weights, certain, units);
  const low = planGate(weights, enough < total ? enough : total, units);
  return { exact: heaviest === 1n && high.exact, low: low.low, high: high.high };
}

export function sum(weights: readonly bigint[]): bigint {
  return weights.reduce((a, b) => a + b, 0n);
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
