import type { LearnerId } from "@eunomia/engine";
import { type Bounded, type Cost, type Expr, entails } from "@eunomia/quorum-algebra";
import type { Effort } from "../effort.ts";
import type { LearnerGraph } from "../graph.ts";
import { meetsOf, neverHolds } from "../labels/meets.ts";
import type { Label } from "../model/spec.ts";
import { cheapestSplit } from "./split.ts";
import { ends, worstCase } from "./worst.ts";

/** The widest label that a pair can have, and how the closed label of the graph compares. */
export interface WidestEdge {
  readonly a: LearnerId;
  readonly b: LearnerId;
  /** As an expression where there is one; otherwise the condition that their quorums meet. */
  readonly label: Label;
  /** False: the quorums may have no common member even when everybody is safe, so no label would do. */
  readonly possible: boolean;
}

/**
 * The widest valid label of two learners: all sets that meet every common part of their quorums. Widest labels of several
 * pairs together are in general not closed, and closing them may make the graph invalid: let a builder choose.
 *
 * @example
 * widestEdge(graph, "red", "blue").label; // { safe: s1 & s2 & s3, meets: [] }
 */
export function widestEdge(graph: LearnerGraph, a: LearnerId, b: LearnerId): WidestEdge {
  const [qa, qb] = ends(graph, a, b, "widestEdge").map(
    (number) => graph.inside.model.learners[number]!.quorums.expr,
  ) as [Expr, Expr];
  const meets = meetsOf(qa, qb);
  const label: Label =
    meets?.kind === "expr"
      ? { safe: meets.expr, meets: [] }
      : { safe: { t: "const", v: true }, meets: [[a, b]] };
  return { a, b, label, possible: !neverHolds(meets) };
}

/**
 * What a pair gave up. `widest`: nothing; `narrower`: something; `none`: everything; `impossible`: there was nothing to give;
 * `wider`: the label asks for more than quorums can keep, so the graph is invalid; `unknown`: not compared within limits.
 */
export type LossKind = "widest" | "narrower" | "none" | "impossible" | "wider" | "unknown";

/** A pair with its closed label beside the widest one. */
export interface Loss {
  readonly a: LearnerId;
  readonly b: LearnerId;
  readonly kind: LossKind;
  /** Least that frees the two from having to agree. */
  readonly label: Bounded<number>;
  /** Least that can make their quorums disagree. */
  readonly widest: Bounded<number>;
}

/** What every pair lost against its widest label, for the sake of a closed and valid graph. */
export function losses(graph: LearnerGraph, cost: Cost = () => 1, effort: Effort = {}): readonly Loss[] {
  return graph.learners.flatMap((a, i) =>
    graph.learners.slice(i).map((b): Loss => {
      const [qa, qb] = [a, b].map((id) => graph.quorums.get(id)!.expr) as [Expr, Expr];
      return {
        a,
        b,
        kind: lossOf(graph, a, b, effort),
        label: worstCase(graph, a, b, cost, effort).cost,
        widest: cheapestSplit(qa, qb, cost, effort).cost,
      };
    }),
  );
}

function lossOf(graph: LearnerGraph, a: LearnerId, b: LearnerId, { limits, engines }: Effort): LossKind {
  const { closure } = graph.inside;
  const [u, v] = ends(graph, a, b, "losses");
  const { label, possible } = widestEdge(graph, a, b);
  const never = closure.between(u, v)?.length === 0;
  if (!possible) return never ? "impossible" : "wider";
  if (never) return "none";
  const closed = closure.expr(u, v);
  if (closed === null || label.meets.length > 0) {
    const [only, ...more] = closure.alternatives(u, v) ?? [];
    if (only === undefined || more.length > 0) return "unknown";
    const alone = only.meets.length === 1 && only.safe.t === "const";
    return alone && label.meets.length > 0 ? "widest" : "narrower";
  }
  if (entails(closed, label.safe, limits, engines).holds === false) return "wider";
  const all = entails(label.safe, closed, limits, engines).holds;
  return all === null ? "unknown" : all ? "widest" : "narrower";
}
