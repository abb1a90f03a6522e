import type { NodeId } from "@eunomia/engine";
import { type Expr, normalize, restrictByzantine, support } from "@eunomia/quorum-algebra";

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
  const free = new Map<NodeId, number>();
  let parts = families.map(normalize);
  for (;;) {
    const known = parts.map((part) => new Set(support(part)));
    const news = new Set<NodeId>();
    for (const id of known.flatMap((ids) => [...ids])) {
      const ignorant = known.findIndex((ids) => !ids.has(id));
      if (ignorant < 0) continue;
      news.add(id);
      free.set(id, ignorant);
    }
    if (news.size === 0) return { families: parts, ids: [...known[0]!], free };
    parts = parts.map((part) => normalize(restrictByzantine(part, news)));
  }
}
