import type { NodeId } from "@eunomia/engine";
import { type Expr, quorumSystem } from "@eunomia/quorum-algebra";
import { mustBeDistinct, mustBeInteger, TwoThirdsError } from "../errors.ts";
import type { MemberConfig } from "./member-types.ts";
import { anyOf, checkQuorums, checkThresholds, type Quorums, retiring } from "./quorums.ts";

/** What `memberConfig` takes. Times in milliseconds; what is left out has the default in brackets. */
export interface MemberOptions {
  readonly self: NodeId;
  readonly members: readonly NodeId[];
  /** Process ids of the replicas' learners. [none: nobody may propose, and nothing is ever forgotten] */
  readonly learners?: readonly NodeId[];
  /** The learner on the node of this member. [null] */
  readonly colocatedLearner?: NodeId | null;
  /** First slot. [1] */
  readonly fromSlot?: number;
  /** Crashes to tolerate. [as many as 3f + 1 <= n allows] */
  readonly f?: number;
  /** E: a number of equal votes, or a quorum expression. [n - f] */
  readonly decide?: number | Expr;
  /** T: a number of votes, or a quorum expression. [n - f] */
  readonly update?: number | Expr;
  /** Grace of round 0; 0: leave a round at exactly T votes. At least twice the usual delay makes rounds converge. [20] */
  readonly graceMs?: number;
  /** [200] */
  readonly retryMs?: number;
  /** 0: no HEAD gossip. [500] */
  readonly headMs?: number;
  /** [eager] */
  readonly relay?: "eager" | "lazy";
  /** [digest] */
  readonly order?: "bytes" | "digest";
  /** [8] */
  readonly keepRounds?: number;
  /** Slots above the floor that are taken. [65536] */
  readonly maxAhead?: number;
  /** Votes name values larger than this by digest; null: never. [null] */
  readonly digestAboveBytes?: number | null;
}

/**
 * The configuration of one member, with the defaults filled in and the thresholds checked (section 2.1).
 *
 * @throws TwoThirdsError
 * @example
 * memberConfig({ self: "a", members: ["a", "b", "c", "d"], learners: ["r"] }); // f = 1, T = E = 3
 */
export function memberConfig(options: MemberOptions): MemberConfig {
  const members = [...options.members].sort();
  const n = members.length;
  const f = options.f ?? Math.floor((n - 1) / 3);
  mustBeInteger("f", f, 0);
  const decide = options.decide ?? n - f;
  const update = options.update ?? n - f;
  if (typeof decide === "number" && typeof update === "number") checkThresholds(n, f, update, decide);
  const config: MemberConfig = {
    self: options.self,
    members,
    learners: [...(options.learners ?? [])].sort(),
    colocatedLearner: options.colocatedLearner ?? null,
    fromSlot: options.fromSlot ?? 1,
    decide: typeof decide === "number" ? anyOf(decide, members) : decide,
    update: typeof update === "number" ? anyOf(update, members) : update,
    f,
    graceMs: options.graceMs ?? 20,
    retryMs: options.retryMs ?? 200,
    headMs: options.headMs ?? 500,
    relay: options.relay ?? "eager",
    order: options.order ?? "digest",
    keepRounds: options.keepRounds ?? 8,
    maxAhead: options.maxAhead ?? 65_536,
    digestAboveBytes: options.digestAboveBytes ?? null,
  };
  checkMemberConfig(config);
  return config;
}

/** @throws TwoThirdsError */
export function checkMemberConfig(config: MemberConfig): void {
  const { self, members, learners, colocatedLearner, digestAboveBytes } = config;
  mustBeDistinct("members and learners", [...members, ...learners]);
  if (!members.includes(self)) throw new TwoThirdsError("process", "self", "one of the members", `"${self}"`);
  if (members.some((member, i) => i > 0 && members[i - 1]! > member))
    throw new TwoThirdsError("process", "members", "ascending order", members.join(", "));
  if (colocatedLearner !== null && !learners.includes(colocatedLearner))
    throw new TwoThirdsError("process", "colocatedLearner", "one of the learners", `"${colocatedLearner}"`);
  mustBeInteger("f", config.f, 0);
  mustBeInteger("fromSlot", config.fromSlot, 1);
  mustBeInteger("graceMs", config.graceMs, 0);
  mustBeInteger("retryMs", config.retryMs, 1);
  mustBeInteger("headMs", config.headMs, 0);
  mustBeInteger("keepRounds", config.keepRounds, 0, 1024);
  mustBeInteger("maxAhead", config.maxAhead, 1, 2 ** 20);
  if (digestAboveBytes !== null) {
    mustBeInteger("digestAboveBytes", digestAboveBytes, 0);
    if (config.order !== "digest")
      throw new TwoThirdsError(
        "order",
        "order",
        '"digest" where votes name values by digest',
        `"${config.order}"`,
      );
  }
  checkQuorums(members, config.f, config.update, config.decide);
}

export function quorumsOf(config: MemberConfig): Quorums {
  return {
    decide: quorumSystem(config.decide),
    update: quorumSystem(config.update),
    retire: retiring(config.learners, config.f),
  };
}
