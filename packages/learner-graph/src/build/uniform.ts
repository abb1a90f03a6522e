import type { LearnerId } from "@eunomia/engine";
import { GraphError } from "../errors.ts";
import { meetsOf, neverHolds } from "../labels/meets.ts";
import { entriesOf, quorumsFrom } from "../model/build.ts";
import type { EdgeInput, GraphInput, QuorumsInput } from "../model/spec.ts";

/**
 * One label for all pairs of a group, self pairs included: all their quorums meet in a safe acceptor. Closed and valid by
 * construction, the widest of its kind, and the kind that terminates (see `terminationOf`).
 *
 * @param groups learners by group, each in one group at most; without it all are one group.
 * @example
 * learnerGraph(uniform({ red: "{r, s1, s2, s3} >= 3", blue: "{b, s1, s2, s3} >= 3" }));
 * @throws GraphError `invalid` if two learners of a group have quorums without a common member: no label would do.
 */
export function uniform(
  learners: GraphInput["learners"],
  groups: readonly (readonly LearnerId[])[] = [entriesOf(learners).map(([id]) => id)],
): GraphInput {
  const known = new Map(entriesOf(learners));
  const seen = new Set<LearnerId>();
  const edges: EdgeInput[] = [];
  for (const group of groups) {
    for (const id of group) {
      if (!known.has(id))
        throw new GraphError(
          "unknown-learner",
          `a group expected learners of the list, got ${JSON.stringify(id)}`,
        );
      if (seen.has(id))
        throw new GraphError(
          "duplicate-learner",
          `learner "${id}" is in two groups. Join them, or leave it out of one`,
        );
      seen.add(id);
    }
    const meets = pairsOf(group);
    for (const [a, b] of meets) refuseApart(known, a, b);
    edges.push(...meets.map((between) => ({ between, label: { meets } })));
  }
  return { learners, edges };
}

/** Every two of a group, and everyone with itself. */
export function pairsOf(group: readonly LearnerId[]): (readonly [LearnerId, LearnerId])[] {
  return group.flatMap((a, i) => group.slice(i).map((b) => [a, b] as const));
}

function refuseApart(learners: ReadonlyMap<LearnerId, QuorumsInput>, a: LearnerId, b: LearnerId): void {
  if (!neverHolds(meetsOf(quorumsFrom(learners.get(a)!), quorumsFrom(learners.get(b)!)))) return;
  throw new GraphError(
    "invalid",
    `the quorums of "${a}" and "${b}" may have no common member even when everybody is safe, so they cannot be told to agree. Put them into two groups, or ask for larger quorums`,
  );
}
