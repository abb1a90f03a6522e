import type { LearnerId } from "@eunomia/engine";
import {
  type Bounded,
  type Cost,
  constant,
  type Expr,
  entails,
  equalQuorums,
  print,
} from "@eunomia/quorum-algebra";
import type { Effort } from "../effort.ts";
import { invalidPairs, type LearnerGraph } from "../graph.ts";
import type { Disagreement } from "../validity/witness.ts";
import { worstCase } from "./worst.ts";

/**
 * How the closed label of a pair has changed. `gained`: before they never had to agree; `lost`: now they never have to; `wider`:
 * they must agree under more failures; `narrower`: under fewer; `changed`: under others; `unknown`: not compared within limits.
 */
export type LabelChange = "same" | "gained" | "lost" | "wider" | "narrower" | "changed" | "unknown";

/** A pair before and after. */
export interface PairChange {
  readonly a: LearnerId;
  readonly b: LearnerId;
  readonly change: LabelChange;
  /** Least that frees the two from having to agree, as `worstCase` has it; 0 where they never have to. */
  readonly before: Bounded<number>;
  readonly after: Bounded<number>;
}

/** What is different between two graphs. */
export interface GraphDiff {
  readonly learners: {
    readonly added: readonly LearnerId[];
    readonly removed: readonly LearnerId[];
    /** Learners whose quorums are others now, or could not be compared. */
    readonly changed: readonly LearnerId[];
  };
  /** Pairs of which anything changed, self pairs included. A learner that is not there never has to agree. */
  readonly pairs: readonly PairChange[];
  /** Pairs that must agree where their quorums no longer meet; they were valid before, or not there. */
  readonly newlyInvalid: readonly Disagreement[];
}

/**
 * What changes when quorums, stakes or labels do: for an operator who is to accept a new graph.
 *
 * @example
 * diff(before, after).pairs; // [{ a: "blue", b: "red", change: "narrower", before: …, after: … }]
 */
export function diff(
  before: LearnerGraph,
  after: LearnerGraph,
  cost: Cost = () => 1,
  effort: Effort = {},
): GraphDiff {
  const [old, young] = [new Set(before.learners), new Set(after.learners)];
  const all = [...new Set([...old, ...young])].sort();
  const { limits, engines } = effort;
  const changed = before.learners.filter((id) => {
    const [was, is] = [before.quorums.get(id)!, after.quorums.get(id)];
    return is !== undefined && equalQuorums(was, is, limits, engines).holds !== true;
  });
  const pairs = all.flatMap((a, i) =>
    all.slice(i).map((b): PairChange => {
      const text = spelled(before, a, b);
      const same = text !== null && text === spelled(after, a, b);
      const change = same ? "same" : changeOf(labelIn(before, a, b), labelIn(after, a, b), effort);
      return {
        a,
        b,
        change,
        before: least(before, a, b, cost, effort),
        after: least(after, a, b, cost, effort),
      };
    }),
  );
  const wrongBefore = new Set(invalidPairs(before, effort).map(({ a, b }) => JSON.stringify([a, b])));
  return {
    learners: {
      added: after.learners.filter((id) => !old.has(id)),
      removed: before.learners.filter((id) => !young.has(id)),
      changed,
    },
    pairs: pairs.filter((pair) => pair.change !== "same"),
    newlyInvalid: invalidPairs(after, effort).filter(({ a, b }) => !wrongBefore.has(JSON.stringify([a, b]))),
  };
}

/** Null: no expression says it. */
function labelIn(graph: LearnerGraph, a: LearnerId, b: LearnerId): Expr | null {
  const { model, closure } = graph.inside;
  const [u, v] = [model.learnerIndex.get(a), model.learnerIndex.get(b)];
  return u === undefined || v === undefined ? constant(false) : closure.expr(u, v);
}

/** The closed label word by word, the quorums it speaks of included: equal texts say the same. Null: too many. */
function spelled(graph: LearnerGraph, a: LearnerId, b: LearnerId): string | null {
  const { model, closure } = graph.inside;
  const [u, v] = [model.learnerIndex.get(a), model.learnerIndex.get(b)];
  if (u === undefined || v === undefined) return "";
  const quorums = (number: number): string => print(model.learners[number]!.quorums.expr);
  const alternatives = closure.alternatives(u, v);
  if (alternatives === null) return null;
  return alternatives
    .map(({ safe, meets }) =>
      [print(safe), ...meets.map((pair) => pair.map(quorums).sort().join(" & "))].sort().join("; "),
    )
    .sort()
    .join(" | ");
}

function least(graph: LearnerGraph, a: LearnerId, b: LearnerId, cost: Cost, effort: Effort): Bounded<number> {
  const { learnerIndex } = graph.inside.model;
  if (!learnerIndex.has(a) || !learnerIndex.has(b)) return { kind: "exact", value: 0, method: "constant" };
  return worstCase(graph, a, b, cost, effort).cost;
}

function changeOf(was: Expr | null, is: Expr | null, { limits, engines }: Effort): LabelChange {
  if (was === null || is === null) return "unknown";
  const never = (expr: Expr): boolean => expr.t === "const" && !expr.v;
  if (never(was)) return never(is) ? "same" : "gained";
  if (never(is)) return "lost";
  const wider = entails(was, is, limits, engines).holds;
  const narrower = entails(is, was, limits, engines).holds;
  if (wider === null || narrower === null) return "unknown";
  if (wider) return narrower ? "same" : "wider";
  return narrower ? "narrower" : "changed";
}
