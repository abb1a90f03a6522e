import type { NodeId } from "@eunomia/engine";
import { dual, type Expr, quorumSystem } from "@eunomia/quorum-algebra";
import { mustBeDistinct, mustBeInteger, TwoThirdsError } from "../errors.ts";
import type { LearnerConfig } from "./learner-types.ts";
import { anyOf } from "./quorums.ts";

/** What `learnerConfig` takes. What is left out has the default in brackets. */
export interface LearnerOptions {
  readonly self: NodeId;
  readonly members: readonly NodeId[];
  /** The member on the node of this learner, if there is one. [null] */
  readonly colocatedMember?: NodeId | null;
  /** Crashes to tolerate, as at the members. [as many as 3f + 1 <= n allows] */
  readonly f?: number;
  /** E, as at the members: a number of equal votes, or a quorum expression. [n - f] */
  readonly decide?: number | Expr;
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
  const members = [...options.members].sort();
  const decide = options.decide ?? members.length - (options.f ?? Math.floor((members.length - 1) / 3));
  const config: LearnerConfig = {
    self: options.self,
    members,
    // A set meets every deciding one exactly if it is a quorum of the dual family: n - E + 1 of n.
    readQuorum: dual(typeof decide === "number" ? anyOf(decide, members) : decide),
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
  readQuorum,
  colocatedMember,
  fromSlot,
  retryMs,
  maxAhead,
}: LearnerConfig): void {
  mustBeDistinct("members and self", [...members, self]);
  if (members.length === 0) throw new TwoThirdsError("process", "members", "at least one member", "none");
  if (colocatedMember !== null && !members.includes(colocatedMember))
    throw new TwoThirdsError("process", "colocatedMember", "one of the members", `"${colocatedMember}"`);
  const readers = quorumSystem(readQuorum);
  const stranger = readers.members.find((process) => !members.includes(process));
  if (stranger !== undefined)
    throw new TwoThirdsError("member", "readQuorum", "quorums of members", `"${stranger}"`);
  if (!readers.has(members) || readers.has([]))
    throw new TwoThirdsError(
      "member",
      "readQuorum",
      "quorums of some members",
      "one that is never or always there",
    );
  mustBeInteger("fromSlot", fromSlot, 1);
  mustBeInteger("retryMs", retryMs, 1);
  mustBeInteger("maxAhead", maxAhead, 1, 2 ** 20);
}
