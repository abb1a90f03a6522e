import { fromStake, type LearnerGraph, learnerGraph, type ValidGraph } from "@eunomia/learner-graph";
import { joinOperators, moreThan, sameId, validatorSet } from "@eunomia/quorum-algebra/stake";
import { draws } from "../draws.ts";

/** The two chains. */
export const chains = ["red", "blue"] as const;
export type Chain = (typeof chains)[number];

/** A validator and what it has staked on each chain; 0: it is no validator there. */
export interface Staked {
  readonly id: string;
  readonly red: number;
  readonly blue: number;
}

/** More than this part of a chain's stake is a quorum there. */
const quorumPart = "4/5";

/** Who is there: of red only, of blue only, of both. */
const counts = { red: 2, blue: 2, shared: 4 } as const;

/**
 * Stake by rank, as it falls off on public chains: about as 1 / (rank + flat). Of the Cosmos Hub (175 validators, October 2022) the
 * first five are nearly level (7.0 to 5.0 % of the stake) and the 10th has 44 % of the first; of Osmosis (100 validators, July 2021)
 * the first has 15 % and the 10th a fifth of that. An operator's rank on one chain says little of its rank on the other.
 */
const flat = { red: 6, blue: 4 } as const;

const stakeOf = (chain: Chain, rank: number): number => Math.round(100_000 / (rank + flat[chain]));

function shuffled<T>(values: readonly T[], below: (bound: number) => number): T[] {
  const deck = [...values];
  for (let at = deck.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [deck[at], deck[other]] = [deck[other]!, deck[at]!];
  }
  return deck;
}

/** Validators r1, r2, … of red only, b1, … of blue only and s1, … of both, with ranks that are drawn anew for each chain. */
function drawn(next: () => number): Staked[] {
  const below = (bound: number): number => next() % bound;
  const named = (letter: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
  const shared = named("s", counts.shared);
  const only = { red: named("r", counts.red), blue: named("b", counts.blue) };
  const stakes = (chain: Chain): Map<string, number> =>
    new Map(shuffled([...only[chain], ...shared], below).map((id, i) => [id, stakeOf(chain, i + 1)]));
  const [red, blue] = [stakes("red"), stakes("blue")];
  return [...shared, ...only.red, ...only.blue].map((id) => ({
    id,
    red: red.get(id) ?? 0,
    blue: blue.get(id) ?? 0,
  }));
}

const onChain = (chain: Chain, validators: readonly Staked[]) =>
  validatorSet({
    chain,
    validators: validators
      .filter((one) => one[chain] > 0)
      .map((one) => ({ id: one.id, stake: BigInt(one[chain]) })),
  });

/** The laws of the run: each chain by itself, and both for joint blocks, with the widest promise that their stakes allow. */
export interface Laws {
  readonly red: ValidGraph;
  readonly blue: ValidGraph;
  readonly joint: ValidGraph;
}

/**
 * @throws GraphError when the stakes promise nothing.
 */
export function lawsOf(validators: readonly Staked[]): Laws {
  const graphOf = (...names: Chain[]): ValidGraph => {
    const sets = names.map((name) => onChain(name, validators));
    return learnerGraph(fromStake(joinOperators(sets, [sameId]), moreThan(quorumPart)));
  };
  return { red: graphOf("red"), blue: graphOf("blue"), joint: graphOf("red", "blue") };
}

/** Who plays a part in the story. */
export interface Roles {
  /** A validator of both chains that says one thing to some and another to others. */
  readonly traitor: string;
  /** A validator of both chains that is killed and comes back. */
  readonly sleeper: string;
}

const without = ({ acceptors }: LearnerGraph, ...gone: string[]): string[] =>
  acceptors.filter((id) => !gone.includes(id));

/** Do both chains agree on joint blocks whoever of them lies, and go on without either of these two? */
function holds({ joint }: Laws, { traitor, sleeper }: Roles): boolean {
  const agree = joint.acceptors.every((liar) => {
    const safe = without(joint, liar);
    return (
      joint.isSafeSet("red", "blue", safe) && chains.every((chain) => joint.isSafeSet(chain, chain, safe))
    );
  });
  return (
    agree &&
    chains.every((chain) => [traitor, sleeper].every((id) => joint.isQuorum(chain, without(joint, id))))
  );
}

/** Validators, stakes and roles, the same for the same seed: drawn again until the promise holds whoever of them lies. */
export function cast(seed: number): {
  readonly validators: readonly Staked[];
  readonly laws: Laws;
  readonly roles: Roles;
} {
  const next = draws(seed);
  for (;;) {
    const validators = drawn(next);
    const laws = lawsOf(validators);
    const shared = validators.filter(({ red, blue }) => red > 0 && blue > 0);
    for (const { id: traitor } of shared)
      for (const { id: sleeper } of shared) {
        const roles = { traitor, sleeper };
        if (traitor !== sleeper && holds(laws, roles)) return { validators, laws, roles };
      }
  }
}
