import type { LearnerGraph as LearnerGraphDoor, LearnerId } from "@eunomia/engine";
import type { Groups, QuorumSystem, Verdict } from "@eunomia/quorum-algebra";
import { type Termination, terminationOf } from "./ask/termination.ts";
import { Closure } from "./closure/closure.ts";
import { ComponentCache } from "./closure/components.ts";
import { type Watch, watchOf } from "./closure/watch.ts";
import type { Effort } from "./effort.ts";
import { GraphError } from "./errors.ts";
import { type CompiledModel, compileModel } from "./labels/compiled.ts";
import { buildModel, numberOf } from "./model/build.ts";
import type { Edge, GraphInput } from "./model/spec.ts";
import { validateModel, violations } from "./validity/validate.ts";
import { type Disagreement, describe } from "./validity/witness.ts";

/** What questions about a graph work on. It may change from version to version. */
export interface Inside extends CompiledModel {
  readonly closure: Closure;
}

/** The door of `@eunomia/engine`, and what stands behind it. Immutable. */
export interface LearnerGraph extends LearnerGraphDoor {
  /** By learner, in ascending order. */
  readonly quorums: ReadonlyMap<LearnerId, QuorumSystem>;
  /** As declared: not closed. */
  readonly edges: readonly Edge[];
  /** Follows a growing set of caught acceptors at the cost of what depends on each. */
  watch(): Watch;
  /** Not for users. */
  readonly inside: Inside;
}

/** A graph of which it is known that it is valid, and what can be promised about termination. */
export interface ValidGraph extends LearnerGraph {
  /** How validity was found. */
  readonly method: string;
  /** What can be promised about termination. When that is nothing, `warning` says why. */
  readonly termination: Termination;
}

/**
 * A graph that may be invalid: for questions about it, and for `validate`. A protocol must not run on it.
 *
 * @param groups names in texts of quorums and labels.
 * @throws GraphError, QuorumError, QuorumSyntaxError for input that is no graph.
 */
export function draftGraph(input: GraphInput, groups: Groups = {}): LearnerGraph {
  const compiled = compileModel(buildModel(input, groups));
  const { model, labels } = compiled;
  const { acceptors, acceptorIndex, learners, learnerIndex, edges } = model;
  const cache = new ComponentCache(model, labels);
  const name = (number: number): LearnerId => learners[number]!.id;
  const flags = (ids: Iterable<string>, listed: 0 | 1): Uint8Array => {
    const unsafe = new Uint8Array(acceptors.length).fill(1 - listed);
    for (const id of ids) {
      const index = acceptorIndex.get(id);
      if (index !== undefined) unsafe[index] = listed;
    }
    return unsafe;
  };
  return {
    acceptors,
    learners: learners.map(({ id }) => id),
    quorums: new Map(learners.map(({ id, quorums }) => [id, quorums])),
    edges: edges.map(({ a, b, label }) => {
      const { safe, meets } = model.labels[label]!;
      return {
        between: [name(a), name(b)],
        label: { safe, meets: meets.map(([u, v]) => [name(u), name(v)] as const) },
      };
    }),
    isQuorum: (id, set) => learners[numberOf(id, learnerIndex, "isQuorum")]!.quorums.has(set),
    isSafeSet(a, b, safe) {
      const [u, v] = [a, b].map((id) => numberOf(id, learnerIndex, "isSafeSet")) as [number, number];
      const { group } = cache.at(flags(safe, 0));
      return group[u]! >= 0 && group[u] === group[v];
    },
    connected: (caught) => cache.at(flags(caught, 1)).lists,
    watch: () => watchOf(model, labels),
    inside: { ...compiled, closure: new Closure(compiled) },
  };
}

/**
 * A graph that is known to be valid after closure: for all learners a and b that must agree when S is safe, all their
 * quorums meet in S.
 *
 * @example
 * const graph = learnerGraph({
 *   learners: { red: "{r, s1, s2, s3} >= 3", blue: "{b, s1, s2, s3} >= 3" },
 *   edges: [{ between: ["red", "blue"], label: "s1 & s2 & s3" }],
 * });
 * graph.isSafeSet("red", "blue", ["s1", "s2", "s3"]); // true
 * graph.connected(["s1"]); // []: with s1 caught nobody must agree with anybody
 * @throws GraphError `invalid` with a witness, `undecided` when the limits did not suffice, and as `draftGraph`.
 */
export function learnerGraph(input: GraphInput, effort: Effort = {}, groups: Groups = {}): ValidGraph {
  const graph = draftGraph(input, groups);
  const verdict = validate(graph, effort);
  if (verdict.holds === null)
    throw new GraphError(
      "undecided",
      `validity expected an answer, got none after ${verdict.steps} steps (${verdict.reason}). Give a SAT solver or raise maxSteps`,
    );
  if (!verdict.holds)
    throw new GraphError(
      "invalid",
      `${describe(verdict.witness)}. Narrow a label on the way`,
      verdict.witness,
    );
  return { ...graph, method: verdict.method, termination: terminationOf(graph, effort) };
}

/**
 * Is the closed graph valid? Exact, with a witness and the path of edges that makes the two learners agree; `holds: null`
 * when the limits did not suffice.
 */
export function validate(graph: LearnerGraph, effort: Effort = {}): Verdict<Disagreement> {
  return validateModel(graph.inside, graph.inside.closure.routes, effort);
}

/** One witness for every pair of learners that must agree where their quorums do not meet. Undecided pairs are left out. */
export function invalidPairs(graph: LearnerGraph, effort: Effort = {}): readonly Disagreement[] {
  return violations(graph.inside, graph.inside.closure.routes, effort);
}
