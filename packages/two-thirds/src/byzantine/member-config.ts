import type { NodeId } from "@eunomia/engine";
import { mustBeDistinct, mustBeInteger, TwoThirdsError } from "../errors.ts";
import type { ByzantineMemberConfig } from "./member-types.ts";
import { checkSize } from "./quorums.ts";

/** What `byzantineMemberConfig` takes. Times in milliseconds; what is left out has the default in brackets. */
export interface ByzantineMemberOptions {
  readonly self: NodeId;
  /** Names cluster and epoch: signatures made in one are worth nothing in another. Never use one twice. */
  readonly context: string;
  readonly members: readonly NodeId[];
  /** Process ids of the replicas' learners. [none: nobody may propose, and nothing is ever forgotten] */
  readonly learners?: readonly NodeId[];
  /** The learner on the node of this member. [null] */
  readonly colocatedLearner?: NodeId | null;
  /** First slot. [1] */
  readonly fromSlot?: number;
  /** Byzantine members to tolerate. [as many as 5f + 1 <= n allows] */
  readonly f?: number;
  /** How long round 0 lasts; round r 2^min(r,12) times as long. At least four times the usual delay. [200] */
  readonly roundMs?: number;
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
}

/**
 * The configuration of one member for Byzantine faults, with the defaults filled in and the size checked (section 3.1).
 *
 * @throws TwoThirdsError `threshold` when n < 5f + 1
 * @example
 * byzantineMemberConfig({ self: "a", context: "demo/0", members: ["a", "b", "c", "d", "e", "f"] }); // f = 1, q = 5
 */
export function byzantineMemberConfig(options: ByzantineMemberOptions): ByzantineMemberConfig {
  const members = [...options.members].sort();
  const config: ByzantineMemberConfig = {
    self: options.self,
    context: options.context,
    members,
    learners: [...(options.learners ?? [])].sort(),
    colocatedLearner: options.colocatedLearner ?? null,
    fromSlot: options.fromSlot ?? 1,
    f: options.f ?? Math.floor((members.length - 1) / 5),
    roundMs: options.roundMs ?? 200,
    retryMs: options.retryMs ?? 200,
    headMs: options.headMs ?? 500,
    relay: options.relay ?? "eager",
    order: options.order ?? "digest",
    keepRounds: options.keepRounds ?? 8,
    maxAhead: options.maxAhead ?? 65_536,
  };
  checkByzantineMember(config);
  return config;
}

/** @throws TwoThirdsError */
export function checkByzantineMember(config: ByzantineMemberConfig): void {
  const { self, members, learners, colocatedLearner, f } = config;
  mustBeDistinct("members and learners", [...members, ...learners]);
  if (!members.includes(self)) throw new TwoThirdsError("process", "self", "one of the members", `"${self}"`);
  if (members.some((member, i) => i > 0 && members[i - 1]! > member))
    throw new TwoThirdsError("process", "members", "ascending order", members.join(", "));
  if (colocatedLearner !== null && !learners.includes(colocatedLearner))
    throw new TwoThirdsError("process", "colocatedLearner", "one of the learners", `"${colocatedLearner}"`);
  if (config.context === "" || config.context.length > 256)
    throw new TwoThirdsError("context", "context", "1 to 256 characters", `${config.context.length}`);
  mustBeInteger("f", f, 0);
  checkSize(members.length, f);
  mustBeInteger("fromSlot", config.fromSlot, 1);
  mustBeInteger("roundMs", config.roundMs, 1);
  mustBeInteger("retryMs", config.retryMs, 1);
  mustBeInteger("headMs", config.headMs, 0);
  mustBeInteger("keepRounds", config.keepRounds, 0, 1024);
  mustBeInteger("maxAhead", config.maxAhead, 1, 2 ** 20);
}
