import type { Disagreement } from "./validity/witness.ts";

/** What a caller can get wrong when building or asking about a learner graph. */
export type GraphErrorCode =
  /** Plain data, or a statement of the text form, that is no graph. */
  | "shape"
  /** A learner's name is no non-empty string. */
  | "learner"
  | "unknown-learner"
  | "duplicate-learner"
  /** Two edges between the same two learners, whichever is named first. */
  | "duplicate-edge"
  /** A label, or a question, names a node that no quorum and no list of acceptors names. */
  | "unknown-acceptor"
  /** The empty set is a quorum of the learner: it would decide without asking anybody. */
  | "empty-quorum"
  /** The learner has no quorum at all: it would never decide. */
  | "no-quorum"
  /** `meets` of two learners whose quorums have no label of manageable size. */
  | "meets"
  /** Two learners must agree where their quorums do not meet; `witness` shows it. */
  | "invalid"
  /** Validity was not decided within the limits. */
  | "undecided"
  /** A builder was given more than it can work on. */
  | "size";

/** A caller's mistake. Match on `code`; `witness` is there when the code is `invalid`. */
export class GraphError extends Error {
  readonly code: GraphErrorCode;
  readonly witness: Disagreement | null;
  constructor(code: GraphErrorCode, message: string, witness: Disagreement | null = null) {
    super(message);
    this.name = "GraphError";
    this.code = code;
    this.witness = witness;
  }
}
