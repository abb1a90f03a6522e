import type { NodeId, QuorumTracker } from "@eunomia/engine";
import { and, type Expr, normalize, quorumSystem, support } from "@eunomia/quorum-algebra";
import { GraphError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { type Meets, meetsOf, type TwoShares } from "./meets.ts";

/** A label ready to be asked: an expression, and shares of stake where no expression says it. */
export interface CompiledLabel {
  /** All of the label that is an expression, in normal form. */
  readonly expr: Expr;
  readonly shares: readonly TwoShares[];
  /** Acceptors that the label depends on. */
  readonly support: readonly NodeId[];
  /** Does it hold when exactly these acceptors are not safe? Costs a visit of what depends on them. */
  holdsWithout(unsafe: readonly NodeId[]): boolean;
  /** Counts unsafe nodes one by one; lost: the label no longer holds. Of the expression only. */
  tracker(): QuorumTracker;
}

/**
 * The labels of a model, compiled.
 *
 * @throws GraphError `meets` for a condition that is neither a manageable expression nor two stakes.
 */
export function compileLabels(model: Model): readonly CompiledLabel[] {
  const known = new Map<string, Meets>();
  return model.labels.map(({ safe, meets }) => {
    const found = meets.map(([u, v]) => {
      const [a, b] = [model.learners[u]!, model.learners[v]!];
      const key = `${u}-${v}`;
      const condition = known.get(key) ?? meetsOf(a.quorums.expr, b.quorums.expr);
      known.set(key, condition);
      if (condition === null)
        throw new GraphError(
          "meets",
          `meets(${a.id}, ${b.id}): these quorums have no label of manageable size. Write down the safe sets as an expression`,
        );
      return condition;
    });
    const exprs = found.flatMap((condition) => (condition.kind === "expr" ? [condition.expr] : []));
    const shares = found.flatMap((condition) => (condition.kind === "shares" ? [condition.shares] : []));
    return compileLabel(normalize(and(safe, ...exprs)), shares);
  });
}

/** One label: an expression in normal form, and shares. */
export function compileLabel(expr: Expr, shares: readonly TwoShares[]): CompiledLabel {
  const system = quorumSystem(expr);
  const tracker = system.tracker();
  return {
    expr,
    shares,
    support: [...new Set([...support(expr), ...shares.flatMap(({ ids }) => ids)])].sort(),
    tracker: () => system.tracker(),
    holdsWithout(unsafe) {
      tracker.reset();
      for (const id of unsafe) tracker.refuse(id);
      if (tracker.answer === "lost") return false;
      if (shares.length === 0) return true;
      const set = new Set(unsafe);
      return shares.every((share) => share.holdsWithout(set));
    },
  };
}
