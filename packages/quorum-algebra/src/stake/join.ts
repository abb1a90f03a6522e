import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { readBech32 } from "./bech32.ts";
import { type Validator, type ValidatorSet, validatorSet } from "./validators.ts";

/**
 * When two validators are run by the same operator: when their keys under this rule are equal. It is data about the world,
 * not algebra, so whoever asks chooses it, and answers name it.
 */
export interface JoinRule {
  readonly name: string;
  /** Null: this rule says nothing about this validator. */
  keyOf(validator: Validator): string | null;
  /** Why the rule may join strangers. */
  readonly warning?: string;
}

/** The same id on both chains. For sets whose ids name operators. */
export const sameId: JoinRule = { name: "same id", keyOf: ({ id }) => id };

/** The same consensus key. */
export const sameKey: JoinRule = { name: "same consensus key", keyOf: ({ key }) => key ?? null };

/** The same account behind a bech32 address: its data without prefix and checksum. A wrong checksum joins nobody. */
export const sameAccount: JoinRule = {
  name: "same account",
  keyOf: ({ id }) => readBech32(id)?.data ?? null,
};

/** The same keybase identity: 16 hexadecimal digits. Whatever else stands in that field, as "none", joins nobody. */
export const sameIdentity: JoinRule = {
  name: "same keybase identity",
  keyOf: ({ identity = "" }) => (/^[0-9A-Fa-f]{16}$/.test(identity) ? identity.toUpperCase() : null),
};

/** The same operator, where the source names one. */
export const sameOperator: JoinRule = { name: "same operator", keyOf: ({ operator }) => operator ?? null };

/** The same moniker. Anybody may take any moniker, so this may count strangers as one. */
export const sameMoniker: JoinRule = {
  name: "same moniker",
  keyOf: ({ moniker }) => moniker?.trim().toLowerCase() || null,
  warning: "a moniker is free to choose: validators joined by it alone may be strangers",
};

/** Who runs one or more validators, on one or more chains: one failure. */
export interface Operator {
  /** The id of its first validator: first by chain, then the heaviest. */
  readonly id: NodeId;
  readonly moniker?: string;
  /** Its stake on every chain, 0 where it has none. */
  readonly stakes: readonly bigint[];
  /** Its validators on every chain. */
  readonly validators: readonly (readonly NodeId[])[];
  /** Names of the rules that joined them. */
  readonly by: readonly string[];
}

/** The operators of several chains, and how they were told apart. */
export interface Joined {
  readonly chains: readonly ValidatorSet[];
  /** In the order of their first validators. */
  readonly operators: readonly Operator[];
  readonly rules: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Finds the operators behind the validators of several chains. Any one rule joins two validators, and joins add up.
 *
 * @example
 * joinOperators([hub, osmosis], [sameAccount, sameIdentity]);
 * @throws QuorumError `empty` without chains or rules; `duplicate-member` if an id stands for two operators on two chains.
 */
export function joinOperators(chains: readonly ValidatorSet[], rules: readonly JoinRule[]): Joined {
  if (chains.length === 0) throw new QuorumError("empty", "chains", "at least one validator set", chains);
  if (rules.length === 0) throw new QuorumError("empty", "rules", "at least one join rule", rules);
  const places = chains.flatMap(({ validators }, chain) =>
    validators.map((validator) => ({ chain, validator })),
  );
  const { groups, joinedBy } = grouped(
    places.map(({ validator }) => validator),
    rules,
  );
  const operators = [...groups].map(([first, members]): Operator => {
    const { id, moniker } = places[first]!.validator;
    const stakes = chains.map(() => 0n);
    const validators = chains.map((): NodeId[] => []);
    for (const member of members) {
      const { chain, validator } = places[member]!;
      stakes[chain]! += validator.stake;
      validators[chain]!.push(validator.id);
    }
    const by = [...(joinedBy.get(first) ?? [])].sort();
    return { id, ...(moniker === undefined ? {} : { moniker }), stakes, validators, by };
  });
  const seen = new Set<NodeId>();
  for (const { id } of operators) {
    if (seen.has(id))
      throw new QuorumError(
        "duplicate-member",
        "operators",
        "an id for one operator only: join by sameId, or rename the validators of one chain",
        id,
      );
    seen.add(id);
  }
  return {
    chains,
    operators,
    rules: rules.map(({ name }) => name),
    warnings: rules.flatMap(({ warning }) => warning ?? []),
  };
}

/**
 * The operators of one of the joined chains as a validator set: for reports in which an operator is one failure.
 *
 * @throws QuorumError `shape` for a place without a chain.
 */
export function operatorSet({ chains, operators }: Joined, chain: number): ValidatorSet {
  const set = chains[chain];
  if (set === undefined) throw new QuorumError("shape", "chain", `an index below ${chains.length}`, chain);
  const validators = operators.flatMap(({ id, moniker, stakes }) =>
    stakes[chain]! > 0n ? [{ id, stake: stakes[chain]!, ...(moniker === undefined ? {} : { moniker }) }] : [],
  );
  return validatorSet({ ...set, validators });
}

/** Union-find over the validators: members by the first of them, and the rules that joined each group. */
function grouped(
  validators: readonly Validator[],
  rules: readonly JoinRule[],
): { groups: Map<number, number[]>; joinedBy: Map<number, Set<string>> } {
  const parent = Uint32Array.from({ length: validators.length }, (_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  const links: { at: number; rule: string }[] = [];
  for (const { name, keyOf } of rules) {
    const firstWith = new Map<string, number>();
    validators.forEach((validator, i) => {
      const key = keyOf(validator);
      if (key === null) return;
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, i);
      else {
        const [x, y] = [find(first), find(i)];
        parent[Math.max(x, y)] = Math.min(x, y);
        links.push({ at: i, rule: name });
      }
    });
  }
  const groups = new Map<number, number[]>();
  validators.forEach((_, i) => {
    const members = groups.get(find(i));
    if (members === undefined) groups.set(find(i), [i]);
    else members.push(i);
  });
  const joinedBy = new Map<number, Set<string>>();
  for (const { at, rule } of links) {
    const names = joinedBy.get(find(at)) ?? new Set();
    joinedBy.set(find(at), names.add(rule));
  }
  return { groups, joinedBy };
}
