import { QuorumError } from "../errors.ts";
import {
  checkCountGate,
  checkWeightGate,
  constant,
  type Expr,
  node,
  thresholdOf,
  weightedOf,
} from "./expr.ts";

/**
 * The normal form: constants folded; OR inside OR and AND inside AND flattened and their equal children merged; weights
 * divided by their common divisor and cut at the threshold; weighted gates that only count turned into thresholds;
 * children in the order of their encoded bytes; equal subexpressions are one object. Linear but for the sorting. Two
 * expressions with equal normal forms say the same, not conversely.
 *
 * @throws QuorumError for plain data that is no expression.
 */
export function normalize(expr: Expr): Expr {
  const table = new Interner();
  const done = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const made = build(e);
    done.set(e, made);
    return made;
  };
  const build = (e: Expr): Expr => {
    switch (e.t) {
      case "node":
        return table.intern(node(e.id));
      case "const":
        return constant(e.v);
      case "thr":
        checkCountGate(e.k, e.of);
        return countGate(table, e.k, e.of.map(visit));
      case "wthr":
        checkWeightGate(e.k, e.of);
        return weightGate(
          table,
          e.k,
          e.of.map(([weight, child]) => [weight, visit(child)] as const),
        );
      default:
        throw new QuorumError("shape", "expression", "t: node, thr, wthr or const", e);
    }
  };
  return visit(expr);
}

/** Makes structurally equal expressions one object, so that equality below is identity. */
class Interner {
  readonly #byKey = new Map<string, Expr>();
  readonly #number = new Map<Expr, number>();

  intern(expr: Expr): Expr {
    const key = this.#key(expr);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, expr);
    this.#number.set(expr, this.#number.size);
    return expr;
  }

  #key(expr: Expr): string {
    if (expr.t === "node") return `n${expr.id}`;
    if (expr.t === "thr") return `t${expr.k}:${expr.of.map((child) => this.#number.get(child)).join()}`;
    if (expr.t === "wthr")
      return `w${expr.k}:${expr.of.map(([weight, child]) => `${weight}*${this.#number.get(child)}`).join()}`;
    return String(expr.v);
  }
}

function countGate(table: Interner, k: number, children: readonly Expr[]): Expr {
  const rest = children.filter((child) => child.t !== "const");
  const need = k - children.filter((child) => child.t === "const" && child.v).length;
  if (need <= 0) return constant(true);
  if (need > rest.length) return constant(false);
  if (need === rest.length) return flatGate(table, rest, "and");
  if (need === 1) return flatGate(table, rest, "or");
  return table.intern(thresholdOf(need, rest));
}

/** OR and AND, the only gates in which a repeated child says nothing new. */
function flatGate(table: Interner, children: readonly Expr[], kind: "and" | "or"): Expr {
  const merged = new Set<Expr>();
  for (const child of children) {
    // Children are in normal form: their gates have two children or more, so OR and AND cannot be mistaken.
    const nested = child.t === "thr" && child.k === (kind === "or" ? 1 : child.of.length);
    for (const part of nested ? child.of : [child]) merged.add(part);
  }
  const parts = [...merged];
  if (parts.length === 1) return parts[0]!;
  return table.intern(thresholdOf(kind === "or" ? 1 : parts.length, parts));
}

function weightGate(table: Interner, k: bigint, children: readonly (readonly [bigint, Expr])[]): Expr {
  let need = k;
  const byChild = new Map<Expr, bigint>();
  for (const [weight, child] of children) {
    if (child.t !== "const") byChild.set(child, (byChild.get(child) ?? 0n) + weight);
    else if (child.v) need -= weight;
  }
  if (need <= 0n) return constant(true);
  const parts = [...byChild]
    .filter(([, weight]) => weight > 0n)
    .map(([child, weight]) => ({ child, weight }));
  if (sumOf(parts) < need) return constant(false);
  need = reduceWeights(need, parts);

  const lightest = parts.reduce((least, { weight }) => (weight < least ? weight : least), parts[0]!.weight);
  const only = parts.map(({ child }) => child);
  if (sumOf(parts) - lightest < need) return countGate(table, only.length, only);
  if (parts.every(({ weight }) => weight === lightest))
    return countGate(table, Number(need / lightest), only);
  return table.intern(
    weightedOf(
      need,
      parts.map(({ weight, child }) => [weight, child] as const),
    ),
  );
}

interface Part {
  readonly child: Expr;
  weight: bigint;
}

/** Divides by the common divisor (the threshold rounded up) and cuts weights at the threshold until nothing changes. */
function reduceWeights(k: bigint, parts: readonly Part[]): bigint {
  let need = k;
  for (;;) {
    const divisor = parts.reduce((g, { weight }) => gcd(weight, g), 0n);
    need = (need + divisor - 1n) / divisor;
    let cut = false;
    for (const part of parts) {
      part.weight /= divisor;
      if (part.weight > need) {
        part.weight = need;
        cut = true;
      }
    }
    if (!cut) return need;
  }
}

function sumOf(parts: readonly Part[]): bigint {
  return parts.reduce((sum, { weight }) => sum + weight, 0n);
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
