import type { Expr } from "../expressions/expr.ts";
import { type Diagram, no, yes } from "./diagram.ts";
import { weigh } from "./weigh.ts";

/**
 * The diagram of an expression in normal form. `leaf`: what stands for a node or for a whole subexpression, as a node of the
 * diagram; undefined where the expression goes on below, which no node may.
 */
export function build(diagram: Diagram, expr: Expr, leaf: (e: Expr) => number | undefined): number {
  const done = new Map<Expr, number>();
  const visit = (e: Expr): number => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const made = leaf(e) ?? make(e);
    done.set(e, made);
    return made;
  };
  const make = (e: Expr): number => {
    if (e.t === "const") return e.v ? yes : no;
    if (e.t === "thr") return diagram.count(e.k, e.of.map(visit));
    if (e.t === "wthr")
      return weigh(
        diagram,
        e.k,
        heaviestFirst(e.of).map(([weight, child]) => [weight, visit(child)] as const),
      );
    throw new Error(`fault: the node ${e.id} has no variable`);
  };
  return visit(expr);
}

/** Children with their weights; the order in which a diagram tests what is below them. */
export function heaviestFirst(
  children: readonly (readonly [bigint, Expr])[],
): readonly (readonly [bigint, Expr])[] {
  // The normal form has them by rising weight.
  return [...children].reverse();
}

/** The leaves of an expression in the order in which they are first met, depth first. `isLeaf` says where to stop. */
export function leafOrder(expr: Expr, isLeaf: (e: Expr) => boolean): readonly Expr[] {
  const found = new Set<Expr>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e !== expr && isLeaf(e)) found.add(e);
    else if (e.t === "node") found.add(e);
    else if (e.t === "thr") e.of.forEach(visit);
    else if (e.t === "wthr") for (const [, child] of heaviestFirst(e.of)) visit(child);
  };
  visit(expr);
  return [...found];
}
