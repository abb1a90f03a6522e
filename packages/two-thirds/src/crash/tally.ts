import type { SortedMap } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import type { Choice } from "../message.ts";
import { compareChoices, sameChoice } from "./choice.ts";
import type { MemberConfig } from "./member-types.ts";
import type { Quorums } from "./quorums.ts";

/** Votes of one round: member to choice. */
export type Votes = Readonly<SortedMap<NodeId, Choice>>;

/** A choice and who voted for it. */
export interface Share {
  readonly choice: Choice;
  readonly voters: NodeId[];
}

/** The votes of a round by choice, in the order of the first voter. */
export function shares(votes: Votes): Share[] {
  const found: Share[] = [];
  votes.keys.forEach((member, i) => {
    const choice = votes.values[i]!;
    const share = found.find((one) => sameChoice(one.choice, choice));
    if (share === undefined) found.push({ choice, voters: [member] });
    else share.voters.push(member);
  });
  return found;
}

/** The choice for which a deciding quorum voted in this round (evaluate, rule 1). */
export function decidedBy({ decide }: Pick<Quorums, "decide">, votes: Votes): Share | null {
  return shares(votes).find(({ voters }) => decide.has(voters)) ?? null;
}

/**
 * The choice for which a deciding quorum may exist, given these votes: all of its members that are heard of voted for it,
 * and the rest may have. Once an updating quorum is heard of there is at most one, since two such deciding quorums and the
 * updating one would share a member that voted for both.
 */
function stillDecidable(
  config: MemberConfig,
  { decide }: Pick<Quorums, "decide">,
  votes: Votes,
): Share | null {
  const silent = config.members.filter((member) => !votes.keys.includes(member));
  return shares(votes).find(({ voters }) => decide.has([...voters, ...silent])) ?? null;
}

/**
 * The most frequent choice, ties to the smallest. Where a choice is still decidable this must not be asked in the general
 * quorum form; with thresholds the decidable choice is the most frequent one (T + 2E > 2n).
 */
export function mostFrequent(
  config: Pick<MemberConfig, "order">,
  candidates: readonly Share[],
): Share | null {
  return candidates.reduce<Share | null>((best, share) => {
    if (best === null || share.voters.length > best.voters.length) return share;
    if (share.voters.length < best.voters.length) return best;
    return compareChoices(config, share.choice, best.choice) < 0 ? share : best;
  }, null);
}

/** `choose` of section 2.4 in the general quorum form of 2.1; `forced`: no other choice would be safe. */
export function choose(
  config: MemberConfig,
  quorums: Quorums,
  votes: Votes,
): { share: Share; forced: boolean } | null {
  const decidable = stillDecidable(config, quorums, votes);
  if (decidable !== null) return { share: decidable, forced: true };
  const share = mostFrequent(config, shares(votes));
  return share === null ? null : { share, forced: false };
}
