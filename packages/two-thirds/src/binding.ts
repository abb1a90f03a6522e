import type { ConsensusBinding } from "@eunomia/engine";
import { learnerEngine } from "./crash/learner.ts";
import { learnerConfig } from "./crash/learner-config.ts";
import { memberEngine } from "./crash/member.ts";
import { type MemberOptions, memberConfig } from "./crash/member-config.ts";

/** What a node runs of 2/3-consensus; a process is named `node/role`. */
export const twoThirdsRoles = ["member", "learner"] as const;

/** 2/3-consensus on nodes that are member and learner each. What is left out has the default of `memberConfig`. */
export interface TwoThirdsBindingOptions
  extends Pick<MemberOptions, "f" | "graceMs" | "retryMs" | "headMs" | "relay" | "digestAboveBytes"> {
  readonly self: string;
  readonly nodes: readonly string[];
}

/** Slots above the floor that are taken: far more than a pipeline opens, and a bound all the same. */
const maxAhead = 4096;

/**
 * Makes what a broadcast's registry needs to run 2/3-consensus in an epoch.
 *
 * @throws TwoThirdsError when the thresholds cannot be kept by so many nodes.
 * @example
 * const protocols = { "two-thirds": twoThirdsBinding({ self: "a", nodes: ["a", "b", "c", "d"] }) };
 */
export function twoThirdsBinding(options: TwoThirdsBindingOptions): ConsensusBinding {
  const { self, nodes, ...rest } = options;
  const members = nodes.map((node) => `${node}/member`);
  const learners = nodes.map((node) => `${node}/learner`);
  const configs = (fromSlot: number) => ({
    member: memberConfig({
      ...rest,
      self: `${self}/member`,
      members,
      learners,
      colocatedLearner: `${self}/learner`,
      fromSlot,
      maxAhead,
    }),
    learner: learnerConfig({
      self: `${self}/learner`,
      members,
      fromSlot,
      ...(rest.f !== undefined && { f: rest.f }),
    }),
  });
  configs(1);
  return {
    validate: (params) => (params.length === 0 ? null : "expected no parameters: they stand in the registry"),
    epoch(fromSlot) {
      const { member, learner } = configs(fromSlot);
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
