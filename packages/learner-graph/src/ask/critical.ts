import type { LearnerId, NodeId } from "@eunomia/engine";
import { collect, minimalBlockingSets, minimalSplittingSets } from "@eunomia/quorum-algebra/sets";
import type { Effort } from "../effort.ts";
import { GraphError } from "../errors.ts";
import type { LearnerGraph } from "../graph.ts";
import { ends } from "./worst.ts";

/** Sets that free two learners from having to agree. */
export interface CriticalSets {
  /** Minimal, ids ascending. */
  readonly sets: readonly (readonly NodeId[])[];
  /** Whether these are all. */
  readonly complete: boolean;
  readonly method: string;
}

/**
 * The minimal sets of acceptors that, if none of a set keeps to the protocol, free the two from having to agree. The empty set
 * alone: they never have to. For the widest label they are the minimal splitting sets of the two systems.
 *
 * @example
 * criticalSets(graph, "red", "blue").sets; // [["s1"], ["s2"], ["s3"]]
 * @throws GraphError `meets` for a label with shares of stake in several alternatives.
 */
export function criticalSets(
  graph: LearnerGraph,
  a: LearnerId,
  b: LearnerId,
  effort: Effort = {},
): CriticalSets {
  const { model, closure } = graph.inside;
  const [u, v] = ends(graph, a, b, "criticalSets");
  const { limits = {}, engines = {} } = effort;
  const expr = closure.expr(u, v);
  if (expr !== null) return collect(minimalBlockingSets(expr, limits, engines));
  const alternatives = closure.alternatives(u, v);
  if (alternatives?.length !== 1)
    throw new GraphError(
      "meets",
      `the closed label of ${a} - ${b} has alternatives with shares of stake, whose critical sets are not listed. Ask worstCase`,
    );
  // Whatever breaks one condition breaks all of them together.
  const [{ safe, meets }] = alternatives as [(typeof alternatives)[number]];
  const lists = [
    collect(minimalBlockingSets(safe, limits, engines)),
    ...meets.map(([x, y]) =>
      collect(minimalSplittingSets(model.learners[x]!.quorums, model.learners[y]!.quorums, limits, engines)),
    ),
  ];
  return {
    sets:
      lists.length === 2 ? lists.flatMap(({ sets }) => sets) : minimalOf(lists.flatMap(({ sets }) => sets)),
    complete: lists.every(({ complete }) => complete),
    method: [...new Set(lists.map(({ method }) => method))].sort().join(", "),
  };
}

/** Those that contain no other. */
function minimalOf(sets: readonly (readonly NodeId[])[]): readonly (readonly NodeId[])[] {
  const kept: ReadonlySet<NodeId>[] = [];
  for (const set of [...sets].sort((x, y) => x.length - y.length || (x.join() < y.join() ? -1 : 1))) {
    const has = new Set(set);
    if (!kept.some((smaller) => [...smaller].every((id) => has.has(id)))) kept.push(has);
  }
  return kept.map((set) => [...set]);
}
