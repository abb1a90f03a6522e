import type { LearnerId, NodeId } from "@eunomia/engine";
import type { Expr, Quorums } from "@eunomia/quorum-algebra";

/**
 * When two learners must agree: a monotone condition on the set of *safe* acceptors, those that keep to the protocol
 * (they may crash). It holds if `safe` does and, for every pair in `meets`, every quorum of the one learner shares a safe
 * acceptor with every quorum of the other. A pair of a learner with itself speaks of two of its quorums.
 */
export interface Label {
  readonly safe: Expr;
  readonly meets: readonly (readonly [LearnerId, LearnerId])[];
}

/** A label, its parts, an expression, or a text: `meets(red, blue), {s1, s2, s3} >= 2`. Absent parts say nothing. */
export type LabelInput = Quorums | string | Partial<Label>;

/** Quorums of a learner: an expression, a system, or a text of `parse`. */
export type QuorumsInput = Quorums | string;

/** An edge, or (twice the same learner) a self edge: when the learner must agree with itself. */
export interface EdgeInput {
  readonly between: readonly [LearnerId, LearnerId];
  readonly label: LabelInput;
}

/** A learner graph as it is written down. */
export interface GraphInput {
  /** Acceptors besides those that the quorums name. */
  readonly acceptors?: readonly NodeId[];
  readonly learners: ReadonlyMap<LearnerId, QuorumsInput> | Readonly<Record<LearnerId, QuorumsInput>>;
  /** No edge: agreement is never required. */
  readonly edges: readonly EdgeInput[];
}

/** An edge of a graph as built. */
export interface Edge {
  readonly between: readonly [LearnerId, LearnerId];
  readonly label: Label;
}
