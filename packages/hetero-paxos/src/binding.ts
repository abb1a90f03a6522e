import type { ConsensusBinding, Epoch, EpochPlan, LearnerGraph, LearnerId } from "@eunomia/engine";
import { memberEngine } from "./member.ts";
import { type NodeOptions, nodeConfig } from "./node/config.ts";
import type { Tools } from "./node/setup.ts";
import { proposerEngine } from "./proposer.ts";
import type { Scheme, Sign } from "./scheme.ts";

/** What a node runs of Heterogeneous Paxos; a process is named `node/role`. */
export const heteroPaxosRoles = ["member"] as const;

/** Heterogeneous Paxos as the protocol of one learner's log. What is left out has the default of `nodeConfig`. */
export interface HeteroPaxosBindingOptions
  extends Pick<NodeOptions, "unlock" | "tickMs" | "retryMs" | "spacingMs"> {
  readonly self: string;
  /** The cluster, so that no signature counts in another. */
  readonly chain: string;
  /** Whose log this is. */
  readonly learner: LearnerId;
  /** The graph over the nodes of a plan and its digest, or why there is none: the same answer at every node. */
  readonly graphOf: (
    plan: EpochPlan,
  ) => { readonly graph: LearnerGraph; readonly graphDigest: Uint8Array } | string;
  /** Names of acceptors are those of their nodes. */
  readonly scheme: Scheme;
  readonly sign: Sign;
  /** Which values may be decided in a slot: the same answer at every node. [all] */
  readonly accepts?: Tools["accepts"];
}

function problemOf({ graphOf, learner }: HeteroPaxosBindingOptions, plan: EpochPlan): string | null {
  const found = graphOf(plan);
  if (typeof found === "string") return found;
  const { acceptors, learners } = found.graph;
  if (!learners.includes(learner)) return `expected a graph with learner "${learner}"`;
  const stranger = acceptors.find((acceptor) => !plan.nodes.includes(acceptor));
  return stranger === undefined ? null : `expected acceptors among the nodes, got "${stranger}"`;
}

/**
 * Makes what a broadcast's registry needs to run Heterogeneous Paxos in an epoch: every node has a process that proposes and
 * learns, and that is the acceptor of the graph with the name of the node, if there is one. The number of the epoch is part of its law.
 *
 * @example
 * const protocols = { "hetero-paxos": heteroPaxosBinding({ self: "a", chain: "c", learner: "red", graphOf, scheme, sign }) };
 */
export function heteroPaxosBinding(options: HeteroPaxosBindingOptions): ConsensusBinding {
  const { self, chain, learner, graphOf, scheme, sign, accepts = () => true, ...rest } = options;
  return {
    validate: (plan) => problemOf(options, plan),
    epoch(plan: Epoch) {
      const found = graphOf(plan);
      if (typeof found === "string") throw new Error(`the plan was found valid, but has no graph: ${found}`);
      const { graph, graphDigest } = found;
      const tools = { graph, scheme, accepts };
      const process = `${self}/member`;
      const config = nodeConfig({
        ...rest,
        self: process,
        graph,
        graphDigest,
        processOf: (acceptor) => `${acceptor}/member`,
        watchers: plan.nodes.map((node) => `${node}/member`),
        chain: `${chain}/${plan.epoch}`,
        learners: [learner],
        fromSlot: plan.from,
        // Replicas propose what is handed in to them, in whoever's window; where one learner alone is there, nobody is bound by it.
        eager: graph.learners.length === 1,
        closeBy: Math.min(plan.f + 1, plan.nodes.length),
      });
      const engine = graph.acceptors.includes(self)
        ? memberEngine(config, tools, sign)
        : proposerEngine(config, tools);
      return { learner: process, processes: [{ process, engine, config }] };
    },
  };
}
