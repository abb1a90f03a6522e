import type { LpSolver } from "../engines.ts";
import { solveWithPrices } from "./dual.ts";
import type { Effort } from "./effort.ts";
import { type Pricing, quorumLevel } from "./pricing.ts";
import { LoadProgram, type Phase, type Prices } from "./program.ts";
import { isLimited, type Problem } from "./question.ts";
import { toNumber } from "./rational.ts";

/** A set that a side may take, and how often. */
export interface Column {
  readonly nodes: readonly number[];
  readonly use: number;
}

interface ColumnResult {
  /** `limit`: the effort did not suffice; what was found until then is there all the same. */
  readonly status: "optimal" | "infeasible" | "limit";
  /** Per side; empty if nothing was found. */
  readonly columns: readonly (readonly Column[])[];
  readonly prices: Prices | null;
}

/** Costs of pricing are whole numbers of this part of 1. */
const pricingUnits = 2 ** 45;
/** Any set that saves something will do: a short search comes first. */
const quickSteps = 500;
/** What a new set must save: less is error of the solver. */
const gain = 1e-9;

/**
 * Column generation: solve the program over a few sets, ask for a set that is cheaper at its prices, until there is none. The sets
 * to begin with are `start`, per side; they are first made to keep to the limits if there are any.
 */
export function generateColumns(
  problem: Problem,
  lp: LpSolver,
  pricings: readonly Pricing[],
  start: readonly (readonly number[])[],
  effort: (most?: number) => Effort,
): ColumnResult {
  const rounds = effort();
  const sets = start.map((nodes) => new Map([[nodes.join(), nodes] as const]));
  for (const phase of isLimited(problem) ? (["limits", "objective"] as const) : (["objective"] as const)) {
    for (;;) {
      const master = solveMaster(problem, lp, sets, phase);
      if (master.status !== "optimal") return { ...master, status: "limit" };
      if (phase === "limits" && master.value <= gain) break;
      // A fresh effort looks at the clock at once, which the one that counts rounds does now and then only.
      if (!rounds.spend() || !effort().spend()) return { ...master, status: "limit" };
      if (!grow(problem, sets, pricings, master, effort)) {
        if (phase === "limits") return { status: "infeasible", columns: [], prices: null };
        return { ...master, status: "optimal" };
      }
    }
  }
  throw new Error("fault: the last phase ends with an answer");
}

interface Master {
  readonly status: "optimal" | "limit";
  readonly value: number;
  readonly columns: readonly (readonly Column[])[];
  readonly prices: Prices | null;
  /** Per side: what the sets in use cost at these prices. */
  readonly costs: readonly number[];
  readonly scale: number;
}

function solveMaster(
  problem: Problem,
  lp: LpSolver,
  sets: readonly ReadonlyMap<string, readonly number[]>[],
  phase: Phase,
): Master {
  const program = new LoadProgram(problem);
  const uses = problem.universe.ids.map(() => sets.map((): [number, number][] => []));
  const variables = sets.map((side, s) =>
    [...side.values()].map((nodes) => {
      const variable = program.variable();
      for (const v of nodes) uses[v]![s]!.push([variable, 1]);
      const latest = problem.levels[quorumLevel(problem, problem.sides[s]!, nodes)]!;
      program.count(s, variable, nodes.length, toNumber(latest));
      return { variable, nodes };
    }),
  );
  const whole = variables.map((side) =>
    program.row(
      side.map(({ variable }) => [variable, 1] as const),
      1,
      1,
    ),
  );
  for (const [v, perSide] of uses.entries()) program.loads([v], perSide);
  const { status, x, dual, value } = solveWithPrices(lp, program.build(phase));
  if (status !== "optimal")
    return { status: "limit", value: 0, columns: [], prices: null, costs: [], scale: 1 };
  return {
    status,
    value,
    columns: variables.map((side) => side.map(({ variable, nodes }) => ({ nodes, use: x[variable]! }))),
    prices: program.prices(dual, phase),
    costs: whole.map((row) => dual[row]!),
    scale: program.scale,
  };
}

/** Adds to every side the set that is cheapest at the prices of the master; false if none saves anything. */
function grow(
  problem: Problem,
  sets: readonly Map<string, readonly number[]>[],
  pricings: readonly Pricing[],
  { prices, costs, scale }: Master,
  effort: (most?: number) => Effort,
): boolean {
  const { weights, measures } = prices!;
  const unit = problem.objective === "load" ? scale : 1;
  const inUnits = (value: number): bigint => BigInt(Math.round(value * pricingUnits));
  let grown = false;
  for (const [s, { part, parts, burden }] of problem.sides.entries()) {
    const perNode = (measures.network * toNumber(part)) / unit;
    const perTime = (measures.latency * toNumber(part)) / unit;
    const shares = parts.map(toNumber);
    const nodeCosts = burden.map((e, v) => {
      const load = weights.reduce((sum, entry, i) => sum + entry[v]! * shares[i]!, 0);
      return inUnits((load * toNumber(e)) / scale + perNode);
    });
    const late = problem.levels.map((level) => inUnits(perTime * toNumber(level)));
    const saves = (cost: bigint): boolean => Number(cost) / pricingUnits < costs[s]! - gain;
    let found = pricings[s]!(nodeCosts, late, effort(quickSteps));
    if (found !== null && !saves(found.cost) && saves(found.low))
      found = pricings[s]!(nodeCosts, late, effort());
    if (found === null || !saves(found.cost)) continue;
    const key = found.nodes.join();
    if (sets[s]!.has(key)) continue;
    sets[s]!.set(key, found.nodes);
    grown = true;
  }
  return grown;
}
