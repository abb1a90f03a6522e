import type { NodeId } from "@eunomia/engine";
import type { Limits, Verdict } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { Budget } from "../limits.ts";
import { quorumWeight, type StakeRule } from "./fractions.ts";
import { type Joined, type JoinRule, joinOperators, sameId } from "./join.ts";
import { pack } from "./packing.ts";
import { inA } from "./prices.ts";
import type { ValidatorSet } from "./validators.ts";

/** An operator on both chains, and its stake on each. */
export interface SharedOperator {
  readonly id: NodeId;
  readonly stakes: readonly [bigint, bigint];
}

/** Two chains (or one twice) and what matters for their agreement. Of every two values the first is that of the left chain. */
export interface ChainPair {
  readonly chains: readonly [string, string];
  readonly rules: readonly [StakeRule, StakeRule];
  readonly totals: readonly [bigint, bigint];
  /** What a quorum may leave out at most. */
  readonly slack: readonly [bigint, bigint];
  /** The operators of each chain. */
  readonly members: readonly [readonly NodeId[], readonly NodeId[]];
  /** Those that are on both. */
  readonly shared: readonly SharedOperator[];
  /** What the shared operators weigh. */
  readonly overlap: readonly [bigint, bigint];
  /** How operators were told apart. */
  readonly joinedBy: readonly string[];
  readonly warnings: readonly string[];
}

/** How two learners, one on each chain, can come to disagree: two quorums that have only Byzantine operators in common. */
export interface Disagreement {
  readonly byzantine: readonly NodeId[];
  readonly quorums: readonly [readonly NodeId[], readonly NodeId[]];
}

/**
 * Two of the joined chains, by their place among them. The same place twice is one chain: can it fork?
 *
 * @example
 * chainPair(joinOperators([hub, osmosis], [sameAccount]), 0, 1, moreThan("9/10"));
 * @throws QuorumError `shape` for a place without a chain.
 */
export function chainPair(
  joined: Joined,
  left: number,
  right: number,
  rules: StakeRule | readonly [StakeRule, StakeRule],
): ChainPair {
  const sides = [left, right] as const;
  const [leftSet, rightSet] = sides.map((side): ValidatorSet => {
    const set = joined.chains[side];
    if (set === undefined)
      throw new QuorumError("shape", "chain", `an index below ${joined.chains.length}`, side);
    return set;
  }) as [ValidatorSet, ValidatorSet];
  const both = "kind" in rules ? ([rules, rules] as const) : rules;
  const totals = [leftSet.total, rightSet.total] as const;
  const membersOf = (side: number): NodeId[] =>
    joined.operators.filter(({ stakes }) => stakes[side]! > 0n).map(({ id }) => id);
  const shared = joined.operators
    .map(({ id, stakes }): SharedOperator => ({ id, stakes: [stakes[left]!, stakes[right]!] }))
    .filter(({ stakes: [x, y] }) => x > 0n && y > 0n);
  return {
    chains: [leftSet.chain, rightSet.chain],
    rules: both,
    totals,
    slack: [totals[0] - quorumWeight(both[0], totals[0]), totals[1] - quorumWeight(both[1], totals[1])],
    members: [membersOf(left), membersOf(right)],
    shared,
    overlap: [sumOf(shared, 0), sumOf(shared, 1)],
    joinedBy: joined.rules,
    warnings: joined.warnings,
  };
}

/** Two chains, joined by the rules. */
export function twoChains(
  left: ValidatorSet,
  right: ValidatorSet,
  join: readonly JoinRule[],
  rules: StakeRule | readonly [StakeRule, StakeRule],
): ChainPair {
  return chainPair(joinOperators([left, right], join), 0, 1, rules);
}

/** One chain beside itself: do two of its learners agree? Every validator is an operator of its own. */
export function oneChain(set: ValidatorSet, rule: StakeRule): ChainPair {
  return chainPair(joinOperators([set], [sameId]), 0, 0, rule);
}

/** The stake of operators on one side. */
export function sumOf(operators: readonly SharedOperator[], side: 0 | 1): bigint {
  return operators.reduce((sum, { stakes }) => sum + stakes[side], 0n);
}

const maxStepsDefault = 5_000_000;

/**
 * Must learners of the two chains agree while these operators, and no others, are Byzantine? They must unless the other
 * shared operators can be divided into those that some quorum of the left chain leaves out and those that some quorum of
 * the right leaves out. Exact; `holds: null` (a limit was reached) is to be taken as no.
 *
 * @example
 * mustAgree(pair, ["cosmosvaloper1…"]);
 * @throws QuorumError `id` for an operator that is on neither chain.
 */
export function mustAgree(
  pair: ChainPair,
  byzantine: Iterable<NodeId> = [],
  limits: Limits = {},
): Verdict<Disagreement> {
  const caught = new Set(byzantine);
  const known = new Set([...pair.members[0], ...pair.members[1]]);
  for (const id of caught)
    if (!known.has(id)) throw new QuorumError("id", "byzantine", "an operator of one of the two chains", id);
  return agreement(
    pair,
    pair.shared.filter(({ id }) => !caught.has(id)),
    limits,
  );
}

/**
 * Must they agree while all of these operators are safe? The others may do anything. Ids that are on neither chain do not
 * matter: the safe set is that of a whole world. `holds: null` is to be taken as no.
 */
export function isSafeSet(
  pair: ChainPair,
  safe: Iterable<NodeId>,
  limits: Limits = {},
): Verdict<Disagreement> {
  const trusted = new Set(safe);
  return agreement(
    pair,
    pair.shared.filter(({ id }) => trusted.has(id)),
    limits,
  );
}

function agreement(
  pair: ChainPair,
  honest: readonly SharedOperator[],
  limits: Limits,
): Verdict<Disagreement> {
  const [slackLeft, slackRight] = pair.slack;
  const budget = new Budget(limits, maxStepsDefault);
  // Whoever the left quorum does not leave out, the right one must: that is what staying out of the bag costs.
  const found = pack(
    {
      a: honest.map(({ stakes }) => stakes[0]),
      b: null,
      cost: honest.map(({ stakes }) => stakes[1]),
      roomA: slackLeft,
      roomB: 0n,
    },
    { atMost: slackRight, enough: slackRight },
    budget,
  );
  const { method } = found;
  if (found.best === null)
    return found.complete ? { holds: true, method } : { holds: null, reason: "limit", steps: budget.steps };
  const { places } = found.best;
  const leftOut = new Set(honest.filter((_, i) => places[i] === inA).map(({ id }) => id));
  const rightOut = new Set(honest.filter((_, i) => places[i] !== inA).map(({ id }) => id));
  return { holds: false, method, witness: disagreement(pair, leftOut, rightOut) };
}

/** The quorums that leave these out. Whoever is shared and left out by neither has to be Byzantine. */
export function disagreement(
  pair: ChainPair,
  leftOut: ReadonlySet<NodeId>,
  rightOut: ReadonlySet<NodeId>,
): Disagreement {
  const ids = pair.shared.map(({ id }) => id);
  return {
    byzantine: ids.filter((id) => !leftOut.has(id) && !rightOut.has(id)).sort(),
    quorums: [
      pair.members[0].filter((id) => !leftOut.has(id)).sort(),
      pair.members[1].filter((id) => !rightOut.has(id)).sort(),
    ],
  };
}
