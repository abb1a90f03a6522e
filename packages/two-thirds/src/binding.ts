import type { ConsensusBinding, Epoch, EpochPlan } from "@eunomia/engine";
import { learnerEngine } from "./crash/learner.ts";
import { learnerConfig } from "./crash/learner-config.ts";
import { memberEngine } from "./crash/member.ts";
import { type MemberOptions, memberConfig } from "./crash/member-config.ts";

/** What a node runs of 2/3-consensus; a process is named `node/role`. */
export const twoThirdsRoles = ["member", "learner"] as const;

/** 2/3-consensus on nodes that are member and learner each. What is left out has the default of `memberConfig`. */
export interface TwoThirdsBindingOptions
  extends Pick<MemberOptions, "graceMs" | "retryMs" | "headMs" | "relay" | "digestAboveBytes"> {
  readonly self: string;
}

/** Slots above the floor that are taken: far more than a pipeline opens, and a bound all the same. */
const maxAhead = 4096;

function configsOf(options: TwoThirdsBindingOptions, plan: Epoch) {
  const { self, ...rest } = options;
  const { nodes, f, from: fromSlot } = plan;
  const members = nodes.map((node) => `${node}/member`);
  const learners = nodes.map((node) => `${node}/learner`);
  const colocatedLearner = `${self}/learner`;
  return {
    member: memberConfig({
      ...rest,
      self: `${self}/member`,
      members,
      learners,
      colocatedLearner,
      fromSlot,
      maxAhead,
      f,
    }),
    learner: learnerConfig({ self: colocatedLearner, members, fromSlot, f }),
  };
}

function problemOf({ params, nodes, f }: EpochPlan): string | null {
  if (params.length > 0) return "expected no parameters";
  return nodes.length > 3 * f
    ? null
    : `expected at least ${3 * f + 1} nodes, so that ${f} may be down, got ${nodes.length}`;
}

/**
 * Makes what a broadcast's registry needs to run 2/3-consensus in an epoch.
 *
 * @throws TwoThirdsError when an option is out of its range.
 * @example
 * const protocols = { "two-thirds": twoThirdsBinding({ self: "a" }) };
 */
export function twoThirdsBinding(options: TwoThirdsBindingOptions): ConsensusBinding {
  // What is wrong whatever the nodes are is found here, not when an epoch begins.
  configsOf(options, { params: new Uint8Array(), nodes: [options.self], f: 0, epoch: 0, from: 1 });
  return {
    validate: problemOf,
    epoch(plan) {
      const { member, learner } = configsOf(options, plan);
      return {
        learner: learner.self,
        processes: [
          { process: member.self, engine: memberEngine(member), config: member },
          { process: learner.self, engine: learnerEngine(learner), config: learner },
        ],
      };
    },
  };
}
