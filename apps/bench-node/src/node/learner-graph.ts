import type { EpochPlan, LearnerGraph } from "@eunomia/engine";
import { GraphError, graphDigest, graphFromJson, learnerGraph } from "@eunomia/learner-graph";
import { crashTolerance, QuorumError } from "@eunomia/quorum-algebra";
import type { ClusterConfig } from "./config.ts";

/** The only learner of a graph that nobody wrote. */
const soleLearner = "log";

/** Whose log the cluster delivers. */
export const learnerOf = ({ protocols }: Pick<ClusterConfig, "protocols">): string =>
  protocols["hetero-paxos"]?.learner ?? soleLearner;

interface Found {
  readonly graph: LearnerGraph;
  readonly graphDigest: Uint8Array;
}

/** The graph that the configuration names, and how many of its acceptors its learner can do without; a text: what is wrong with it. */
function named({
  protocols,
}: Pick<ClusterConfig, "protocols">): (Found & { readonly tolerates: number }) | string | null {
  const { graph: json, learner } = protocols["hetero-paxos"] ?? {};
  if (json === undefined) return null;
  try {
    const graph = learnerGraph(graphFromJson(json));
    const quorums = graph.quorums.get(learner ?? soleLearner);
    if (quorums === undefined) return `expected a graph with learner "${learner ?? soleLearner}"`;
    const tolerated = crashTolerance(quorums);
    const tolerates = tolerated.kind === "exact" ? tolerated.value : tolerated.low;
    return { graph, graphDigest: graphDigest(graph), tolerates };
  } catch (error) {
    if (error instanceof GraphError || error instanceof QuorumError) return error.message;
    throw error;
  }
}

/** What is wrong with the graph that the configuration names; null: nothing, or there is none. */
export function graphProblem(config: Pick<ClusterConfig, "protocols">): string | null {
  const found = named(config);
  return typeof found === "string" ? found : null;
}

/**
 * The learner graph of an epoch: that of the configuration, whose acceptors must be members; without one, all members are alike, and
 * one learner trusts whichever are left when f of them lie. A text: why there is none for these nodes.
 */
export function graphOf(
  config: Pick<ClusterConfig, "protocols">,
  { params, nodes, f }: EpochPlan,
): Found | string {
  if (params.length > 0) return "expected no parameters";
  const own = named(config);
  if (typeof own === "string") return own;
  if (own !== null)
    return own.tolerates >= f
      ? own
      : `expected a graph whose learner does without any ${f} nodes, got one that does without ${own.tolerates}`;
  if (nodes.length <= 3 * f)
    return `expected at least ${3 * f + 1} nodes, so that ${f} may lie, got ${nodes.length}`;
  const names = nodes.map((node) => JSON.stringify(node)).join(", ");
  // Two quorums have more than f nodes in common.
  const quorum = Math.floor((nodes.length + f) / 2) + 1;
  const graph = learnerGraph({
    learners: { [soleLearner]: `{${names}} >= ${quorum}` },
    edges: [{ between: [soleLearner, soleLearner], label: `{${names}} >= ${nodes.length - f}` }],
  });
  return { graph, graphDigest: graphDigest(graph) };
}
