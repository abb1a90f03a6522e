import { bytes, equalBytes, type Infer, nullable, record, sortedSet } from "@eunomia/codec";
import { word } from "../evaluate/rules.ts";
import { AcceptorId, Hash, Instance, LearnerName, type Speech, Stamp } from "../messages.ts";
import type { Scheme } from "../scheme.ts";
import { headerId, historyOf } from "./header.ts";

const Half = record({
  history: Hash,
  kind: word("1b", "2a"),
  ballot: Stamp,
  learners: sortedSet(LearnerName, 1024),
  signature: bytes(4096),
});

/** Two messages of one acceptor with one prev in one instance. Convinces everybody who can check its signatures. */
export const Evidence = record({
  instance: Instance,
  signer: AcceptorId,
  prev: nullable(Hash),
  first: Half,
  second: Half,
});
export type Evidence = Infer<typeof Evidence>;

function halfOf(scheme: Scheme, { kind, ballot, learners, signature, refs }: Speech): Infer<typeof Half> {
  return { history: historyOf(scheme, refs), kind, ballot, learners, signature };
}

export function evidenceOf(scheme: Scheme, first: Speech, second: Speech): Evidence {
  const { instance, signer, prev } = first;
  return { instance, signer, prev, first: halfOf(scheme, first), second: halfOf(scheme, second) };
}

/**
 * Checks that the acceptor signed two different messages after the same one. An acceptor that keeps to the protocol never
 * does, and nobody else can sign for it.
 *
 * @returns null when it convicts, else what is wrong
 */
export function evidenceProblem(scheme: Scheme, { first, second, ...common }: Evidence): string | null {
  const ids = [first, second].map(({ signature: _, ...half }) => headerId(scheme, { ...common, ...half }));
  if (equalBytes(ids[0]!, ids[1]!)) return "one message twice";
  const right = [first, second].every(({ signature }, i) => scheme.verify(common.signer, ids[i]!, signature));
  return right ? null : "signature";
}
