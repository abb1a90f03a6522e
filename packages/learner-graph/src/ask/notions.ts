import type { LearnerId, NodeId } from "@eunomia/engine";
import type { LearnerGraph } from "../graph.ts";

// What really is safe or live is known to tests and monitors only; a protocol goes by `connected`.

/** Must the two agree in a run in which exactly these acceptors keep to the protocol? */
export function entangled(graph: LearnerGraph, a: LearnerId, b: LearnerId, safe: Iterable<NodeId>): boolean {
  return graph.isSafeSet(a, b, safe);
}

/** Must the learner agree with itself in such a run? */
export function accurate(graph: LearnerGraph, learner: LearnerId, safe: Iterable<NodeId>): boolean {
  return graph.isSafeSet(learner, learner, safe);
}

/** Do the acceptors that keep taking steps contain a quorum of the learner? */
export function live(graph: LearnerGraph, learner: LearnerId, steadfast: Iterable<NodeId>): boolean {
  return graph.isQuorum(learner, steadfast);
}
