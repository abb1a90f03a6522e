import type { LearnerId, NodeId } from "@eunomia/engine";
import { and, type Expr, type Unknown } from "@eunomia/quorum-algebra";
import { isSafeSet } from "@eunomia/quorum-algebra/stake";
import { alwaysMeet } from "../cover/meet.ts";
import type { Effort } from "../effort.ts";
import type { LearnerGraph } from "../graph.ts";
import { acceptorNumbers } from "../model/build.ts";
import { chainsOf } from "./split.ts";

/** Acceptors that fail. Byzantine ones do anything; crashed ones stop, after having kept to the protocol. */
export interface Faults {
  readonly byzantine?: readonly NodeId[];
  readonly crashed?: readonly NodeId[];
}

/** What becomes of a learner under some faults. */
export interface LearnerState {
  readonly learner: LearnerId;
  /** It must agree with itself: its decisions do not fork. */
  readonly accurate: boolean;
  /** Acceptors that neither crash nor are Byzantine contain a quorum of it. */
  readonly live: boolean;
  /** It is not accurate, and yet acceptors that answer, Byzantine ones among them, contain a quorum of it: it may fork. */
  readonly lossy: boolean;
}

/** Whether quorums can decide differently. `no`: they share a safe acceptor, whatever the labels say. */
export type CanDisagree =
  | { readonly can: false; readonly method: string }
  | {
      readonly can: true;
      readonly method: string;
      readonly qa: readonly NodeId[];
      readonly qb: readonly NodeId[];
    }
  | { readonly can: null; readonly reason: Unknown };

/** What becomes of two learners, or of one and itself. */
export interface PairState {
  readonly a: LearnerId;
  readonly b: LearnerId;
  /** The closed label holds. */
  readonly mustAgree: boolean;
  readonly disagreement: CanDisagree;
}

/** What becomes of a graph. */
export interface WhatIf {
  readonly learners: readonly LearnerState[];
  /** Every pair, self pairs included, in ascending order. */
  readonly pairs: readonly PairState[];
  /** As `connected`. */
  readonly groups: readonly (readonly LearnerId[])[];
}

/**
 * What becomes of the graph if exactly these acceptors fail.
 *
 * @example
 * whatIf(graph, { byzantine: ["s1"], crashed: ["r"] }).learners;
 * // [{ learner: "blue", accurate: true, live: false, lossy: false }, …]
 * @throws GraphError `unknown-acceptor`.
 */
export function whatIf(graph: LearnerGraph, faults: Faults, effort: Effort = {}): WhatIf {
  const { byzantine = [], crashed = [] } = faults;
  const { model } = graph.inside;
  acceptorNumbers(model, byzantine, "byzantine");
  acceptorNumbers(model, crashed, "crashed");
  const unsafe = new Set(byzantine);
  const silent = new Set([...crashed, ...byzantine]);
  const correct = graph.acceptors.filter((id) => !silent.has(id));
  const safe = graph.acceptors.filter((id) => !unsafe.has(id));
  const lossy = lossyLearners(graph, faults);
  const learners = graph.learners.map(
    (learner): LearnerState => ({
      learner,
      accurate: graph.isSafeSet(learner, learner, safe),
      live: graph.isQuorum(learner, correct),
      lossy: lossy.includes(learner),
    }),
  );
  const pairs = graph.learners.flatMap((a, i) =>
    graph.learners.slice(i).map(
      (b): PairState => ({
        a,
        b,
        mustAgree: graph.isSafeSet(a, b, safe),
        disagreement: canDisagree(graph, a, b, safe, effort),
      }),
    ),
  );
  return { learners, pairs, groups: graph.connected(byzantine) };
}

function canDisagree(
  graph: LearnerGraph,
  a: LearnerId,
  b: LearnerId,
  safe: readonly NodeId[],
  effort: Effort,
): CanDisagree {
  const [qa, qb] = [a, b].map((id) => graph.quorums.get(id)!.expr) as [Expr, Expr];
  const pair = chainsOf(qa, qb);
  const verdict =
    pair === null
      ? alwaysMeet([qa, qb, and(...safe.map((id): Expr => ({ t: "node", id })))], effort)
      : isSafeSet(pair, safe, effort.limits);
  if (verdict.holds === null) return { can: null, reason: verdict.reason };
  if (verdict.holds) return { can: false, method: verdict.method };
  const [first, second] = verdict.witness.quorums;
  return { can: true, method: verdict.method, qa: first!, qb: second! };
}

/** Two learners, or one and itself. */
export interface Pair {
  readonly a: LearnerId;
  readonly b: LearnerId;
}

/**
 * The pairs that must agree as long as everybody is safe, and need not once these acceptors are not.
 *
 * @throws GraphError `unknown-acceptor`.
 */
export function breaks(graph: LearnerGraph, unsafe: readonly NodeId[]): readonly Pair[] {
  acceptorNumbers(graph.inside.model, unsafe, "breaks");
  const gone = new Set(unsafe);
  const safe = graph.acceptors.filter((id) => !gone.has(id));
  return graph.learners.flatMap((a, i) =>
    graph.learners
      .slice(i)
      .filter((b) => graph.isSafeSet(a, b, graph.acceptors) && !graph.isSafeSet(a, b, safe))
      .map((b) => ({ a, b })),
  );
}

/** Learners that may fork: not accurate under these faults, and yet served by a quorum of acceptors that answer. */
export function lossyLearners(graph: LearnerGraph, faults: Faults): readonly LearnerId[] {
  const { byzantine = [], crashed = [] } = faults;
  acceptorNumbers(graph.inside.model, [...byzantine, ...crashed], "lossyLearners");
  const [unsafe, stopped] = [new Set(byzantine), new Set(crashed)];
  const safe = graph.acceptors.filter((id) => !unsafe.has(id));
  const answering = graph.acceptors.filter((id) => unsafe.has(id) || !stopped.has(id));
  return graph.learners.filter((a) => !graph.isSafeSet(a, a, safe) && graph.isQuorum(a, answering));
}
