import type { NodeId } from "@eunomia/engine";
import type { Answer } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { type Expr, exprOf, type Quorums, thresholdOf } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { sameExpr } from "../expressions/order.ts";
import { support } from "../expressions/transform.ts";
import { Budget } from "../limits.ts";
import {
  answerOf,
  type Case,
  type ChanceOptions,
  checkUnits,
  complement,
  maxStepsDefault,
} from "./answer.ts";
import { type Chances, chancesOf } from "./chances.ts";
import { checkGroups, type FailureGroup } from "./groups.ts";
import { type Plan, planOf, planPair } from "./plan.ts";

/** `other`: quorums of this system are to meet those of the first one; without it two quorums of one system. */
export interface UnsafetyOptions extends ChanceOptions {
  readonly other?: Quorums;
}

/** Cases of groups that fail or not are tried one by one. */
const groupsMax = 20;

/**
 * The chance that the Byzantine nodes split the system: that two quorums have nothing in common outside them, so that both can
 * be made to decide. Nodes are Byzantine independently (but for `groups`, whose members all are when the group is). A small
 * tail, as `unavailability` is one. Exact by the gate rule "2k - n children split" for independent children (and `k1 + k2 - n`
 * for two systems of one shape) and by decision diagrams for the rest; large weights in bounds, of which the upper one is a
 * promise: the Byzantine weight reaches what two quorums share at least.
 *
 * @example
 * unsafety(threshold(["a", "b", "c", "d"], 3), 0.01); // two Byzantine nodes of four
 * @throws QuorumError as `availability`; `limit` for more than 20 groups.
 */
export function unsafety(system: Quorums, byzantine: Chances, options: UnsafetyOptions = {}): Answer<number> {
  const { other = system, groups = [], units } = options;
  const [left, right] = [normalize(exprOf(system)), normalize(exprOf(other))];
  const budget = new Budget(options, maxStepsDefault);
  checkUnits(units);
  checkGroups([...new Set([...support(left), ...support(right)])], groups);
  if (groups.length > groupsMax)
    throw new QuorumError("limit", "groups", `at most ${groupsMax} groups of Byzantine nodes`, groups);
  if (left.t === "const" || right.t === "const") {
    // Without quorums nothing is split; a quorum of nobody shares nothing with any other.
    const never = (left.t === "const" && !left.v) || (right.t === "const" && !right.v);
    return { kind: "exact", value: Number(!never), method: "constant" };
  }
  const plan = planSplits(left, right, checkUnits(units), budget);
  if (plan === null) return { kind: "unknown", reason: "limit" };
  return answerOf(plan, casesOf(plan.ids, byzantine, groups), "up", budget);
}

function planSplits(left: Expr, right: Expr, units: number, budget: Budget): Plan | null {
  if (sameExpr(left, right)) return planOf(left, "splits", units, budget);
  const overlap = sharedShape(left, right);
  const shared = overlap && normalize(overlap);
  if (shared === null || shared.t === "const") return planPair(left, right, budget);
  return planOf(shared, "holds", units, budget);
}

/**
 * For two trees of thresholds with the same shape, in which every node occurs once: which sets of children two choices must
 * share, gate by gate. Null: the shapes differ.
 */
function sharedShape(left: Expr, right: Expr): Expr | null {
  if (left.t === "node" && right.t === "node") return left.id === right.id ? left : null;
  if (left.t !== "thr" || right.t !== "thr" || left.of.length !== right.of.length) return null;
  const bySupport = new Map(right.of.map((child) => [JSON.stringify(support(child)), child]));
  const seen = new Set<NodeId>();
  const children: Expr[] = [];
  for (const child of left.of) {
    const ids = support(child);
    const match = bySupport.get(JSON.stringify(ids));
    const shared = match === undefined ? null : sharedShape(child, match);
    if (shared === null || ids.some((id) => seen.has(id))) return null;
    for (const id of ids) seen.add(id);
    children.push(shared);
  }
  return thresholdOf(Math.max(0, left.k + right.k - children.length), children);
}

/** What may be Byzantine, for every way in which the groups fail or not. `up`: the chance to be Byzantine. */
function* casesOf(
  ids: readonly NodeId[],
  byzantine: Chances,
  groups: readonly FailureGroup[],
): Generator<Case> {
  const alone = chancesOf(ids, byzantine);
  const relevant = groups.filter(({ members }) => members.some((id) => ids.includes(id)));
  for (let failed = 0; failed < 2 ** relevant.length; failed++) {
    let chance = 1;
    const up = Float64Array.from(alone);
    relevant.forEach((group, index) => {
      const fails = ((failed >>> index) & 1) === 1;
      chance *= fails ? group.chance : 1 - group.chance;
      if (fails)
        for (const id of group.members) {
          const at = ids.indexOf(id);
          if (at >= 0) up[at] = 1;
        }
    });
    if (chance > 0) yield { chance, up, down: complement(up) };
  }
}
