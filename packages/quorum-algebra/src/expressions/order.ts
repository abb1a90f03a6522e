import type { Expr } from "./expr.ts";

/** Order of the first bytes of the encoded forms: arrays of two (node, const) before arrays of three (thr, wthr). */
const rank = { node: 0, const: 1, thr: 2, wthr: 3 } as const;

/**
 * The order of the encoded bytes, found without encoding: ids by UTF-8 length and then by code point, numbers by value,
 * lists by length and then item by item. No encoded item is the beginning of another, so comparing part by part decides
 * as comparing bytes does. Zero: same structure.
 */
export function compareExpr(left: Expr, right: Expr): number {
  if (left === right) return 0;
  if (left.t === "node" && right.t === "node") return compareText(left.id, right.id);
  if (left.t === "const" && right.t === "const") return Number(left.v) - Number(right.v);
  if (left.t === "thr" && right.t === "thr") {
    if (left.k !== right.k) return left.k - right.k;
    return compareLists(left.of, right.of, compareExpr);
  }
  if (left.t === "wthr" && right.t === "wthr") {
    if (left.k !== right.k) return left.k < right.k ? -1 : 1;
    return compareLists(left.of, right.of, compareWeighted);
  }
  return rank[left.t] - rank[right.t];
}

/** Same structure, children in the same order. Cheap; two expressions that say the same may well differ. */
export function sameExpr(left: Expr, right: Expr): boolean {
  return compareExpr(left, right) === 0;
}

export function sortChildren(children: readonly Expr[]): Expr[] {
  return [...children].sort(compareExpr);
}

type Weighted = readonly [bigint, Expr];

export function sortWeighted(children: readonly Weighted[]): Weighted[] {
  return [...children].sort(compareWeighted);
}

export function compareWeighted(left: Weighted, right: Weighted): number {
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
  return compareExpr(left[1], right[1]);
}

function compareLists<T>(left: readonly T[], right: readonly T[], compare: (a: T, b: T) => number): number {
  if (left.length !== right.length) return left.length - right.length;
  for (let i = 0; i < left.length; i++) {
    const order = compare(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const byLength = utf8Length(left) - utf8Length(right);
  if (byLength !== 0) return byLength;
  let i = 0;
  while (left.charCodeAt(i) === right.charCodeAt(i)) i++;
  const a = left.charCodeAt(i);
  const b = right.charCodeAt(i);
  // UTF-8 orders by code point, where pairs of surrogates come after all single units; UTF-16 puts some units behind them.
  const aPair = isSurrogate(a);
  return aPair === isSurrogate(b) ? a - b : aPair ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
  }
  return bytes;
}
