import { equalBytes, sha256 } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";
import {
  type ByzantineMemberOptions,
  type ByzantineMessage,
  type ByzantineOracles,
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
  type Says,
  type StatusReport,
  statementBytes,
  statementDomain,
  statusesDigest,
} from "@eunomia/two-thirds/byzantine";
import { isSealed, seal } from "../seal.ts";

/** The shape of a cluster of Byzantine 2/3-consensus, as plain JSON. What is left out has the default of `byzantineMemberConfig`. */
export interface ByzantineShape
  extends Pick<
    ByzantineMemberOptions,
    | "f"
    | "roundMs"
    | "retryMs"
    | "headMs"
    | "relay"
    | "order"
    | "keepRounds"
    | "maxAhead"
    | "colocatedLearner"
  > {
  readonly members: number;
  readonly learners: number;
}

const count = (letter: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${letter}${i}`);

/** Names of all processes: members `m0`…, learners `r0`…. */
export const byzantineNames = ({ members, learners }: ByzantineShape) => ({
  members: count("m", members),
  learners: count("r", learners),
});

const context = "simulated/0";

/** What members are given, with seals in the place of signatures. */
export const sealOracles = (self: string): ByzantineOracles => ({
  sign: (domain, bytes) => seal(self, domain, bytes),
  verify: (signer, domain, bytes, signature) => equalBytes(seal(signer, domain, bytes), signature),
  valid: isSealed,
});

export function byzantineMemberPart(
  shape: ByzantineShape,
  self: string,
): { engine: AnyEngine; config: unknown } {
  const config = byzantineMemberConfig({ ...shape, ...byzantineNames(shape), self, context });
  return { engine: byzantineMemberEngine(config, sealOracles(self)), config };
}

export function byzantineLearnerPart(
  shape: ByzantineShape,
  self: string,
  colocatedMember: string | null = null,
): { engine: AnyEngine; config: unknown } {
  const { members } = byzantineNames(shape);
  const config = byzantineLearnerConfig({
    ...{ self, context, members, colocatedMember },
    retryMs: shape.retryMs ?? 200,
    maxAhead: shape.maxAhead ?? 4096,
    ...(shape.f === undefined ? {} : { f: shape.f }),
  });
  return { engine: byzantineLearnerEngine(config, sealOracles(self)), config };
}

const signedBy = (signer: string, slot: number, round: number, says: Says): Uint8Array =>
  seal(signer, statementDomain, statementBytes({ context, slot, round }, says));

/**
 * The message with the seals of those who lie, over whatever it says now: its own, and within it those of other liars, who
 * share their keys.
 */
export function resealed(
  message: ByzantineMessage,
  from: string,
  isLiar: (member: string) => boolean,
): ByzantineMessage {
  switch (message.kind) {
    case "vote": {
      const { slot, round, value } = message;
      return { ...message, signature: signedBy(from, slot, round, { kind: "vote", value: sha256(value) }) };
    }
    case "status": {
      const { slot, round, lastRound, est } = message;
      const says = { kind: "status", lastRound, est: est === null ? null : sha256(est) } as const;
      return { ...message, signature: signedBy(from, slot, round, says) };
    }
    case "newround": {
      const { slot, round, value } = message;
      const statuses = message.statuses.map((report: StatusReport) => {
        const { lastRound, est } = report;
        return isLiar(report.from)
          ? { ...report, signature: signedBy(report.from, slot, round, { kind: "status", lastRound, est }) }
          : report;
      });
      const says = { kind: "newround", value: sha256(value), statuses: statusesDigest(statuses) } as const;
      return { ...message, statuses, signature: signedBy(from, slot, round, says) };
    }
    case "decided": {
      const { slot, value, certificate } = message;
      const { round } = certificate;
      const votes = certificate.votes.map((vote) =>
        isLiar(vote.from)
          ? { ...vote, signature: signedBy(vote.from, slot, round, { kind: "vote", value: sha256(value) }) }
          : vote,
      );
      return { ...message, certificate: { round, votes } };
    }
    default:
      return message;
  }
}
