import { encode, type Infer, list, nullable, record, sha256, text, variant } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { Round, Slot } from "../message.ts";
import { Digest, LastRound, type StatusReport, StatusReport as StatusReportSchema } from "./message.ts";

/** Signatures of this protocol are of no use in any other. */
export const statementDomain = "aneris/c23b/1";

/** What a signature says. Values stand by digest, so a statement is short however long its value is. */
export const Says = variant({
  vote: record({ value: Digest }),
  status: record({ lastRound: LastRound, est: nullable(Digest) }),
  newround: record({ value: Digest, statuses: Digest }),
});
export type Says = Infer<typeof Says>;

const Statement = record({ context: text(256), slot: Slot, round: Round, says: Says });

/** A place in a run that a statement is about; `context` names cluster and epoch. */
export interface Place {
  readonly context: string;
  readonly slot: number;
  readonly round: number;
}

/**
 * What the protocol needs from outside: keys, and a judgement of values. All of it is pure: the same answer to the same
 * question, in every life. A key belongs to one process in one epoch (3.2).
 */
export interface ByzantineOracles {
  /** Signs `domain 00 bytes` with the key of this process, such as `signInDomain` of `@eunomia/crypto-auth`. */
  sign(domain: string, bytes: Uint8Array): Uint8Array;
  /** Was it signed by that process? Never throws. */
  verify(signer: NodeId, domain: string, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** Is the value externally valid, such as: does each command in it carry the signature of its client? Never throws. */
  valid(slot: number, value: Uint8Array): boolean;
}

/** The bytes that are signed, after the domain. */
export function statementBytes({ context, slot, round }: Place, says: Says): Uint8Array {
  return encode(Statement, { context, slot, round, says });
}

export function signSays(oracles: Pick<ByzantineOracles, "sign">, place: Place, says: Says): Uint8Array {
  return oracles.sign(statementDomain, statementBytes(place, says));
}

export function isSigned(
  oracles: Pick<ByzantineOracles, "verify">,
  place: Place,
  signer: NodeId,
  says: Says,
  signature: Uint8Array,
): boolean {
  return oracles.verify(signer, statementDomain, statementBytes(place, says), signature);
}

const StatusReports = list(StatusReportSchema, 1024);

/** What the signature under a NEWROUND says of the statuses that justify it. */
export const statusesDigest = (statuses: readonly StatusReport[]): Uint8Array =>
  sha256(encode(StatusReports, statuses));
