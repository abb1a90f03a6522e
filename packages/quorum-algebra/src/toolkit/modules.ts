import type { NodeId } from "@eunomia/engine";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { support } from "../expressions/transform.ts";

/** A part of a system that meets the rest in one gate only: its nodes occur nowhere else. */
export interface Module {
  /** Ascending. */
  readonly members: readonly NodeId[];
  readonly expr: Expr;
}

/**
 * The gates of the normal form whose nodes occur nowhere else, outermost first. What is found out about a module once can
 * be put together with what is found out about the others: an organisation is one, and a system in which every node occurs
 * once is all modules.
 *
 * @example
 * modules(parse("{a1, a2, a3} >= 2 & (b & c | c & d)")).map(({ members }) => members.join());
 * // ["a1,a2,a3,b,c,d", "b,c,d", "a1,a2,a3"]
 */
export function modules(quorums: Quorums): readonly Module[] {
  const normal = normalize(exprOf(quorums));
  const isModule = moduleTest(normal);
  const found: Module[] = [];
  const seen = new Set<Expr>();
  let level: readonly Expr[] = [normal];
  while (level.length > 0) {
    const next: Expr[] = [];
    for (const expr of level) {
      if (seen.has(expr)) continue;
      seen.add(expr);
      next.push(...childrenOf(expr));
      if ((expr.t === "thr" || expr.t === "wthr") && isModule(expr))
        found.push({ members: support(expr), expr });
    }
    level = next;
  }
  return found;
}

/** The children of a gate as often as they are counted; none for leaves. */
export function childrenOf(expr: Expr): readonly Expr[] {
  if (expr.t === "thr") return expr.of;
  return expr.t === "wthr" ? expr.of.map(([, child]) => child) : [];
}

/**
 * Says of each subexpression of a normal form whether it is a module. Everything below a module is reached through it only,
 * so it dominates all of it: a subexpression is none exactly if the immediate dominator of something below it stands
 * above it. Linear but for the walks to common dominators.
 */
export function moduleTest(normal: Expr): (expr: Expr) => boolean {
  const order = parentsFirst(normal);
  const dominator = new Map<Expr, Expr>();
  const depth = new Map<Expr, number>([[normal, 0]]);
  for (const expr of order) {
    if (expr !== normal) depth.set(expr, depth.get(dominator.get(expr)!)! + 1);
    for (const child of childrenOf(expr)) {
      const before = dominator.get(child);
      dominator.set(child, before === undefined ? expr : common(before, expr, dominator, depth));
    }
  }
  // The least depth of a dominator of something below.
  const bypass = new Map<Expr, number>();
  for (const expr of [...order].reverse())
    bypass.set(
      expr,
      childrenOf(expr).reduce(
        (least, child) => Math.min(least, depth.get(dominator.get(child)!)!, bypass.get(child)!),
        Number.POSITIVE_INFINITY,
      ),
    );
  return (expr) => bypass.get(expr)! >= depth.get(expr)!;
}

function common(
  left: Expr,
  right: Expr,
  dominator: ReadonlyMap<Expr, Expr>,
  depth: ReadonlyMap<Expr, number>,
): Expr {
  let [a, b] = [left, right];
  while (a !== b) {
    if (depth.get(a)! >= depth.get(b)!) a = dominator.get(a)!;
    else b = dominator.get(b)!;
  }
  return a;
}

/** All subexpressions, each once, parents before their children. */
function parentsFirst(normal: Expr): readonly Expr[] {
  const childrenFirst: Expr[] = [];
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    childrenOf(expr).forEach(visit);
    childrenFirst.push(expr);
  };
  visit(normal);
  return childrenFirst.reverse();
}
