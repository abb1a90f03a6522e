import type { NodeId } from "@eunomia/engine";
import type { Expr } from "../expressions/expr.ts";
import { gcd, simplest } from "./rational.ts";
import { type Choice, unitsMax } from "./strategy.ts";

export type Gate = Extract<Expr, { readonly t: "thr" }>;

/** Numbers of solvers are fractions of small denominators with an error of about this. */
const solverError = 1e-8;
const denominatorMax = 5_000;

/** Units to try for values of a solver: the common denominator of the fractions that they seem to be, and a very fine one. */
export function unitsFor(values: Iterable<number>): readonly number[] {
  let unit = 1n;
  for (const value of new Set(values)) {
    const den = simplest(value, solverError, denominatorMax)?.den;
    if (den === undefined) return [unitsMax];
    unit *= den / gcd(unit, den);
    if (unit > BigInt(unitsMax)) return [unitsMax];
  }
  return [Number(unit), unitsMax];
}

/**
 * Whole parts close to `targets`, each from 0 to `most`, that add up to exactly `total`, which must be possible. What rounding has
 * left over is dealt out to those that have room.
 */
export function apportion(targets: readonly number[], most: number, total: number): number[] {
  const parts = targets.map((target) => Math.min(most, Math.max(0, Math.round(target))));
  // Summed as the distance to the total, so that no number outgrows what a double holds exactly.
  let rest = parts.reduce((left, part) => left - part, total);
  for (let i = 0; rest !== 0 && i < parts.length; i++) {
    const step = rest > 0 ? Math.min(rest, most - parts[i]!) : Math.max(rest, -parts[i]!);
    parts[i]! += step;
    rest -= step;
  }
  if (rest !== 0) throw new Error("fault: a gate cannot be used as often as it must");
  return parts;
}

/**
 * The way that takes the shape of a tree of counting gates and uses its vertices about as often as wanted, in whole units: `targets`
 * says it for the children of a gate that is used `own` times.
 */
export function treeChoice(
  expr: Expr,
  own: number,
  targets: (gate: Gate, own: number) => readonly number[],
): Choice {
  if (expr.t === "node") return { use: own, node: expr.id };
  if (expr.t !== "thr") throw new Error("fault: only counting gates choose by tree");
  if (own === 0) return { use: 0, of: [] };
  const parts = apportion(targets(expr, own), own, expr.k * own);
  return { use: own, of: expr.of.map((child, i) => treeChoice(child, parts[i]!, targets)) };
}

/** Whole weights proportional to those of a solver, largest about 10^9; nodes without weight left out. */
export function wholeWeights(
  ids: readonly NodeId[],
  weights: readonly number[],
  unit: number,
): readonly (readonly [NodeId, number])[] {
  return ids.flatMap((id, v) => {
    const weight = Math.round(weights[v]! * unit);
    return weight > 0 ? [[id, weight] as const] : [];
  });
}
