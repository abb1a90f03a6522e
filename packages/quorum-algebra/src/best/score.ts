import type { NodeId } from "@eunomia/engine";
import type { Expr } from "../expressions/expr.ts";

/** One system that the search looks at. With one phase both are the same. */
export interface Candidate {
  readonly reads: Expr;
  readonly writes: Expr;
}

/** What makes a system good: least is best. */
export interface Score {
  /** Infinity: of no use. Null: not known, and the search is then not complete. */
  score(candidate: Candidate): number | null;
  /** A cheap bound: no more than the score. Candidates whose bound is not below the best score are not scored. */
  low?(candidate: Candidate): number;
  /** Nodes of one kind can be swapped without changing any score. */
  kind?(id: NodeId): string;
}
