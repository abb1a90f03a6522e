import type { LearnerId } from "@eunomia/engine";
import { type Bounded, type Expr, type Limits, node, weightedOf } from "@eunomia/quorum-algebra";
import {
  chainPair,
  type Fraction,
  type Joined,
  leastCommonFraction,
  mustAgree,
  quorumWeight,
  type StakeRule,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import { GraphError } from "../errors.ts";
import { type NestedGraph, type NestedOptions, nested } from "./nested.ts";

/** One rule for all chains, or one per chain in their order. */
export type StakeRules = StakeRule | readonly StakeRule[];

/** Comparing failures of two chains exactly can take long; a lower bound serves to order groups as well. */
const maxStepsDefault = 20_000;

/**
 * A learner per chain, an acceptor per operator. Labels are those of `nested`: what chains can promise each other follows
 * from their stakes, and an operator that serves two chains is one failure.
 *
 * Cross labels of chains with stakes of their own are read with validators that may be cut in two: monotone and quick at run time, never
 * wrong when they say "safe", and short of the exact answer by at most what one validator weighs.
 *
 * @example
 * learnerGraph(fromStake(joinOperators([hub, osmosis], [sameAccount]), moreThan("9/10")));
 * @throws GraphError `duplicate-learner` for chains of one name, `shape` unless there is a rule for each.
 */
export function fromStake(joined: Joined, rules: StakeRules, options: NestedOptions = {}): NestedGraph {
  const learners = new Map<LearnerId, Expr>();
  for (const [i, { chain, total }] of joined.chains.entries()) {
    if (learners.has(chain))
      throw new GraphError("duplicate-learner", `chain "${chain}" is there twice. Name every validator set`);
    const members = joined.operators.filter(({ stakes }) => stakes[i]! > 0n);
    learners.set(
      chain,
      weightedOf(
        quorumWeight(ruleOf(joined, rules, i), total),
        members.map(({ id, stakes }) => [stakes[i]!, node(id)] as const),
      ),
    );
  }
  return nested(learners, { ...options, limits: { maxSteps: maxStepsDefault, ...options.limits } });
}

function ruleOf(joined: Joined, rules: StakeRules, chain: number): StakeRule {
  if (!Array.isArray(rules)) return rules as StakeRule;
  const rule = (rules as readonly StakeRule[])[chain];
  if (rule === undefined || rules.length !== joined.chains.length)
    throw new GraphError(
      "shape",
      `rules expected one per chain (${joined.chains.length}), got ${rules.length}`,
    );
  return rule;
}

/** What two chains can promise each other; one chain twice: itself. */
export interface ChainPairReport {
  readonly a: LearnerId;
  readonly b: LearnerId;
  /** They must agree when everybody is safe. Null: not known within the limits. */
  readonly possible: boolean | null;
  /** Least stake of the one, and of the other, and least number of operators that can make them disagree. */
  readonly leastOfA: Bounded<bigint>;
  readonly leastOfB: Bounded<bigint>;
  readonly leastOperators: Bounded<bigint>;
  /** Quorums of more than this part of the stake on both would make agreement possible. */
  readonly commonFraction: Bounded<Fraction>;
}

/** Every two chains, and which can share a block. */
export interface StakeMatrix {
  readonly pairs: readonly ChainPairReport[];
  /** Largest groups of chains of which every two can be told to agree, and each with itself. */
  readonly groups: readonly (readonly LearnerId[])[];
  /** How operators were told apart, and what is doubtful about it. */
  readonly joinedBy: readonly string[];
  readonly warnings: readonly string[];
}

/** What every two chains can promise each other under these rules. Limits are those of each single question. */
export function stakeMatrix(joined: Joined, rules: StakeRules, limits: Limits = {}): StakeMatrix {
  const names = joined.chains.map(({ chain }) => chain);
  const possible = names.map(() => new Array<boolean>(names.length).fill(false));
  const pairs = names.flatMap((a, i) =>
    names.slice(i).map((b, offset): ChainPairReport => {
      const j = i + offset;
      const pair = chainPair(joined, i, j, [ruleOf(joined, rules, i), ruleOf(joined, rules, j)]);
      const agree = mustAgree(pair, [], limits).holds;
      possible[i]![j] = agree === true;
      possible[j]![i] = agree === true;
      return {
        a,
        b,
        possible: agree,
        leastOfA: worstCase(pair, "left", limits).least,
        leastOfB: worstCase(pair, "right", limits).least,
        leastOperators: worstCase(pair, "count", limits).least,
        commonFraction: leastCommonFraction(pair, limits),
      };
    }),
  );
  const groups = cliques(possible).map((group) => group.map((i) => names[i]!).sort());
  return { pairs, groups: groups.sort(), joinedBy: joined.rules, warnings: joined.warnings };
}

/** Largest sets of numbers of which every two are joined, each with itself (Bron and Kerbosch). */
function cliques(joined: readonly (readonly boolean[])[]): number[][] {
  const found: number[][] = [];
  const extend = (group: readonly number[], candidates: readonly number[], done: readonly number[]): void => {
    if (candidates.length === 0 && done.length === 0 && group.length > 0) found.push([...group]);
    const seen = [...done];
    let rest = candidates;
    for (const v of candidates) {
      const near = (w: number): boolean => w !== v && joined[v]![w]!;
      extend([...group, v], rest.filter(near), seen.filter(near));
      rest = rest.filter((w) => w !== v);
      seen.push(v);
    }
  };
  extend(
    [],
    joined.flatMap((row, v) => (row[v] ? [v] : [])),
    [],
  );
  return found;
}
