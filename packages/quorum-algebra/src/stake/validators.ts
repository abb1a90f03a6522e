import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { weighted } from "../expressions/constructors.ts";
import { type Expr, node } from "../expressions/expr.ts";
import { quorumWeight, type StakeRule } from "./fractions.ts";

/** A validator and its stake in the smallest unit of the chain. What else is known serves to tell operators apart. */
export interface Validator {
  readonly id: NodeId;
  readonly stake: bigint;
  /** The name it goes by. Anybody may take any name. */
  readonly moniker?: string;
  /** The keybase identity: 16 hexadecimal digits of a public key. */
  readonly identity?: string;
  /** The consensus key, as text. */
  readonly key?: string;
  /** Who runs it, where the source says so. */
  readonly operator?: string;
}

/** The validators of one chain at one time, heaviest first (equal ones by id). */
export interface ValidatorSet {
  readonly chain: string;
  /** Height, epoch or date that the stakes belong to. */
  readonly epoch: string;
  /** Unit of the stakes, as `uatom`. */
  readonly denomination: string;
  readonly validators: readonly Validator[];
  readonly total: bigint;
}

/** What a validator set is made from. */
export interface ValidatorSetInput {
  readonly chain?: string;
  readonly epoch?: string;
  readonly denomination?: string;
  readonly validators: readonly Validator[];
}

/**
 * A validator set in order.
 *
 * @example
 * validatorSet({ chain: "hub", validators: [{ id: "a", stake: 60n }, { id: "b", stake: 40n }] });
 * @throws QuorumError `empty`, `id`, `duplicate-member`, or `stake` unless every stake is a bigint above 0.
 */
export function validatorSet(input: ValidatorSetInput): ValidatorSet {
  const { chain = "", epoch = "", denomination = "", validators } = input;
  if (!Array.isArray(validators) || validators.length === 0)
    throw new QuorumError("empty", "validators", "at least one validator", validators);
  const seen = new Set<NodeId>();
  for (const { id, stake } of validators) {
    node(id);
    if (seen.has(id)) throw new QuorumError("duplicate-member", "validators", "each id once", id);
    seen.add(id);
    if (typeof stake !== "bigint" || stake <= 0n)
      throw new QuorumError("stake", `stake of ${id}`, "a bigint above 0n (leave out who has none)", stake);
  }
  const sorted = [...validators].sort(heavierFirst);
  return { chain, epoch, denomination, validators: sorted, total: weigh(sorted) };
}

/** Heaviest first, equal ones by id: the order never depends on that of the source. */
function heavierFirst(a: Validator, b: Validator): number {
  if (a.stake !== b.stake) return a.stake > b.stake ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** What they weigh together. */
export function weigh(validators: readonly { readonly stake: bigint }[]): bigint {
  return validators.reduce((sum, { stake }) => sum + stake, 0n);
}

/**
 * The quorums of a validator set as an expression, with exact weights: "more than 2/3" is the least whole weight above it.
 *
 * @example
 * stakeQuorums(hub, moreThan("2/3"));
 */
export function stakeQuorums({ validators, total }: ValidatorSet, rule: StakeRule): Expr {
  return weighted(new Map(validators.map(({ id, stake }) => [id, stake])), quorumWeight(rule, total));
}

/**
 * One validator per group, with the stake of all its members: who is one failure counts as one. The id of a group is what
 * `groupOf` says; null leaves a validator alone under its own id. Who stops a chain is counted well that way. Who forks it is not:
 * honest members of one group may stand on both sides of a fork, so a group counts for more than its liars.
 *
 * @throws QuorumError `duplicate-member` if a group has the id of a validator that stays alone.
 */
export function groupValidators(set: ValidatorSet, groupOf: (v: Validator) => NodeId | null): ValidatorSet {
  const groups = new Map<NodeId, Validator[]>();
  const alone: Validator[] = [];
  for (const validator of set.validators) {
    const group = groupOf(validator);
    const members = group === null ? alone : groups.get(group);
    if (members === undefined) groups.set(group!, [validator]);
    else members.push(validator);
  }
  const grouped = [...groups].map(([id, members]): Validator => {
    const { moniker } = members[0]!;
    return { id, stake: weigh(members), ...(moniker === undefined ? {} : { moniker }) };
  });
  return validatorSet({ ...set, validators: [...grouped, ...alone] });
}
