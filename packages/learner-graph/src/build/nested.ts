import type { LearnerId } from "@eunomia/engine";
import type { Cost, Expr } from "@eunomia/quorum-algebra";
import { cheapestSplit } from "../ask/split.ts";
import type { Effort } from "../effort.ts";
import { GraphError } from "../errors.ts";
import { entriesOf, quorumsFrom } from "../model/build.ts";
import type { EdgeInput, GraphInput } from "../model/spec.ts";
import { pairsOf } from "./uniform.ts";

/** Groups within groups: a learner, or a list of smaller groups. */
export type Nesting = LearnerId | readonly Nesting[];

/** Options of `nested`. */
export interface NestedOptions extends Effort {
  /** The groups; without them those are merged first that survive the largest failure. */
  readonly groups?: Nesting;
  /** What it costs to corrupt an acceptor, when failures are compared; 1 by default. */
  readonly cost?: Cost;
}

/** Input of a graph, and the groups behind its labels. */
export interface NestedGraph extends GraphInput {
  readonly groups: Nesting;
}

/**
 * The label of a pair says that all learners of the smallest group with both have quorums that meet in a safe acceptor. Closed and
 * valid by construction: of three learners, two pairs share the larger group, and labels shrink from group to larger group.
 * A learner agrees with itself as long as its own quorums meet. Groups whose quorums do not meet have no label.
 *
 * @example
 * nested({ red: "{a,b,c} >= 2", blue: "{b,c,d} >= 2", green: "{c,d,e} >= 3" }).groups; // [["blue", "red"], "green"] or so
 * @throws GraphError for groups that do not name every learner once.
 */
export function nested(learners: GraphInput["learners"], options: NestedOptions = {}): NestedGraph {
  const exprs = new Map(entriesOf(learners).map(([id, input]) => [id, quorumsFrom(input)]));
  const groups = options.groups ?? dendrogram(exprs, options);
  checkGroups(groups, exprs);
  const edges: EdgeInput[] = [];
  const visit = (nesting: Nesting): LearnerId[] => {
    if (typeof nesting === "string") {
      edges.push({ between: [nesting, nesting], label: { meets: [[nesting, nesting]] } });
      return [nesting];
    }
    const parts = nesting.map(visit);
    const meets = pairsOf(parts.flat());
    for (const [i, part] of parts.entries())
      for (const other of parts.slice(i + 1))
        for (const a of part) for (const b of other) edges.push({ between: [a, b], label: { meets } });
    return parts.flat();
  };
  visit(groups);
  return { learners, edges, groups };
}

function namesIn(nesting: Nesting): readonly LearnerId[] {
  return typeof nesting === "string" ? [nesting] : nesting.flatMap(namesIn);
}

function checkGroups(groups: Nesting, learners: ReadonlyMap<LearnerId, Expr>): void {
  const seen = new Set<LearnerId>();
  for (const id of namesIn(groups)) {
    if (!learners.has(id))
      throw new GraphError(
        "unknown-learner",
        `groups expected learners of the list, got ${JSON.stringify(id)}`,
      );
    if (seen.has(id)) throw new GraphError("duplicate-learner", `learner "${id}" is in two groups`);
    seen.add(id);
  }
  const missing = [...learners.keys()].find((id) => !seen.has(id));
  if (missing !== undefined)
    throw new GraphError("unknown-learner", `groups expected every learner, got none with "${missing}"`);
}

interface Cluster {
  readonly nesting: Nesting;
  readonly members: readonly number[];
}

/**
 * Merges the two groups whose common label takes the most to break; that is as much as the weakest of its pairs takes. Ties
 * go to the groups that come first by name.
 */
function dendrogram(exprs: ReadonlyMap<LearnerId, Expr>, options: NestedOptions): Nesting {
  const names = [...exprs.keys()].sort();
  const strength = strengths(
    names.map((id) => exprs.get(id)!),
    options,
  );
  let clusters: Cluster[] = names.map((id, i) => ({ nesting: id, members: [i] }));
  while (clusters.length > 1) {
    let best: { readonly x: Cluster; readonly y: Cluster; readonly takes: number } | null = null;
    for (const [i, x] of clusters.entries())
      for (const y of clusters.slice(i + 1)) {
        const members = [...x.members, ...y.members];
        const takes = Math.min(...members.flatMap((a) => members.map((b) => strength[a]![b]!)));
        if (best === null || takes > best.takes) best = { x, y, takes };
      }
    const { x, y } = best!;
    const merged: Cluster = { nesting: [x.nesting, y.nesting], members: [...x.members, ...y.members] };
    clusters = [merged, ...clusters.filter((cluster) => cluster !== x && cluster !== y)];
  }
  return clusters[0]!.nesting;
}

/** What it takes at least to make each pair disagree. */
function strengths(exprs: readonly Expr[], options: NestedOptions): number[][] {
  const { cost: price = () => 1 } = options;
  const table = exprs.map(() => new Array<number>(exprs.length).fill(0));
  for (const [i, a] of exprs.entries())
    for (const [j, b] of exprs.entries()) {
      if (j < i) continue;
      const { cost } = cheapestSplit(a, b, price, options);
      table[i]![j] = cost.kind === "exact" ? cost.value : cost.low;
      table[j]![i] = table[i]![j]!;
    }
  return table;
}
