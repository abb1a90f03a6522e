import { bytes, encode, type Infer, list, nullable, record, sortedSet, text } from "@eunomia/codec";
import { word } from "../evaluate/rules.ts";
import { AcceptorId, Hash, Instance, LearnerName, type Speech, Stamp } from "../messages.ts";
import type { Scheme } from "../scheme.ts";

/**
 * What an acceptor signs: its claims, and its refs by digest, so that a certificate and a proof of equivocation need no
 * history. The id of a message is the digest of this.
 */
const Header = record({
  use: text(32),
  instance: Instance,
  signer: AcceptorId,
  prev: nullable(Hash),
  history: Hash,
  kind: word("1b", "2a"),
  ballot: Stamp,
  learners: sortedSet(LearnerName),
});
type Header = Infer<typeof Header>;

const Opening = record({ use: text(32), instance: Instance, ballot: Stamp });
const Refs = list(bytes());

/** The id of a 1a: equal ballots of an instance are one message, whoever proposed it. */
export const openingId = (scheme: Scheme, instance: Instance, ballot: Stamp): Uint8Array =>
  scheme.digest(encode(Opening, { use: "hetero-paxos 1a", instance, ballot }));

export const historyOf = (scheme: Scheme, refs: readonly Uint8Array[]): Uint8Array =>
  scheme.digest(encode(Refs, refs as Uint8Array[]));

type Claims = Pick<Header, "instance" | "signer" | "prev" | "history" | "kind" | "ballot" | "learners">;

/** The id of a message of an acceptor, and the bytes that it signs. */
export const headerId = (scheme: Scheme, claims: Claims): Uint8Array =>
  scheme.digest(encode(Header, { use: "hetero-paxos", ...claims }));

/** The id of a 1b or 2a: that of its header, so that the signature is no part of it. */
export const speechId = (scheme: Scheme, speech: Omit<Speech, "signature">): Uint8Array =>
  headerId(scheme, { ...speech, history: historyOf(scheme, speech.refs) });
