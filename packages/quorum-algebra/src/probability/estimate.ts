import type { NodeId, Random } from "@eunomia/engine";
import type { Limits, Method } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { Budget } from "../limits.ts";
import { type Chances, chancesOf } from "./chances.ts";
import { checkGroups, type FailureGroup } from "./groups.ts";

/** Anything that knows whether a set contains a quorum: a `QuorumSystem`, a federated system. Monotone. */
export interface Oracle {
  readonly members: readonly NodeId[];
  has(set: Iterable<NodeId>): boolean;
}

/** What to draw, and how sure to be. */
export interface EstimateOptions extends Limits {
  readonly random: Random;
  /** What the random numbers began with, to be named in the answer. */
  readonly seed: number | string;
  /** Sets to draw; 100 000 by default. Limits may end it sooner: a step is one set. */
  readonly draws?: number;
  /** Standard deviations to either side of the interval; 1.96 by default, which are 95 % of all runs. */
  readonly deviations?: number;
  readonly groups?: readonly FailureGroup[];
}

/** An estimate with the interval in which the true chance lies in most runs; no certainty, unlike the bounds of an `Answer`. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly draws: number;
  readonly hits: number;
  readonly method: Method;
}

/**
 * Draws sets of failed nodes and counts those that leave no quorum. For systems that are no expression, or too large for
 * `unavailability`; chances far below 1 / draws cannot be seen: use `unavailabilityBounds` for these.
 *
 * @throws QuorumError `limit` for fewer than one draw, and as `availability`.
 */
export function estimateUnavailability(system: Oracle, failing: Chances, options: EstimateOptions): Estimate {
  const { random, seed, draws = 100_000, deviations = 1.96, groups = [] } = options;
  if (!Number.isSafeInteger(draws) || draws < 1)
    throw new QuorumError("limit", "draws", "an integer of at least 1", draws);
  const ids = system.members;
  checkGroups(ids, groups);
  const chances = chancesOf(ids, failing);
  const budget = new Budget(options, Number.POSITIVE_INFINITY);
  let [done, hits] = [0, 0];
  while (done < draws && budget.spend()) {
    done++;
    const lost = new Set(
      groups.filter(({ chance }) => happens(random, chance)).flatMap(({ members }) => members),
    );
    const alive = ids.filter((id, i) => !happens(random, chances[i]!) && !lost.has(id));
    if (!system.has(alive)) hits++;
  }
  const method = `Monte Carlo, ${done} draws, ${deviations} deviations, seed ${seed}`;
  return {
    value: done === 0 ? 0 : hits / done,
    ...wilson(hits, done, deviations),
    draws: done,
    hits,
    method,
  };
}

/**
 * The interval of Wilson (1927) around a share of hits: unlike the usual one it stays inside 0 to 1 and says something
 * after no hit at all. Nothing drawn: 0 to 1.
 */
export function wilson(hits: number, draws: number, deviations = 1.96): { low: number; high: number } {
  if (draws === 0) return { low: 0, high: 1 };
  const z2 = deviations * deviations;
  const share = hits / draws;
  const middle = share + z2 / (2 * draws);
  const spread = deviations * Math.sqrt((share * (1 - share) + z2 / (4 * draws)) / draws);
  const scale = 1 + z2 / draws;
  return {
    low: hits === 0 ? 0 : (middle - spread) / scale,
    high: hits === draws ? 1 : (middle + spread) / scale,
  };
}

/** True with the given chance, to 2^-53. */
function happens(random: Random, chance: number): boolean {
  return (random.next() * 2 ** 21 + (random.next() >>> 11)) / 2 ** 53 < chance;
}
