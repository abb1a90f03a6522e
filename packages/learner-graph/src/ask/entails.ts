import { dual, type Expr, sameExpr } from "@eunomia/quorum-algebra";
import { alwaysMeet } from "../cover/meet.ts";
import type { Effort } from "../effort.ts";
import { entailsCheaply } from "../labels/entails.ts";

/**
 * Does `f` hold only where `g` does? A set with f and without g is one whose complement has the dual of g: the question is
 * whether those two families always meet. Both in normal form. Null: not known within the limits.
 */
export function entails(f: Expr, g: Expr, effort: Effort): boolean | null {
  if (entailsCheaply(f, g)) return true;
  return alwaysMeet([f, dual(g)], effort).holds;
}

/** Do both hold for the same sets? Null: not known within the limits. */
export function equivalent(f: Expr, g: Expr, effort: Effort): boolean | null {
  if (sameExpr(f, g)) return true;
  const there = entails(f, g, effort);
  return there === true ? entails(g, f, effort) : there;
}
