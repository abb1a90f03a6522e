import type { Bounded, Limits } from "../answers.ts";
import { Budget } from "../limits.ts";
import type { ChainPair } from "./chains.ts";
import { type Fraction, fraction } from "./fractions.ts";
import { pack } from "./packing.ts";
import { inA } from "./prices.ts";

const maxStepsDefault = 10_000_000;
const stepsPerProbe = 200_000;

/**
 * The smallest fraction f such that learners of the two chains must agree, everybody being honest, when quorums are "more
 * than f" on both chains. Below it they can disagree. 1: no fraction will do (they share nobody).
 *
 * The shared operators are divided so that the larger of the two parts, each measured against its chain, is as small as
 * possible; f is one minus that. Found by halving; every probe is the exact division test. Where a limit is reached the
 * answer is two bounds: at `high` agreement is certain, below `low` it is certainly not.
 *
 * @example
 * leastCommonFraction(pair); // the rules of the pair do not matter
 */
export function leastCommonFraction(pair: ChainPair, limits: Limits = {}): Bounded<Fraction> {
  const [totalLeft, totalRight] = pair.totals;
  const whole = totalLeft * totalRight;
  const left = pair.shared.map(({ stakes }) => stakes[0] * totalRight);
  const right = pair.shared.map(({ stakes }) => stakes[1] * totalLeft);
  const budget = new Budget(limits, maxStepsDefault);
  const sum = (values: readonly bigint[]): bigint => values.reduce((all, value) => all + value, 0n);

  // `low` is reached by no division, `high` by one.
  let low = -1n;
  let high = sum(left) < sum(right) ? sum(left) : sum(right);
  /** Tries one size of the larger part; false if it stays open. */
  const probe = (room: bigint, maxSteps: number): boolean => {
    const packing = { a: left, b: null, cost: right, roomA: room, roomB: 0n };
    const found = pack(packing, { atMost: room, enough: room, maxSteps }, budget);
    if (found.best !== null) {
      const { places } = found.best;
      const inLeft = sum(left.filter((_, i) => places[i] === inA));
      const inRight = sum(right.filter((_, i) => places[i] !== inA));
      const larger = inLeft > inRight ? inLeft : inRight;
      if (larger < high) high = larger;
    } else if (found.complete) low = room;
    return found.best !== null || found.complete;
  };
  // First how far the relaxation alone excludes divisions, then what is left; probes that stay open are passed over.
  for (let top = high; top - low > 1n; ) {
    const room = (low + top) / 2n;
    probe(room, 0);
    if (low < room) top = room;
  }
  for (let bottom = low; high - bottom > 1n; ) {
    const room = (bottom + high) / 2n;
    if (!probe(room, stepsPerProbe)) bottom = room;
    else if (low > bottom) bottom = low;
  }
  const method = "halving over division tests";
  const rest = (part: bigint): Fraction => fraction([whole - part, whole]);
  return high - low === 1n
    ? { kind: "exact", value: rest(high), method }
    : { kind: "bounds", low: rest(high), high: rest(low + 1n), method };
}
