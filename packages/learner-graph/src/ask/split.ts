import type { NodeId } from "@eunomia/engine";
import { type Bounded, type Cheapest, type Cost, type Expr, QuorumError } from "@eunomia/quorum-algebra";
import { cheapestSplittingSet } from "@eunomia/quorum-algebra/sets";
import {
  atLeast,
  type StakeRule,
  sameId,
  twoChains,
  type ValidatorSet,
  validatorSet,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import { commonPart } from "../cover/common.ts";
import { type Shares, sharesOf } from "../cover/weights.ts";
import type { Effort } from "../effort.ts";

/** The cheapest set whose members, if they do not keep to the protocol, can make quorums of the two disagree. */
export function cheapestSplit(qa: Expr, qb: Expr, cost: Cost, effort: Effort): Cheapest {
  const { families, ids } = commonPart([qa, qb]);
  const [left, right] = families.map((family) => sharesOf(family, ids));
  const stakes = families.some(({ t }) => t === "wthr");
  if (stakes && left && right) return splitOfChains(chainOf(left, ids), chainOf(right, ids), cost, effort);
  return cheapestSplittingSet(qa, qb, cost, effort.limits, effort.engines);
}

/** Two stakes: an exact search over what each may leave out. Costs are counted in millionths unless they are whole. */
function splitOfChains(left: Chain, right: Chain, cost: Cost, effort: Effort): Cheapest {
  const ids = left.set.validators.map(({ id }) => id);
  const scale = ids.every((id) => Number.isInteger(cost(id))) ? 1 : 1_000_000;
  const whole = (id: NodeId): bigint => BigInt(Math.round(checked(id, cost(id)) * scale));
  const pair = twoChains(left.set, right.set, [sameId], [left.rule, right.rule]);
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

/** Shares as a chain: its members with their stakes, and the rule that makes the same quorums. */
interface Chain {
  readonly set: ValidatorSet;
  readonly rule: StakeRule;
}

function chainOf({ weights, slack }: Shares, ids: readonly NodeId[]): Chain {
  const set = validatorSet({ validators: ids.map((id, v) => ({ id, stake: weights[v]! })) });
  return { set, rule: atLeast([set.total - slack, set.total]) };
}
