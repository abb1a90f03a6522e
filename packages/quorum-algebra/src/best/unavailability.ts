import type { ChanceOptions } from "../probability/answer.ts";
import { unavailability } from "../probability/availability.ts";
import type { Chances } from "../probability/chances.ts";
import type { Candidate, Score } from "./score.ts";

/**
 * Scores a system by how likely an operation finds no quorum: the unavailability of reads in `readFraction` of the cases, else
 * that of writes. Nodes are told apart by their ids, unless they all fail with one chance.
 *
 * @throws QuorumError as `unavailability`, while it scores.
 */
export function unavailabilityScore(
  failing: Chances,
  readFraction = 0.5,
  options: ChanceOptions = {},
): Score {
  const part = (share: number, expr: Candidate["reads"]): number => {
    if (share === 0) return 0;
    const answer = unavailability(expr, failing, options);
    if (answer.kind === "unknown") return Number.NaN;
    return share * (answer.kind === "exact" ? answer.value : answer.high);
  };
  return {
    score: ({ reads, writes }) => {
      const sum = part(readFraction, reads) + part(1 - readFraction, writes);
      return Number.isNaN(sum) ? null : sum;
    },
    ...(typeof failing === "number" && options.groups === undefined ? { kind: () => "" } : {}),
  };
}
