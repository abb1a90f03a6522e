import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { and, constant, type Expr, node, or, thresholdOf, weightedOf } from "./expr.ts";

interface Rules {
  readonly leaf: (id: NodeId, self: Expr) => Expr;
  readonly constant?: (v: boolean) => Expr;
  readonly k?: (k: number, count: number) => number;
  readonly weightedK?: (k: bigint, total: bigint) => bigint;
}

/** Rebuilds bottom-up. Shared subexpressions are rebuilt once and stay shared, so the work is linear in the objects. */
function rebuild(expr: Expr, rules: Rules): Expr {
  const done = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const made = build(e);
    done.set(e, made);
    return made;
  };
  const build = (e: Expr): Expr => {
    if (e.t === "node") return rules.leaf(e.id, e);
    if (e.t === "const") return rules.constant?.(e.v) ?? e;
    if (e.t === "thr") return thresholdOf(rules.k?.(e.k, e.of.length) ?? e.k, e.of.map(visit));
    if (e.t !== "wthr") throw new QuorumError("shape", "expression", "t: node, thr, wthr or const", e);
    const total = e.of.reduce((sum, [weight]) => sum + weight, 0n);
    return weightedOf(
      rules.weightedK?.(e.k, total) ?? e.k,
      e.of.map(([weight, child]) => [weight, visit(child)] as const),
    );
  };
  return visit(expr);
}

/**
 * The dual: holds for S exactly if `expr` does not hold for the other nodes. Its minimal sets are the minimal blocking
 * sets. The structure stays, so the work is linear; `dual(dual(e))` says the same as `e` (and is the same data as long as
 * no threshold exceeds what its children can reach by more than one).
 */
export function dual(expr: Expr): Expr {
  return rebuild(expr, {
    leaf: (_, self) => self,
    constant: (v) => constant(!v),
    k: (k, count) => Math.max(0, count - k + 1),
    weightedK: (k, total) => (k > total ? 0n : total - k + 1n),
  });
}

/** Puts `replacement` in the place of a node: the node becomes an organisation. */
export function substitute(expr: Expr, id: NodeId, replacement: Expr): Expr {
  return rebuild(expr, { leaf: (leaf, self) => (leaf === id ? replacement : self) });
}

/** Renames nodes. Two nodes may be given one name (one machine in two places): they then fail together. */
export function rename(expr: Expr, to: (id: NodeId) => NodeId): Expr {
  return rebuild(expr, { leaf: (id) => node(to(id)) });
}

/** A quorum of either. */
export function union(left: Expr, right: Expr): Expr {
  return or(left, right);
}

/** A quorum of each (joint consensus). */
export function join(left: Expr, right: Expr): Expr {
  return and(left, right);
}

/** What is left when the nodes in `crashed` never answer. */
export function restrictCrash(expr: Expr, crashed: Iterable<NodeId>): Expr {
  const gone = new Set(crashed);
  return rebuild(expr, { leaf: (id, self) => (gone.has(id) ? constant(false) : self) });
}

/** What the other nodes must contribute when the nodes in `byzantine` help anybody. */
export function restrictByzantine(expr: Expr, byzantine: Iterable<NodeId>): Expr {
  const helping = new Set(byzantine);
  return rebuild(expr, { leaf: (id, self) => (helping.has(id) ? constant(true) : self) });
}

/** Every node named in the expression, in ascending order. */
export function support(expr: Expr): NodeId[] {
  const ids = new Set<NodeId>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.t === "node") ids.add(e.id);
    else if (e.t === "thr") for (const child of e.of) visit(child);
    else if (e.t === "wthr") for (const [, child] of e.of) visit(child);
  };
  visit(expr);
  return [...ids].sort();
}
