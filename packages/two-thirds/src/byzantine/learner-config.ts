import type { NodeId } from "@eunomia/engine";
import { mustBeDistinct, mustBeInteger, TwoThirdsError } from "../errors.ts";
import type { ByzantineLearnerConfig } from "./learner-types.ts";
import { checkSize } from "./quorums.ts";

/** What `byzantineLearnerConfig` takes. What is left out has the default in brackets. */
export interface ByzantineLearnerOptions {
  readonly self: NodeId;
  /** Names cluster and epoch, as at the members. */
  readonly context: string;
  readonly members: readonly NodeId[];
  /** Byzantine members to tolerate, as at the members. [as many as 5f + 1 <= n allows] */
  readonly f?: number;
  /** The member on the node of this learner, if there is one: its word is taken for a decision. [null] */
  readonly colocatedMember?: NodeId | null;
  /** First slot that is needed here. [1] */
  readonly fromSlot?: number;
  /** [200] */
  readonly retryMs?: number;
  /** Slots above the floor that are kept. [65536] */
  readonly maxAhead?: number;
}

/**
 * The configuration of a learner for Byzantine faults, with the defaults filled in.
 *
 * @throws TwoThirdsError
 * @example
 * byzantineLearnerConfig({ self: "r", context: "demo/0", members: ["a", "b", "c", "d", "e", "f"] });
 */
export function byzantineLearnerConfig(options: ByzantineLearnerOptions): ByzantineLearnerConfig {
  const members = [...options.members].sort();
  const config: ByzantineLearnerConfig = {
    self: options.self,
    context: options.context,
    members,
    f: options.f ?? Math.floor((members.length - 1) / 5),
    colocatedMember: options.colocatedMember ?? null,
    fromSlot: options.fromSlot ?? 1,
    retryMs: options.retryMs ?? 200,
    maxAhead: options.maxAhead ?? 65_536,
  };
  checkByzantineLearner(config);
  return config;
}

/** @throws TwoThirdsError */
export function checkByzantineLearner(config: ByzantineLearnerConfig): void {
  const { self, context, members, f, colocatedMember, fromSlot, retryMs, maxAhead } = config;
  mustBeDistinct("members and self", [...members, self]);
  if (members.length === 0) throw new TwoThirdsError("process", "members", "at least one member", "none");
  if (colocatedMember !== null && !members.includes(colocatedMember))
    throw new TwoThirdsError("process", "colocatedMember", "one of the members", `"${colocatedMember}"`);
  if (context === "" || context.length > 256)
    throw new TwoThirdsError("context", "context", "1 to 256 characters", `${context.length}`);
  mustBeInteger("f", f, 0);
  checkSize(members.length, f);
  mustBeInteger("fromSlot", fromSlot, 1);
  mustBeInteger("retryMs", retryMs, 1);
  mustBeInteger("maxAhead", maxAhead, 1, 2 ** 20);
}
