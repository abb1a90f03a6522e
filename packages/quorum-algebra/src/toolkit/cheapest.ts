import type { NodeId } from "@eunomia/engine";
import type { Bounded, Limits, Method } from "../answers.ts";
import { completionWithin } from "../circuit/cheapest.ts";
import { type Circuit, compile } from "../circuit/circuit.ts";
import { emptySet } from "../circuit/evaluate.ts";
import { leastCost } from "../cover/least-cost.ts";
import { pricedQuorum } from "../cover/priced.ts";
import type { Engines, LpSolver } from "../engines.ts";
import { QuorumError } from "../errors.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { dual } from "../expressions/transform.ts";
import { Budget } from "../limits.ts";

const maxStepsDefault = 100_000;

/** What a node costs: at least 0; Infinity for a node that is not to be had. */
export type Cost = (id: NodeId) => number;

/** A cheapest set, or the best one found. */
export interface Cheapest {
  /** Minimal, ids ascending. Null: there is no such set, or none was found; `cost` says which. */
  readonly nodes: readonly NodeId[] | null;
  /** The cost of a cheapest set, Infinity if there is none. `bounds`: `high` is what `nodes` cost, and no set costs less than `low`. */
  readonly cost: Bounded<number>;
}

/**
 * A cheapest quorum, where a set costs as much as its nodes together; by default each costs 1. Exact at once if every
 * node occurs once and no gate weighs children of different cost; otherwise by branch and bound, and when that does not end within
 * `maxSteps` (100 000 by default), by an integer program if `engines.lp` is given, or by a SAT solver if `engines.sat` is and costs are whole numbers. Sums are doubles: integer costs are added
 * exactly.
 *
 * @example
 * cheapestQuorum(parse("a & (b | c)"), (id) => (id === "b" ? 5 : 1)).nodes; // ["a", "c"]
 * @throws QuorumError `quantity` for a cost that is negative or no number.
 */
export function cheapestQuorum(
  quorums: Quorums,
  cost: Cost = () => 1,
  limits: Limits = {},
  engines: Engines = {},
): Cheapest {
  return cheapest(exprOf(quorums), cost, limits, engines);
}

/**
 * A cheapest cut: a blocking set, which hits every quorum, of least cost. As `cheapestQuorum`, of the dual.
 *
 * @example
 * cut(parse("{a1,a2,a3} >= 2 & b"), (id) => (id === "b" ? 3 : 1)).nodes; // ["a1", "a2"]
 */
export function cut(
  quorums: Quorums,
  cost: Cost = () => 1,
  limits: Limits = {},
  engines: Engines = {},
): Cheapest {
  return cheapest(dual(exprOf(quorums)), cost, limits, engines);
}

function cheapest(expr: Expr, cost: Cost, limits: Limits, engines: Engines): Cheapest {
  const circuit = compile(expr);
  const { ids } = circuit.universe;
  const costs = Float64Array.from(ids, (id) => checkedCost(id, cost(id)));
  const searched = completionWithin(circuit, costs, new Budget(limits, maxStepsDefault));
  if (searched.cost === searched.low)
    return {
      nodes: withFree(circuit, costs, searched.chosen),
      cost: exact(searched.cost, "branch and bound"),
    };
  const { lp, sat } = engines;
  const solved = lp === undefined ? null : byProgram(circuit, costs, lp);
  if (solved !== null)
    return { nodes: withFree(circuit, costs, solved.chosen), cost: exact(solved.cost, "integer program") };
  if (sat !== undefined && areWhole(costs)) {
    const whole = [...costs];
    const least = leastCost(() => pricedQuorum(normalize(expr), ids, whole), whole, limits, engines);
    if (least.low === least.high && least.nodes !== null)
      return { nodes: withFree(circuit, costs, least.nodes), cost: exact(least.low, least.method) };
  }
  return {
    nodes: withFree(circuit, costs, searched.chosen),
    cost: { kind: "bounds", low: searched.low, high: searched.cost, method: "branch and bound" },
  };
}

function exact(value: number, method: Method): Bounded<number> {
  return { kind: "exact", value, method };
}

/** @throws QuorumError `quantity` */
export function checkedCost(id: NodeId, cost: number): number {
  if (!(cost >= 0)) throw new QuorumError("quantity", `cost of ${id}`, "a number of at least 0", cost);
  return cost;
}

/** Costs that a solver can count. */
export function areWhole(costs: Iterable<number>): boolean {
  return [...costs].every((cost) => cost === Infinity || Number.isSafeInteger(cost));
}

/** Adds what costs nothing and drops what the rest can do without, dearest first. Null: it is no set that holds. */
function withFree(
  circuit: Circuit,
  costs: Float64Array,
  chosen: readonly number[],
): readonly NodeId[] | null {
  const { ids } = circuit.universe;
  const set = emptySet(circuit);
  const candidates = [...costs.keys()].filter((index) => costs[index] === 0 || chosen.includes(index));
  for (const index of candidates) set.insert(index);
  if (!set.holds()) return null;
  const kept = new Set(candidates);
  for (const index of candidates.toSorted((a, b) => costs[b]! - costs[a]! || a - b)) {
    set.remove(index);
    if (set.holds()) kept.delete(index);
    else set.insert(index);
  }
  return [...kept].sort((a, b) => a - b).map((index) => ids[index]!);
}

/**
 * A variable per node and per gate, all 0 or 1: a gate that is chosen needs enough chosen children, and the root is chosen. The
 * solution is checked against the circuit. Null: no answer, or weights that doubles do not hold.
 */
function byProgram(
  circuit: Circuit,
  costs: Float64Array,
  lp: LpSolver,
): { readonly chosen: readonly number[]; readonly cost: number } | null {
  const { gateCount, limits, childStart, child, childWeight, wide } = circuit;
  const nodeCount = circuit.universe.ids.length;
  if (wide !== null) return null;
  const variables = nodeCount + gateCount;
  const rows = Array.from({ length: gateCount }, (_, g) => {
    const a: (readonly [number, number])[] = [[nodeCount + g, -limits[g]!]];
    for (let e = childStart[g]!; e < childStart[g + 1]!; e++) a.push([child[e]!, childWeight[e]!]);
    return { a, lo: 0, hi: Infinity };
  });
  rows.push({ a: [[variables - 1, 1]], lo: 1, hi: Infinity });
  const all = Array.from({ length: variables }, (_, v) => v);
  const result = lp({
    min: all.map((v) => (v < nodeCount && costs[v]! < Infinity ? costs[v]! : 0)),
    rows,
    upper: new Map(all.map((v) => [v, costs[v] === Infinity ? 0 : 1])),
    integer: all,
  });
  if (result.status !== "optimal") return null;
  const chosen = all.filter((v) => v < nodeCount && costs[v]! > 0 && Math.round(result.x[v]!) === 1);
  const set = emptySet(circuit);
  for (let v = 0; v < nodeCount; v++) if (costs[v] === 0) set.insert(v);
  for (const v of chosen) set.insert(v);
  return set.holds() ? { chosen, cost: chosen.reduce((sum, v) => sum + costs[v]!, 0) } : null;
}
