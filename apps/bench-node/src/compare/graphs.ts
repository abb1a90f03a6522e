import type { NodeId } from "@eunomia/engine";
import { learnerGraph } from "@eunomia/learner-graph";

/** One learner that tolerates `f` Byzantine acceptors of at least 3f+1. */
export function oneLearner(acceptors: readonly NodeId[], f: number) {
  const quorum = `{${acceptors.join(", ")}} >= ${acceptors.length - f}`;
  const safe = `{${acceptors.join(", ")}} >= ${acceptors.length - f}`;
  return learnerGraph({ learners: { log: quorum }, edges: [{ between: ["log", "log"], label: safe }] });
}
