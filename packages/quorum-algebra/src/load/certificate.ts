import type { NodeId } from "@eunomia/engine";
import type { Effort } from "./effort.ts";
import type { Pricing } from "./pricing.ts";
import type { Objective, Problem } from "./question.ts";
import { add, fraction, gcd, multiply, type Rational, subtract, zero } from "./rational.ts";

/**
 * Why no strategy does better. The weights of nodes are a second player, who says for every entry of the workload where to look:
 * the busiest node bears at least the weighted mean, and that is at least what the cheapest quorum costs if every node costs
 * its weight times its burden. Nothing of this has to be believed: with other weights the bound is worse, never wrong.
 */
export interface LoadCertificate {
  /** Per entry of the workload: relative weights of nodes, whole numbers; nodes without weight left out. */
  readonly weights: readonly (readonly (readonly [NodeId, number])[])[];
  /**
   * What one unit of each measure is worth, as numerator and denominator: 1 for the objective, for the others the price of their
   * limit, 0 without one.
   */
  readonly prices: { readonly [O in Objective]: readonly [number, number] };
}

/** Beyond so many bits of the common denominator, costs are rounded down: the bound stays one. */
const bitsMax = 256;

/**
 * No strategy is better than this, exactly as far as the cheapest sets are found exactly; null if a side has no set at all.
 * `pricings` in the order of the problem's sides; every search has an `effort` of its own.
 */
export function lowerBound(
  problem: Problem,
  { weights, prices }: LoadCertificate,
  pricings: readonly Pricing[],
  effort: () => Effort,
): Rational | null {
  const price = (o: Objective): Rational => {
    const [num, den] = prices[o];
    return fraction(BigInt(num), BigInt(den));
  };
  const perEntry = weights.map((entry) => relativeWeights(problem, entry));
  let total = zero;
  for (const [s, { part, parts, burden }] of problem.sides.entries()) {
    const perNode = multiply(price("network"), part);
    // What one unit of weight makes one unit of burden cost.
    const factors = perEntry.map(({ whole }, i) =>
      whole === 0n
        ? zero
        : multiply(
            multiply(price("load"), problem.shares[i]!),
            fraction(parts[i]!.num, parts[i]!.den * whole),
          ),
    );
    const costs = burden.map((e, v) =>
      perEntry.reduce((sum, { relative }, i) => {
        const weight = relative[v]!;
        if (weight === 0n || factors[i]!.num === 0n) return sum;
        return add(sum, fraction(weight * factors[i]!.num * e.num, factors[i]!.den * e.den));
      }, perNode),
    );
    const perTime = multiply(price("latency"), part);
    const late = problem.levels.map((level) => multiply(perTime, level));
    const unit = commonUnit([...costs, ...late]);
    const inUnits = (r: Rational): bigint => (r.num * unit) / r.den;
    const found = pricings[s]!(costs.map(inUnits), late.map(inUnits), effort());
    if (found === null) return null;
    total = add(total, fraction(found.low, unit));
  }
  for (const o of ["load", "network", "latency"] as const) {
    const limit = problem.atMost[o];
    if (o !== problem.objective && limit !== null) total = subtract(total, multiply(price(o), limit));
  }
  return total;
}

/** The weights of one entry per node, and all together. Weights below 0 count as 0. */
function relativeWeights(
  { universe }: Problem,
  entry: readonly (readonly [NodeId, number])[],
): { readonly relative: readonly bigint[]; readonly whole: bigint } {
  const relative = new Array<bigint>(universe.ids.length).fill(0n);
  for (const [id, weight] of entry) {
    const v = universe.indexOf.get(id);
    if (v !== undefined && weight > 0) relative[v] = BigInt(weight);
  }
  return { relative, whole: relative.reduce((sum, weight) => sum + weight, 0n) };
}

function commonUnit(values: readonly Rational[]): bigint {
  let unit = 1n;
  for (const { den } of values) {
    unit *= den / gcd(unit, den);
    if (unit >> BigInt(bitsMax) > 0n) return 1n << BigInt(bitsMax);
  }
  return unit;
}
