import type { ConsensusBinding, Epoch, EpochPlan, NodeId } from "@eunomia/engine";
import { byzantineLearnerEngine } from "./learner.ts";
import { byzantineLearnerConfig } from "./learner-config.ts";
import { byzantineMemberEngine } from "./member.ts";
import { type ByzantineMemberOptions, byzantineMemberConfig } from "./member-config.ts";
import type { ByzantineOracles } from "./statement.ts";

/** Byzantine 2/3-consensus on nodes that are member and learner each. What is left out has the default of `byzantineMemberConfig`. */
export interface ByzantineBindingOptions
  extends Pick<ByzantineMemberOptions, "roundMs" | "retryMs" | "headMs" | "relay"> {
  readonly self: NodeId;
  /** Names the cluster; with the number of an epoch it is the context of signatures. */
  readonly cluster: string;
  /** Keys are those of nodes: `verify` is asked about a node, not about its process. */
  readonly oracles: ByzantineOracles;
}

/** What the signatures of an epoch are made for: to judge evidence by (`convicts`). */
export const byzantineContext = (cluster: string, epoch: number): string => `${cluster}/${epoch}`;

/** Slots above the floor that are taken: far more than a pipeline opens, and a bound all the same. */
const maxAhead = 4096;

function configsOf(options: ByzantineBindingOptions, plan: Epoch) {
  const { self, cluster, oracles: _, ...rest } = options;
  const { nodes, f, from: fromSlot } = plan;
  const common = {
    context: byzantineContext(cluster, plan.epoch),
    members: nodes.map((node) => `${node}/member`),
    fromSlot,
    f,
  };
  const learner = `${self}/learner`;
  const member = `${self}/member`;
  return {
    member: byzantineMemberConfig({
      ...rest,
      ...common,
      self: member,
      learners: nodes.map((node) => `${node}/learner`),
      colocatedLearner: learner,
      maxAhead,
    }),
    learner: byzantineLearnerConfig({ ...common, self: learner, colocatedMember: member }),
  };
}

function problemOf({ params, nodes, f }: EpochPlan): string | null {
  if (params.length > 0) return "expected no parameters";
  return nodes.length > 5 * f
    ? null
    : `expected at least ${5 * f + 1} nodes, so that ${f} may lie, got ${nodes.length}`;
}

/** The keys of processes are those of their nodes. */
function ofNodes({ sign, verify, valid }: ByzantineOracles): ByzantineOracles {
  const nodeOf = (process: NodeId): NodeId => process.slice(0, -"/member".length);
  return {
    sign,
    valid,
    verify: (signer, domain, bytes, signature) => verify(nodeOf(signer), domain, bytes, signature),
  };
}

/**
 * Makes what a broadcast's registry needs to run Byzantine 2/3-consensus in an epoch.
 *
 * @throws TwoThirdsError when an option is out of its range.
 * @example
 * const protocols = { "two-thirds-byzantine": byzantineBinding({ self: "a", cluster: "demo", oracles }) };
 */
export function byzantineBinding(options: ByzantineBindingOptions): ConsensusBinding {
  // What is wrong whatever the nodes are is found here, not when an epoch begins.
  configsOf(options, { params: new Uint8Array(), nodes: [options.self], f: 0, epoch: 0, from: 1 });
  const oracles = ofNodes(options.oracles);
  return {
    validate: problemOf,
    epoch(plan) {
      const { member, learner } = configsOf(options, plan);
      return {
        learner: learner.self,
        // Members vote for what they hear first, so that several proposals cost a slot a round that runs out.
        duty: plan.nodes[plan.epoch % plan.nodes.length]!,
        processes: [
          { process: member.self, engine: byzantineMemberEngine(member, oracles), config: member },
          { process: learner.self, engine: byzantineLearnerEngine(learner, oracles), config: learner },
        ],
      };
    },
  };
}
