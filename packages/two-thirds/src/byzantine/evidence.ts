import { equalBytes, type Infer, list, nullable, record, toHex } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { Round, Slot } from "../message.ts";
import { ProcessId, Signature, StatusReport } from "./message.ts";
import { type ByzantineQuorums, isLeastQuorum } from "./quorums.ts";
import { type ByzantineOracles, isSigned, type Place, Says, statusesDigest } from "./statement.ts";

const Signed = record({ says: Says, signature: Signature });
type Signed = Infer<typeof Signed>;

/**
 * What no member that keeps to the protocol signs: two different votes, statuses or NEWROUND values of one round, or a
 * NEWROUND that its statuses do not allow (`second` null, and the statuses stand beside it).
 */
export const Evidence = record({
  from: ProcessId,
  slot: Slot,
  round: Round,
  first: Signed,
  second: nullable(Signed),
  statuses: list(StatusReport, 1024),
});
export type Evidence = Infer<typeof Evidence>;

/** What those who judge a NEWROUND have to know. */
export interface Court {
  readonly quorums: Pick<ByzantineQuorums, "decide" | "lock">;
  readonly oracles: Pick<ByzantineOracles, "verify">;
}

/** The digest that a locking set of these statuses reports; null: none. There is at most one in a least quorum (3.4). */
export function lockIn(
  { lock }: Pick<ByzantineQuorums, "lock">,
  statuses: readonly Pick<StatusReport, "from" | "est">[],
): Uint8Array | null {
  const supporters = new Map<string, NodeId[]>();
  for (const { from, est } of statuses) {
    if (est === null) continue;
    const digest = toHex(est);
    const known = supporters.get(digest) ?? [];
    known.push(from);
    supporters.set(digest, known);
    if (lock.has(known)) return est;
  }
  return null;
}

/** Do the statuses allow the value: q of them, each of exactly this round and signed, and no other value locked? */
export function isJustified(
  { quorums, oracles }: Court,
  place: Place,
  value: Uint8Array,
  statuses: readonly StatusReport[],
): boolean {
  const locked = lockIn(quorums, statuses);
  return (
    isLeastQuorum(
      quorums.decide,
      statuses.map(({ from }) => from),
    ) &&
    (locked === null || equalBytes(locked, value)) &&
    statuses.every(
      ({ from, lastRound, est, signature }) =>
        lastRound < place.round &&
        (est === null) === (lastRound === -1) &&
        isSigned(oracles, place, from, { kind: "status", lastRound, est }, signature),
    )
  );
}

function differ(a: Says, b: Says): boolean {
  if (a.kind === "status" && b.kind === "status")
    return a.lastRound !== b.lastRound || !sameDigest(a.est, b.est);
  return a.kind === b.kind && a.kind !== "status" && b.kind !== "status" && !equalBytes(a.value, b.value);
}

const sameDigest = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);

/**
 * Does the evidence convict? For whoever gets it from somebody else: it rests on signatures alone.
 *
 * @param coordinator of the slot and round of the evidence: only it may be convicted of a NEWROUND.
 * @example
 * convicts(court, "cluster/epoch", evidence, members[(evidence.slot + evidence.round) % members.length]);
 */
export function convicts(court: Court, context: string, evidence: Evidence, coordinator: NodeId): boolean {
  const { from, slot, round, first, second, statuses } = evidence;
  const place = { context, slot, round };
  const signed = ({ says, signature }: Signed) => isSigned(court.oracles, place, from, says, signature);
  if (first.says.kind === "newround" && from !== coordinator) return false;
  if (!signed(first)) return false;
  if (second !== null) return differ(first.says, second.says) && signed(second);
  return (
    first.says.kind === "newround" &&
    equalBytes(statusesDigest(statuses), first.says.statuses) &&
    !isJustified(court, place, first.says.value, statuses)
  );
}
