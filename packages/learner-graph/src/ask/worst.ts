import type { LearnerId } from "@eunomia/engine";
import { type Bounded, type Cheapest, type Cost, cut } from "@eunomia/quorum-algebra";
import type { Effort } from "../effort.ts";
import type { LearnerGraph } from "../graph.ts";
import type { NumberedLabel } from "../labels/label.ts";
import { numberOf } from "../model/build.ts";
import { cheapestSplit } from "./split.ts";

/**
 * The cheapest set of acceptors that, if they do not keep to the protocol, frees the two from having to agree. A learner
 * twice: until it may fork. Cost 0: they never have to. Each acceptor costs 1 unless `cost` says otherwise. Labels that are
 * no expression (two stakes) are asked exactly, with whole validators; with several alternatives of that kind the answer is bounds.
 *
 * @example
 * worstCase(graph, "red", "blue", (id) => stakeOf(id)).cost; // { kind: "exact", value: 1200, … }
 */
export function worstCase(
  graph: LearnerGraph,
  a: LearnerId,
  b: LearnerId,
  cost: Cost = () => 1,
  effort: Effort = {},
): Cheapest {
  const { closure } = graph.inside;
  const [u, v] = ends(graph, a, b, "worstCase");
  const expr = closure.expr(u, v);
  if (expr !== null) return cut(expr, cost, effort.limits, effort.engines);
  const alternatives = closure.alternatives(u, v);
  if (alternatives === null)
    return { nodes: null, cost: { kind: "bounds", low: 0, high: Infinity, method: "routes" } };
  // To free the two, every alternative must be broken.
  return alternatives
    .map((label) => cheapestBreak(graph, label, cost, effort))
    .reduce((all, one) => bothBroken(all, one, cost));
}

/** One of the conditions of a label fails. */
function cheapestBreak(graph: LearnerGraph, label: NumberedLabel, cost: Cost, effort: Effort): Cheapest {
  const { learners } = graph.inside.model;
  const ways = label.meets.map(([u, v]) =>
    cheapestSplit(learners[u]!.quorums.expr, learners[v]!.quorums.expr, cost, effort),
  );
  return [cut(label.safe, cost, effort.limits, effort.engines), ...ways].reduce(cheaper);
}

function cheaper(x: Cheapest, y: Cheapest): Cheapest {
  const best = high(y) < high(x) ? y : x;
  const low = Math.min(least(x), least(y));
  return low === high(best)
    ? best
    : { nodes: best.nodes, cost: { kind: "bounds", low, high: high(best), method: best.cost.method } };
}

function bothBroken(x: Cheapest, y: Cheapest, cost: Cost): Cheapest {
  const nodes = x.nodes === null || y.nodes === null ? null : [...new Set([...x.nodes, ...y.nodes])].sort();
  const top = nodes === null ? Infinity : nodes.reduce((sum, id) => sum + cost(id), 0);
  const low = Math.max(least(x), least(y));
  const method = [...new Set([x.cost.method, y.cost.method])].join(", ");
  const bounded: Bounded<number> =
    low === top ? { kind: "exact", value: low, method } : { kind: "bounds", low, high: top, method };
  return { nodes, cost: bounded };
}

const least = ({ cost }: Cheapest): number => (cost.kind === "exact" ? cost.value : cost.low);
const high = ({ cost }: Cheapest): number => (cost.kind === "exact" ? cost.value : cost.high);

/** Numbers of two learners. @throws GraphError `unknown-learner`. */
export function ends(
  graph: LearnerGraph,
  a: LearnerId,
  b: LearnerId,
  where: string,
): readonly [number, number] {
  const { learnerIndex } = graph.inside.model;
  return [numberOf(a, learnerIndex, where), numberOf(b, learnerIndex, where)];
}
