import { equalBytes } from "@eunomia/codec";
import type { LearnerGraph } from "@eunomia/engine";
import type { Certificate, Speech } from "../messages.ts";
import type { Scheme } from "../scheme.ts";
import { headerId, historyOf } from "./header.ts";

/** Makes a certificate of 2a of one ballot that name the learner, by signer in ascending order. */
export function certificateOf(scheme: Scheme, learner: string, votes: readonly Speech[]): Certificate {
  const { instance, ballot } = votes[0]!;
  return {
    instance,
    learner,
    ballot,
    votes: votes.map(({ signer, prev, refs, learners, signature }) => ({
      signer,
      prev,
      history: historyOf(scheme, refs),
      learners,
      signature,
    })),
  };
}

/**
 * Checks that a quorum of the learner signed 2a for it, of one ballot. No history is looked at, so this convinces of a
 * decision only those who hold that some safe set of the learner's self edge is safe: honest acceptors sign true claims.
 * Published certificates carry the history as well; this form is our own.
 *
 * @param law that of `lawOf`; the slot and the value are for the caller to compare
 * @returns null when it holds, else what is wrong
 */
export function certificateProblem(
  graph: LearnerGraph,
  scheme: Scheme,
  law: Uint8Array,
  { instance, learner, ballot, votes }: Certificate,
): string | null {
  if (!equalBytes(instance.law, law)) return "other law";
  if (!graph.learners.includes(learner)) return "no such learner";
  const signers = votes.map(({ signer }) => signer);
  if (signers.some((signer, i) => i > 0 && signers[i - 1]! >= signer)) return "signers not ascending";
  if (!votes.every(({ learners }) => learners.includes(learner))) return "a vote for others";
  if (!graph.isQuorum(learner, signers)) return "no quorum";
  const right = votes.every(({ signature, ...vote }) =>
    scheme.verify(vote.signer, headerId(scheme, { instance, kind: "2a", ballot, ...vote }), signature),
  );
  return right ? null : "signature";
}
