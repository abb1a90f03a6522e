import type { NodeId } from "@eunomia/engine";
import { mustBeDistinct, mustBeInteger, TwoThirdsError } from "../errors.ts";
import type { LearnerConfig } from "./learner-types.ts";

/** What `learnerConfig` takes. What is left out has the default in brackets. */
export interface LearnerOptions {
  readonly self: NodeId;
  readonly members: readonly NodeId[];
  /** The member on the node of this learner, if there is one. [null] */
  readonly colocatedMember?: NodeId | null;
  /** First slot that is needed here. [1] */
  readonly fromSlot?: number;
  /** [200] */
  readonly retryMs?: number;
  /** Slots above the floor that are kept. [65536] */
  readonly maxAhead?: number;
}

/**
 * The configuration of a learner, with the defaults filled in.
 *
 * @throws TwoThirdsError
 * @example
 * learnerConfig({ self: "r", members: ["a", "b", "c", "d"] });
 */
export function learnerConfig(options: LearnerOptions): LearnerConfig {
  const config: LearnerConfig = {
    self: options.self,
    members: [...options.members].sort(),
    colocatedMember: options.colocatedMember ?? null,
    fromSlot: options.fromSlot ?? 1,
    retryMs: options.retryMs ?? 200,
    maxAhead: options.maxAhead ?? 65_536,
  };
  checkLearnerConfig(config);
  return config;
}

/** @throws TwoThirdsError */
export function checkLearnerConfig({
  self,
  members,
  colocatedMember,
  fromSlot,
  retryMs,
  maxAhead,
}: LearnerConfig): void {
  mustBeDistinct("members and self", [...members, self]);
  if (members.length === 0) throw new TwoThirdsError("process", "members", "at least one member", "none");
  if (colocatedMember !== null && !members.includes(colocatedMember))
    throw new TwoThirdsError("process", "colocatedMember", "one of the members", `"${colocatedMember}"`);
  mustBeInteger("fromSlot", fromSlot, 1);
  mustBeInteger("retryMs", retryMs, 1);
  mustBeInteger("maxAhead", maxAhead, 1, 2 ** 20);
}
