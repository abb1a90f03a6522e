import { type Expr, sameExpr } from "@eunomia/quorum-algebra";

/**
 * Whether `f` obviously entails `g`: gates of the same children with a lower threshold, conjunctions that contain
 * what is asked for. Both in normal form. False is not a proof of the contrary.
 */
export function entailsCheaply(f: Expr, g: Expr): boolean {
  if (f.t === "const") return !f.v || (g.t === "const" && g.v);
  if (g.t === "const") return g.v;
  if (isAnd(g)) return g.of.every((part) => entailsCheaply(f, part));
  return (isAnd(f) && f.of.some((part) => entailsOne(part, g))) || entailsOne(f, g);
}

function isAnd(expr: Expr): expr is Extract<Expr, { t: "thr" }> {
  return expr.t === "thr" && expr.k === expr.of.length;
}

function entailsOne(f: Expr, g: Expr): boolean {
  if (sameExpr(f, g)) return true;
  if (enough(f, g)) return true;
  if (f.t === "wthr" && g.t === "wthr" && f.k >= g.k && f.of.length === g.of.length)
    return f.of.every(([weight, child], i) => weight === g.of[i]![0] && sameExpr(child, g.of[i]![1]));
  return g.t === "thr" && g.k === 1 && g.of.some((part) => sameExpr(f, part));
}

/** k of some children, and of those at least as many among the children of `g` as it asks for. */
function enough(f: Expr, g: Expr): boolean {
  if (f.t !== "thr" || g.t !== "thr") return false;
  const others = f.of.filter((child) => !g.of.some((part) => sameExpr(part, child))).length;
  // A child named twice counts twice on either side, so only children that are all different may be compared.
  return distinct(f.of) && f.k - others >= g.k;
}

/** Children are ordered, so equal ones are neighbours. */
function distinct(children: readonly Expr[]): boolean {
  return children.every((child, i) => i === 0 || !sameExpr(children[i - 1]!, child));
}
