import type { LearnerId, NodeId } from "@eunomia/engine";
import type { QuorumSystem } from "@eunomia/quorum-algebra";
import type { NumberedLabel } from "../labels/label.ts";

/** A learner with its quorums. */
export interface Learner {
  readonly id: LearnerId;
  readonly quorums: QuorumSystem;
}

/** An edge between the learners of two numbers, the lower first, with the number of its label. */
export interface NumberedEdge {
  readonly a: number;
  readonly b: number;
  readonly label: number;
}

/** A graph that is well formed, valid or not. Learners and acceptors ascend; every label is there once. */
export interface Model {
  readonly acceptors: readonly NodeId[];
  readonly acceptorIndex: ReadonlyMap<NodeId, number>;
  readonly learners: readonly Learner[];
  readonly learnerIndex: ReadonlyMap<LearnerId, number>;
  readonly labels: readonly NumberedLabel[];
  readonly edges: readonly NumberedEdge[];
}

/** The label of a declared edge; null: there is none. */
export function labelOf(model: Model, a: number, b: number): number | null {
  const [low, high] = a <= b ? [a, b] : [b, a];
  return model.edges.find((edge) => edge.a === low && edge.b === high)?.label ?? null;
}
