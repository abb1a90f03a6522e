import type { NodeId } from "@eunomia/engine";
import type { Answer, Bounded, Limits } from "../answers.ts";
import { unavailability } from "../probability/availability.ts";
import type { Chances } from "../probability/chances.ts";
import { oneChain } from "./chains.ts";
import { type Fraction, fraction, moreThan, quorumWeight, type StakeRule, share } from "./fractions.ts";
import { stakeQuorums, type Validator, type ValidatorSet, weigh } from "./validators.ts";
import { worstCase } from "./worst.ts";

/** The fewest validators that together have more than a fraction of the stake. */
export interface Nakamoto {
  readonly fraction: Fraction;
  readonly count: number;
  readonly stake: bigint;
  /** Heaviest first. */
  readonly ids: readonly NodeId[];
}

/** What a validator set withstands under a quorum rule. */
export interface StakeReport {
  readonly chain: string;
  readonly epoch: string;
  readonly denomination: string;
  readonly rule: StakeRule;
  readonly count: number;
  readonly total: bigint;
  readonly largest: { readonly id: NodeId; readonly stake: bigint; readonly share: number };
  /** Above 1/3, 1/2 and 2/3 unless other fractions were asked for. */
  readonly nakamoto: readonly Nakamoto[];
  /** 0: all equal; near 1: one has nearly all. */
  readonly gini: number;
  readonly quorum: {
    /** The least weight of a quorum. */
    readonly weight: bigint;
    /** The fewest validators that are one. */
    readonly count: number;
  };
  /** Who can stop the chain. */
  readonly halt: {
    /** The fewest validators without whom there is no quorum. The chain survives one crash less, whichever they are. */
    readonly count: number;
    readonly ids: readonly NodeId[];
    /** Whoever crashes: with less stake than this the chain goes on. */
    readonly stake: bigint;
  };
  /** Who can make the chain fork, by voting twice. */
  readonly fork: {
    /** Whoever is Byzantine: with less stake than this the chain cannot fork. 0: it can if all are honest. */
    readonly stake: bigint;
    /** The fewest validators that can fork it, and some of that number (or of the upper bound). */
    readonly count: Bounded<bigint>;
    readonly ids: readonly NodeId[];
  };
  /** The chance that there is no quorum: certified bounds where it is not exact. Only if chances of failing were given. */
  readonly unavailability?: Answer<number>;
}

/** What a report is asked for beyond the defaults. */
export interface ReportWish {
  /** `> 2/3` by default. */
  readonly rule?: StakeRule;
  /** Fractions for Nakamoto coefficients; each less than 1. */
  readonly fractions?: readonly Fraction[];
  /** The chance of each validator to be down, one by one independent. */
  readonly failing?: Chances;
}

/**
 * The report of one validator set. Ask again with `groupValidators` to see what changes when an operator is one failure.
 * All counts and weights are exact; only shares and the Gini coefficient are rounded to numbers.
 *
 * @example
 * stakeReport(hub).nakamoto.map(({ count }) => count); // [7, 12, 24]
 * @throws QuorumError `fraction` for a fraction of 1 or more.
 */
export function stakeReport(set: ValidatorSet, wish: ReportWish = {}, limits: Limits = {}): StakeReport {
  const { chain, epoch, denomination, validators, total } = set;
  const {
    rule = moreThan("2/3"),
    fractions = [
      [1n, 3n],
      [1n, 2n],
      [2n, 3n],
    ] as const,
  } = wish;
  const weight = quorumWeight(rule, total);
  const largest = validators[0]!;
  const blocking = heaviest(validators, total - weight + 1n);
  const forking = worstCase(oneChain(set, rule), "count", limits);
  const overlap = 2n * weight - total;
  return {
    chain,
    epoch,
    denomination,
    rule,
    count: validators.length,
    total,
    largest: { id: largest.id, stake: largest.stake, share: share(largest.stake, total) },
    nakamoto: fractions.map((part) => nakamoto(set, part)),
    gini: gini(set),
    quorum: { weight, count: heaviest(validators, weight).length },
    halt: { count: blocking.length, ids: idsOf(blocking), stake: total - weight + 1n },
    fork: {
      stake: overlap > 0n ? overlap : 0n,
      count: forking.least,
      ids: forking.attack.byzantine,
    },
    ...(wish.failing === undefined
      ? {}
      : { unavailability: unavailability(stakeQuorums(set, rule), wish.failing, limits) }),
  };
}

/** The Nakamoto coefficient for one fraction. @throws QuorumError `fraction` for 1 or more. */
export function nakamoto(set: ValidatorSet, part: Fraction): Nakamoto {
  const chosen = heaviest(set.validators, quorumWeight(moreThan(part), set.total));
  return { fraction: fraction(part), count: chosen.length, stake: weigh(chosen), ids: idsOf(chosen) };
}

/** The fewest validators that weigh so much: the heaviest. The set is in that order. */
function heaviest(validators: readonly Validator[], need: bigint): readonly Validator[] {
  let sum = 0n;
  let count = 0;
  while (sum < need && count < validators.length) sum += validators[count++]!.stake;
  return validators.slice(0, count);
}

/** Mean difference of all pairs over twice the mean; of n validators at most (n - 1) / n. */
function gini({ validators, total }: ValidatorSet): number {
  const n = BigInt(validators.length);
  const ranked = validators.reduce((sum, { stake }, i) => sum + (n - 1n - 2n * BigInt(i)) * stake, 0n);
  return share(ranked, n * total);
}

function idsOf(validators: readonly Validator[]): readonly NodeId[] {
  return validators.map(({ id }) => id);
}
