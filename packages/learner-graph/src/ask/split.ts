import type { NodeId } from "@eunomia/engine";
import {
  type Bounded,
  type Cheapest,
  type Cost,
  type Expr,
  normalize,
  QuorumError,
  support,
} from "@eunomia/quorum-algebra";
import { cheapestSplittingSet } from "@eunomia/quorum-algebra/sets";
import {
  atLeast,
  type ChainPair,
  type StakeRule,
  sameId,
  twoChains,
  type ValidatorSet,
  validatorSet,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import { commonPart } from "../cover/common.ts";
import { sharesOf } from "../cover/weights.ts";
import type { Effort } from "../effort.ts";

/** The cheapest set whose members, if they do not keep to the protocol, can make quorums of the two disagree. */
export function cheapestSplit(qa: Expr, qb: Expr, cost: Cost, effort: Effort): Cheapest {
  const { families } = commonPart([qa, qb]);
  const pair = chainsOf(families[0]!, families[1]!);
  if (pair !== null) return splitOfChains(pair, cost, effort);
  return cheapestSplittingSet(qa, qb, cost, effort.limits, effort.engines);
}

/** Two flat gates, one at least with weights, as chains on which nodes of one id are one operator; null: not of that form. */
export function chainsOf(qa: Expr, qb: Expr): ChainPair | null {
  const [left, right] = [chainOf(normalize(qa)), chainOf(normalize(qb))];
  if (left === null || right === null || !(left.weighted || right.weighted)) return null;
  return twoChains(left.set, right.set, [sameId], [left.rule, right.rule]);
}

/** Two stakes: an exact search over what each may leave out. Costs are counted in millionths unless they are whole. */
function splitOfChains(pair: ChainPair, cost: Cost, effort: Effort): Cheapest {
  const scale = pair.shared.every(({ id }) => Number.isInteger(cost(id))) ? 1 : 1_000_000;
  const whole = (id: NodeId): bigint => BigInt(Math.round(checked(id, cost(id)) * scale));
  const { least, attack } = worstCase(pair, whole, effort.limits);
  const value = (n: bigint): number => Number(n) / scale;
  const bounded: Bounded<number> =
    least.kind === "exact"
      ? { ...least, value: value(least.value) }
      : { ...least, low: value(least.low), high: value(least.high) };
  return { nodes: attack.byzantine, cost: bounded };
}

function checked(id: NodeId, cost: number): number {
  if (!(cost >= 0 && Number.isFinite(cost)))
    throw new QuorumError("quantity", `cost of ${id}`, "a finite number of at least 0", cost);
  return cost;
}

/** A flat gate as a chain: its members with their stakes, and the rule that makes the same quorums. */
interface Chain {
  readonly set: ValidatorSet;
  readonly rule: StakeRule;
  readonly weighted: boolean;
}

function chainOf(normal: Expr): Chain | null {
  const ids = support(normal);
  const shares = ids.length === 0 ? null : sharesOf(normal, ids);
  if (shares === null) return null;
  const set = validatorSet({ validators: ids.map((id, v) => ({ id, stake: shares.weights[v]! })) });
  return { set, rule: atLeast([set.total - shares.slack, set.total]), weighted: normal.t === "wthr" };
}
