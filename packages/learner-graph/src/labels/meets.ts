import type { NodeId } from "@eunomia/engine";
import {
  and,
  constant,
  type Expr,
  normalize,
  or,
  support,
  thresholdOf,
  weightedOf,
} from "@eunomia/quorum-algebra";
import { collect, minimalSplittingSets } from "@eunomia/quorum-algebra/sets";
import { commonPart } from "../cover/common.ts";
import { type Shares, sharesOf } from "../cover/weights.ts";

/** More splitting sets than this make no label that anybody could read or should ask. */
const splittingMax = 256;

/**
 * The condition that every quorum of one family meets every quorum of another in a safe node. As an expression if there is a
 * small one; two chains with stakes of their own have none and are asked by shares. Null: neither.
 */
export type Meets =
  | { readonly kind: "expr"; readonly expr: Expr }
  | { readonly kind: "shares"; readonly shares: TwoShares }
  | null;

/** Do the quorums miss each other even when everybody is safe? */
export function neverHolds(meets: Meets): boolean {
  if (meets?.kind === "shares") return !meets.shares.holdsWithout(new Set());
  return meets !== null && meets.expr.t === "const" && !meets.expr.v;
}

/** What must hold of the safe nodes such that the quorums always meet in one of them. */
export function meetsOf(qa: Expr, qb: Expr): Meets {
  const { families, ids } = commonPart([qa, qb]);
  const [fa, fb] = families as [Expr, Expr];
  // One of them needs no node that the other knows.
  if (fa.t === "const" || fb.t === "const") return { kind: "expr", expr: constant(false) };
  const [sa, sb] = [sharesOf(fa, ids), sharesOf(fb, ids)];
  if (sa !== null && sb !== null) {
    if (proportional(sa, sb)) return { kind: "expr", expr: sameShares(sa, sb, ids) };
    return { kind: "shares", shares: new TwoShares(sa, sb, ids) };
  }
  const expr = sameShape(fa, fb) ?? fromSplittingSets(fa, fb);
  return expr === null ? null : { kind: "expr", expr: normalize(expr) };
}

function proportional(a: Shares, b: Shares): boolean {
  return a.weights.every((w, v) => w * b.weights[0]! === a.weights[0]! * b.weights[v]!);
}

/** Safe nodes weigh more than what both may leave out together. */
function sameShares(a: Shares, b: Shares, ids: readonly NodeId[]): Expr {
  const [unitA, unitB] = [a.weights[0]!, b.weights[0]!];
  const slack = a.slack * unitB + b.slack * unitA;
  return normalize(
    weightedOf(
      slack + 1n,
      ids.map((id, v) => [a.weights[v]! * unitB, { t: "node", id }] as const),
    ),
  );
}

/**
 * Gates with the same children, each node once: of n children, one quorum needs k1 and the other k2, so they part unless
 * n - (k1 + k2 - n) + 1 children are safe. Null: not of this form.
 */
function sameShape(a: Expr, b: Expr): Expr | null {
  if (a.t === "node" && b.t === "node") return a.id === b.id ? a : null;
  if (a.t !== "thr" || b.t !== "thr" || a.of.length !== b.of.length) return null;
  const others = new Map(b.of.map((child) => [JSON.stringify(support(child)), child]));
  const all = a.of.flatMap((child) => support(child));
  if (new Set(all).size < all.length || others.size < b.of.length) return null;
  const children: Expr[] = [];
  for (const child of a.of) {
    const other = others.get(JSON.stringify(support(child)));
    const inside = other === undefined ? null : sameShape(child, other);
    if (inside === null) return null;
    children.push(inside);
  }
  const n = children.length;
  const need = 2 * n - a.k - b.k + 1;
  return need > n ? constant(false) : thresholdOf(need, children);
}

/** In every set that could split the two somebody is safe. Null: too many such sets. */
function fromSplittingSets(a: Expr, b: Expr): Expr | null {
  const { sets, complete } = collect(minimalSplittingSets(a, b, { maxCount: splittingMax }));
  if (!complete) return null;
  return and(...sets.map((set) => or(...set.map((id): Expr => ({ t: "node", id })))));
}

/**
 * Two stakes per node. The quorums can part exactly if the safe nodes can be divided between what the one and what the
 * other may leave out. Here nodes may be cut in two: then a greedy division is the best one, the answer is exact for
 * cut nodes, monotone, and on the safe side for whole ones ("safe" is never wrong; it lacks at most what one node weighs).
 */
export class TwoShares {
  /** Nodes that can matter, ascending. */
  readonly ids: readonly NodeId[];
  readonly #order: readonly { readonly id: NodeId; readonly a: bigint; readonly b: bigint }[];
  readonly #slackA: bigint;
  readonly #slackB: bigint;

  constructor(sa: Shares, sb: Shares, ids: readonly NodeId[]) {
    this.ids = ids;
    this.#slackA = sa.slack;
    this.#slackB = sb.slack;
    this.#order = ids
      .map((id, v) => ({ id, a: sa.weights[v]!, b: sb.weights[v]! }))
      // Whoever costs least of the first stake per unit of the second is left out by the first.
      .sort((x, y) => compare(x.a * y.b, y.a * x.b));
  }

  /**
   * A condition on weights that is enough: nodes are priced so that the greedy division of all of them is a dearest one, and
   * each counts with its cheaper price. With everybody safe it decides as `holdsWithout` does.
   */
  sufficient(): Expr {
    let room = this.#slackA;
    // Dear enough that everybody is left out by the other: right if all of them fit there.
    let [priceA, priceB] = [0n, 1n];
    for (const { a, b } of this.#order) {
      [priceA, priceB] = [b, a];
      if (a > room) break;
      room -= a;
    }
    const least = (x: bigint, y: bigint): bigint => (x < y ? x : y);
    return normalize(
      weightedOf(
        priceA * this.#slackA + priceB * this.#slackB + 1n,
        this.#order.map(({ id, a, b }) => [least(priceA * a, priceB * b), { t: "node", id }] as const),
      ),
    );
  }

  /** Do the quorums always meet in a node that is not in `unsafe`? */
  holdsWithout(unsafe: ReadonlySet<NodeId>): boolean {
    let room = this.#slackA;
    let rest = 0n;
    // The node at the edge: its share of the second stake is rest / per.
    let per = 1n;
    for (const { id, a, b } of this.#order) {
      if (unsafe.has(id)) continue;
      if (room < 0n) rest += b * per;
      else if (a <= room) room -= a;
      else {
        per = a;
        rest = b * (a - room);
        room = -1n;
      }
    }
    return rest > this.#slackB * per;
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
