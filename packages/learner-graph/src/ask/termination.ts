import type { LearnerId } from "@eunomia/engine";
import { equalQuorums } from "@eunomia/quorum-algebra";
import type { Effort } from "../effort.ts";
import type { LearnerGraph } from "../graph.ts";

/** Comparing labels is a service at construction: it must not take longer than validity. */
const maxStepsDefault = 5_000;

/**
 * Whether a learner with a live quorum of safe acceptors can be promised that it decides.
 *
 * - `published`: in every group of connected learners all quorums and all closed labels are equal. The published protocol
 *   (Heterogeneous Paxos 2.0) terminates.
 * - `refute`: all closed labels of a group are equal (the graph is *uniform*), quorums may differ. Our own analysis and
 *   simulation, not a published proof, say that it terminates with the rule `unlock: "refute"`, and may hang without.
 * - `none`: labels differ, or could not be compared. An honest run without failures may leave a learner undecided for ever.
 */
export interface Termination {
  readonly promise: "published" | "refute" | "none";
  /** Learners that must agree when everybody is safe. */
  readonly groups: readonly (readonly LearnerId[])[];
  /** Null with `published`. */
  readonly warning: string | null;
}

/**
 * The class of a graph that decides on what can be promised about termination. Labels that cannot be compared within the
 * limits count as different, so the promise is never too large.
 */
export function terminationOf(graph: LearnerGraph, asked: Effort = {}): Termination {
  const effort = { ...asked, limits: { maxSteps: maxStepsDefault, ...asked.limits } };
  const groups = graph.connected([]);
  for (const group of groups) {
    const difference = labelsDiffer(graph, group, effort);
    if (difference !== null) return { promise: "none", groups, warning: difference };
  }
  for (const group of groups) {
    const difference = quorumsDiffer(graph, group, effort);
    if (difference !== null) return { promise: "refute", groups, warning: difference };
  }
  return { promise: "published", groups, warning: null };
}

function labelsDiffer(graph: LearnerGraph, group: readonly LearnerId[], effort: Effort): string | null {
  const { model, closure } = graph.inside;
  const numbers = group.map((id) => model.learnerIndex.get(id)!);
  const first = numbers[0]!;
  const routesKey = (a: number, b: number): string | null =>
    closure
      .between(a, b)
      ?.map(({ bits }) => `${bits}`)
      .sort()
      .join() ?? null;
  const key = routesKey(first, first);
  for (const [i, a] of numbers.entries())
    for (const b of numbers.slice(i)) {
      if (key !== null && routesKey(a, b) === key) continue;
      const [f, g] = [closure.expr(first, first), closure.expr(a, b)];
      const equal = f === null || g === null ? null : equalQuorums(f, g, effort.limits, effort.engines).holds;
      if (equal === true) continue;
      const name = (number: number): string => `"${model.learners[number]!.id}"`;
      const verb = equal === null ? "could not be compared with" : "differs from";
      return (
        `learners ${group.map((id) => `"${id}"`).join(", ")} must agree, but the closed label of ${name(a)} - ${name(b)} ${verb} that of ` +
        `${name(first)} - ${name(first)}: termination is not promised; a learner may stay undecided for ever. Uniform labels terminate`
      );
    }
  return null;
}

function quorumsDiffer(graph: LearnerGraph, group: readonly LearnerId[], effort: Effort): string | null {
  const { limits, engines } = effort;
  const systems = group.map((id) => graph.quorums.get(id)!);
  const other = systems.findIndex(
    (system) => equalQuorums(systems[0]!, system, limits, engines).holds !== true,
  );
  if (other < 0) return null;
  return (
    `learners "${group[0]}" and "${group[other]}" must agree and have different quorums: the published protocol may leave one ` +
    'of them undecided for ever; termination needs the rule unlock: "refute"'
  );
}
