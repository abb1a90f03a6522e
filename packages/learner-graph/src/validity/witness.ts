import type { LearnerId, NodeId } from "@eunomia/engine";

/**
 * Why a graph is invalid: everybody in `safe` may keep to the protocol, so the two must agree, and yet the two quorums have
 * no common member in `safe`.
 */
export interface Disagreement {
  readonly a: LearnerId;
  readonly b: LearnerId;
  /** Minimal for the labels along `path`. Ascending, as are the quorums. */
  readonly safe: readonly NodeId[];
  readonly qa: readonly NodeId[];
  readonly qb: readonly NodeId[];
  /** Learners from a to b; each neighbours' label holds for `safe`. A self edge stands as the learner twice. */
  readonly path: readonly LearnerId[];
}

/** A witness in words. */
export function describe({ a, b, safe, qa, qb, path }: Disagreement): string {
  const set = (ids: readonly NodeId[]): string => `{${ids.join(", ")}}`;
  const how = path.length > 2 ? ` (by way of ${path.slice(1, -1).join(", ")})` : "";
  const who = a === b ? `"${a}" must agree with itself` : `"${a}" and "${b}" must agree`;
  return `${who} when ${set(safe)} are safe${how}, but the quorums ${set(qa)} and ${set(qb)} share none of them`;
}
