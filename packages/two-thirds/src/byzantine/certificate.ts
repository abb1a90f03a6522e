import type { Certificate } from "./message.ts";
import { type ByzantineQuorums, isAscending } from "./quorums.ts";
import { type ByzantineOracles, isSigned } from "./statement.ts";

/**
 * Does the certificate prove the decision: q votes of distinct members, of one round, for this value, each signed? Whoever
 * knows the keys can ask, with no part in the protocol.
 *
 * @param digest the SHA-256 of the value
 * @example
 * isCertified(court, "cluster/epoch", { slot, value, certificate }, sha256(value));
 */
export function isCertified(
  {
    quorums,
    oracles,
  }: {
    readonly quorums: Pick<ByzantineQuorums, "decide">;
    readonly oracles: Pick<ByzantineOracles, "verify">;
  },
  context: string,
  {
    slot,
    certificate,
  }: { readonly slot: number; readonly value: Uint8Array; readonly certificate: Certificate },
  digest: Uint8Array,
): boolean {
  const { round, votes } = certificate;
  const signers = votes.map(({ from }) => from);
  return (
    isAscending(signers) &&
    quorums.decide.has(signers) &&
    votes.every(({ from, signature }) =>
      isSigned(oracles, { context, slot, round }, from, { kind: "vote", value: digest }, signature),
    )
  );
}
