import { equalBytes, mapGet } from "@eunomia/codec";
import type { Evidence } from "./evidence.ts";
import type { ByzantineSlot, SignedStatus, SignedVote } from "./member-types.ts";
import type { Certificate, StatusReport } from "./message.ts";

/** The half of a piece of evidence that a vote is. */
export const voteSays = ({ digest, signature }: Omit<SignedVote, "value">): Evidence["first"] => ({
  says: { kind: "vote", value: digest },
  signature,
});

/** The half of a piece of evidence that a STATUS is. */
export const statusSays = ({
  lastRound,
  est,
  signature,
}: Omit<SignedStatus, "round">): Evidence["first"] => ({
  says: { kind: "status", lastRound, est: est === null ? null : est.digest },
  signature,
});

/** Whoever told the coordinator another STATUS than us lies to one of the two. Both lists were verified. */
export function statusesAgainst(
  number: number,
  round: number,
  { statuses }: Readonly<ByzantineSlot>,
  reports: readonly StatusReport[],
): Evidence[] {
  return reports.flatMap(({ from, lastRound, est, signature }) => {
    const known = mapGet(statuses, from);
    if (known === undefined || known.round !== round) return [];
    const same =
      known.lastRound === lastRound &&
      (known.est === null || est === null ? known.est === est : equalBytes(known.est.digest, est));
    const second: Evidence["second"] = { says: { kind: "status", lastRound, est }, signature };
    return same ? [] : [{ from, slot: number, round, first: statusSays(known), second, statuses: [] }];
  });
}

/** Whoever stands in a certificate with another vote than we got lies to one of the two. Both were verified. */
export function votesAgainst(
  number: number,
  { votes: rounds }: Readonly<ByzantineSlot>,
  digest: Uint8Array,
  { round, votes }: Certificate,
): Evidence[] {
  const known = mapGet(rounds, round);
  if (known === undefined) return [];
  return votes.flatMap(({ from, signature }) => {
    const vote = mapGet(known, from);
    if (vote === undefined || equalBytes(vote.digest, digest)) return [];
    const second = voteSays({ digest, signature });
    return [{ from, slot: number, round, first: voteSays(vote), second, statuses: [] }];
  });
}
