import type { NodeId } from "@eunomia/engine";
import type { Method } from "../answers.ts";
import type { Expr } from "../expressions/expr.ts";
import { support } from "../expressions/transform.ts";

/**
 * What a closed form found. `null` owner: the quorums always share a node. Otherwise, per node, the number of the family
 * that does without it.
 */
export interface ClosedForm {
  readonly method: Method;
  readonly owner: ReadonlyMap<NodeId, number> | null;
}

/**
 * Thresholds over the same nodes, and nested thresholds of the same shape in which every node occurs once. Exact. The
 * least number of common members of one quorum per nested family: a leaf counts 1, a gate the sum of its k1 + … + km - (m-1)n
 * cheapest children. Flat families may leave out any n - k nodes each, so they can take over that many of the common members.
 * Null: the families are not of this form. They must be in normal form and not constant.
 */
export function thresholdForm(families: readonly Expr[]): ClosedForm | null {
  const supports = families.map((family) => support(family));
  const nodes = supports[0]!;
  if (supports.some((other) => !sameIds(other, nodes))) return null;
  const flat = families.flatMap((family, number) => (isFlat(family) ? [{ family, number }] : []));
  const nested = families.flatMap((family, number) => (isFlat(family) ? [] : [{ family, number }]));
  const owner = new Map<NodeId, number>();

  let common: readonly NodeId[] = nodes;
  if (nested.length > 0) {
    const numbers = nested.map(({ number }) => number);
    const found = leastCommon(
      nested.map(({ family }) => family),
      numbers,
      owner,
    );
    if (found === null) return null;
    common = found;
  }
  const method = nested.length === 0 ? "threshold" : "same-shape";
  // What nobody has given up yet is shared out among the flat families.
  const budgets = flat.flatMap(({ family, number }) =>
    new Array<number>(nodes.length - (family.t === "thr" ? family.k : 1)).fill(number),
  );
  if (common.length > budgets.length) return { method, owner: null };
  common.forEach((id, index) => {
    owner.set(id, budgets[index]!);
  });
  return { method, owner };
}

function isFlat(expr: Expr): boolean {
  if (expr.t === "node") return true;
  if (expr.t !== "thr") return false;
  return expr.of.every(({ t }) => t === "node") && new Set(expr.of).size === expr.of.length;
}

/**
 * Fewest nodes that one quorum of each tree must share, and in `owner` who does without the others. Null if the trees
 * differ in shape. Trees match if at every gate the children have the same sets of nodes.
 */
function leastCommon(
  trees: readonly Expr[],
  numbers: readonly number[],
  owner: Map<NodeId, number>,
): readonly NodeId[] | null {
  const first = trees[0]!;
  if (trees.every(({ t }) => t === "node")) return first.t === "node" ? [first.id] : null;
  const gates = trees.flatMap((tree) => (tree.t === "thr" ? [tree] : []));
  if (gates.length < trees.length) return null;
  const matched = matchChildren(gates.map(({ of }) => of));
  if (matched === null) return null;

  const parts: {
    readonly ids: readonly NodeId[];
    readonly common: readonly NodeId[];
    readonly owner: Map<NodeId, number>;
  }[] = [];
  for (const { ids, children } of matched) {
    const inside = new Map<NodeId, number>();
    const common = leastCommon(children, numbers, inside);
    if (common === null) return null;
    parts.push({ ids, common, owner: inside });
  }
  parts.sort((a, b) => a.common.length - b.common.length);
  const count = parts.length;
  const shared = Math.max(0, gates.reduce((sum, { k }) => sum + k, 0) - (gates.length - 1) * count);
  const skips = gates.flatMap(({ k }, i) => new Array<number>(count - k).fill(numbers[i]!));
  const common: NodeId[] = [];
  parts.forEach((part, index) => {
    if (index < shared) {
      common.push(...part.common);
      for (const [id, number] of part.owner) owner.set(id, number);
    } else {
      // A family that may skip this child leaves out all of it; there are enough such families by the choice of `shared`.
      for (const id of part.ids) owner.set(id, skips[index - shared]!);
    }
  });
  return common;
}

interface Matched {
  readonly ids: readonly NodeId[];
  readonly children: readonly Expr[];
}

/** Groups the children of several gates by the set of their nodes; null unless the gates divide their nodes alike, each once. */
function matchChildren(lists: readonly (readonly Expr[])[]): readonly Matched[] | null {
  const groups = new Map<string, { ids: readonly NodeId[]; children: Expr[] }>();
  lists.forEach((list, i) => {
    for (const child of list) {
      const ids = support(child);
      const key = JSON.stringify(ids);
      const group = groups.get(key) ?? { ids, children: [] };
      if (group.children.length === i) group.children.push(child);
      groups.set(key, group);
    }
  });
  const matched = [...groups.values()];
  if (matched.some(({ children }) => children.length !== lists.length)) return null;
  if (lists.some((list) => list.length !== matched.length)) return null;
  const all = matched.flatMap(({ ids }) => ids);
  return new Set(all).size === all.length ? matched : null;
}

/**
 * Weighted thresholds with the same weights. The families can do without c1 + … + cr of the weight together: if that is
 * less than the total, some node remains, whatever they choose. Otherwise a few greedy rounds look for an assignment.
 * Takes families as built, since cutting weights in the normal form would hide that they are the same. Null: not of this
 * form, or undecided.
 */
export function weightForm(families: readonly Expr[]): ClosedForm | null {
  const first = weightsOf(families[0]!);
  if (first === null) return null;
  const total = [...first.values()].reduce((sum, weight) => sum + weight, 0n);
  const slack: bigint[] = [];
  for (const family of families) {
    const weights = weightsOf(family);
    if (weights === null || family.t !== "wthr" || !sameWeights(weights, first)) return null;
    if (family.k > total) return null;
    slack.push(total - family.k);
  }
  if (slack.reduce((sum, c) => sum + c, 0n) < total) return { method: "weights", owner: null };

  const owner = new Map<NodeId, number>();
  for (const [id, weight] of [...first].sort(([, a], [, b]) => (a > b ? -1 : a < b ? 1 : 0))) {
    const roomiest = slack.reduce((best, c, i) => (c > slack[best]! ? i : best), 0);
    if (slack[roomiest]! < weight) return null;
    slack[roomiest]! -= weight;
    owner.set(id, roomiest);
  }
  return { method: "weights", owner };
}

function weightsOf(expr: Expr): ReadonlyMap<NodeId, bigint> | null {
  if (expr.t !== "wthr") return null;
  const weights = new Map<NodeId, bigint>();
  for (const [weight, child] of expr.of) {
    if (child.t !== "node") return null;
    weights.set(child.id, (weights.get(child.id) ?? 0n) + weight);
  }
  return weights;
}

function sameWeights(a: ReadonlyMap<NodeId, bigint>, b: ReadonlyMap<NodeId, bigint>): boolean {
  return a.size === b.size && [...a].every(([id, weight]) => b.get(id) === weight);
}

function sameIds(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
