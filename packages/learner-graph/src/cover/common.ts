import type { NodeId } from "@eunomia/engine";
import { type Expr, normalize, shareNodes, support } from "@eunomia/quorum-algebra";

/** Families cut down to the nodes that all of them know. */
export interface Common {
  /** In normal form, over `ids` or constant. */
  readonly families: readonly Expr[];
  readonly ids: readonly NodeId[];
  /** Of the other nodes: a family that does without it. */
  readonly free: ReadonlyMap<NodeId, number>;
}

/**
 * A node that some family does not know is in no common part of one set of each: the others may count on it for free.
 * What is left asks the same question with fewer nodes; thresholds over different nodes become thresholds over one set.
 */
export function commonPart(families: readonly Expr[]): Common {
  const { shared, owner } = shareNodes(families.map(normalize));
  const ids = support(shared[0]!);
  for (const id of ids) owner.delete(id);
  return { families: shared, ids, free: owner };
}
