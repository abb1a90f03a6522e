import type { Method } from "../answers.ts";
import { type LoadCertificate, lowerBound } from "./certificate.ts";
import type { Effort } from "./effort.ts";
import type { Pricing } from "./pricing.ts";
import type { Objective, Problem } from "./question.ts";
import { compare, type Rational, rationalOf, simplest, toNumber } from "./rational.ts";
import type { Choice, Strategy } from "./strategy.ts";
import { unitsFor, wholeWeights } from "./units.ts";
import { attained } from "./verify.ts";

/** A strategy with the proof of how good it is. */
export interface LoadPlan {
  /** `exact`: proved in exact fractions that none is better. `bounds`: proved that none goes below `low`. */
  readonly kind: "exact" | "bounds";
  readonly method: Method;
  /** What the strategy attains of the objective. */
  readonly value: number;
  readonly low: number;
  readonly strategy: Strategy;
  readonly certificate: LoadCertificate;
}

/**
 * The best of some strategies with the best of some certificates, measured exactly, until one proves another to be best; null if no
 * strategy keeps to the limits.
 */
export function judge(
  problem: Problem,
  pricings: readonly Pricing[],
  method: Method,
  strategies: readonly Strategy[],
  certificates: readonly LoadCertificate[],
  effort: () => Effort,
): LoadPlan | null {
  let strategy: { readonly best: Strategy; readonly high: Rational } | null = null;
  let certificate: { readonly best: LoadCertificate; readonly low: Rational } | null = null;
  const isProved = (): boolean =>
    strategy !== null && certificate !== null && compare(strategy.high, certificate.low) === 0;
  for (let i = 0; i < Math.max(strategies.length, certificates.length) && !isProved(); i++) {
    const high = i < strategies.length ? attained(problem, strategies[i]!) : null;
    if (high !== null && (strategy === null || compare(high, strategy.high) < 0))
      strategy = { best: strategies[i]!, high };
    const low = i < certificates.length ? lowerBound(problem, certificates[i]!, pricings, effort) : null;
    if (low !== null && (certificate === null || compare(low, certificate.low) > 0))
      certificate = { best: certificates[i]!, low };
  }
  if (strategy === null || certificate === null) return null;
  return {
    kind: isProved() ? "exact" : "bounds",
    method,
    value: toNumber(strategy.high),
    low: toNumber(certificate.low),
    strategy: strategy.best,
    certificate: certificate.best,
  };
}

/** The choices of the sides put together, the first with the first and so on; a side with fewer repeats its last. */
export function pairedStrategies(
  problem: Problem,
  perSide: readonly (readonly Choice[])[],
): readonly Strategy[] {
  const count = perSide.some((choices) => choices.length === 0)
    ? 0
    : Math.max(...perSide.map(({ length }) => length));
  return Array.from({ length: count }, (_, i) => {
    const strategy: { -readonly [S in keyof Strategy]: Strategy[S] } = { reads: null, writes: null };
    for (const [s, { name }] of problem.sides.entries())
      strategy[name] = perSide[s]!.at(Math.min(i, perSide[s]!.length - 1))!;
    return strategy;
  });
}

/** Every way to put choices of the sides together. */
export function strategiesOf(problem: Problem, perSide: readonly (readonly Choice[])[]): readonly Strategy[] {
  let strategies: Strategy[] = [{ reads: null, writes: null }];
  for (const [s, { name }] of problem.sides.entries())
    strategies = strategies.flatMap((rest) => perSide[s]!.map((choice) => ({ ...rest, [name]: choice })));
  return strategies;
}

/** Certificates of what a solver has found: as the simple fractions that its numbers seem to be, and as they are. */
export function certificatesOf(
  { universe }: Problem,
  weights: readonly (readonly number[])[],
  worth: { readonly [O in Objective]: number },
): readonly LoadCertificate[] {
  const relative = weights.map((entry) => {
    const total = entry.reduce((sum, weight) => sum + weight, 0);
    return entry.map((weight) => (total > 0 ? weight / total : 0));
  });
  const units = relative.map(unitsFor);
  return [0, 1].map((finer) => ({
    weights: relative.map((entry, i) =>
      wholeWeights(universe.ids, entry, units[i]!.at(finer) ?? units[i]![0]!),
    ),
    prices: {
      load: pair(worth.load, finer === 0),
      network: pair(worth.network, finer === 0),
      latency: pair(worth.latency, finer === 0),
    },
  }));
}

/** A price as two whole numbers. */
function pair(value: number, simple: boolean): readonly [number, number] {
  const short = simple ? simplest(value, 1e-8 * Math.max(1, value), 5_000) : null;
  const { num, den } = short ?? rationalOf(value);
  if (num <= Number.MAX_SAFE_INTEGER && den <= Number.MAX_SAFE_INTEGER) return [Number(num), Number(den)];
  return value < 1 ? [Math.round(value * 2 ** 50), 2 ** 50] : [Math.round(value * 2 ** 20), 2 ** 20];
}
