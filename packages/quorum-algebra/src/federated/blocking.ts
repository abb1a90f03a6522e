import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import { cheapestCompletion } from "../circuit/cheapest.ts";
import { compile } from "../circuit/circuit.ts";
import type { Engines } from "../engines.ts";
import type { Expr } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { print } from "../expressions/print.ts";
import { dual } from "../expressions/transform.ts";
import { Solving } from "../sat/solving.ts";
import { coresOf, ordinaryOf } from "./cluster.ts";
import { Contraction } from "./contraction.ts";
import { HittingSets } from "./hitting-sets.ts";
import type { BlockingSet, Smallest, SmallestOptions } from "./smallest.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * The least number of nodes (or groups) that can halt the network by their silence. 0: it stands still already. An ordinary
 * expression where the cores allow it; otherwise implicit hitting sets: the solver proposes a smallest set against all quorums known
 * so far, and a quorum that it misses joins them.
 *
 * @example
 * smallestBlockingSet(system); // { kind: "exact", size: 6, value: { nodes: […], groups: […] }, method: "symmetric cluster: cut" }
 */
export function smallestBlockingSet(
  system: FederatedSystem,
  options: SmallestOptions = {},
  limits: Limits = {},
  engines: Engines = {},
): Smallest<BlockingSet> {
  const cores = coresOf(system);
  if (cores.length === 0)
    return { kind: "exact", size: 0, value: { nodes: [], groups: [] }, method: "contraction" };
  const { groupBy = null } = options;
  const ordinary = groupBy === null ? ordinaryOf(cores) : null;
  if (ordinary !== null) {
    const circuit = compile(dual(ordinary));
    const costs = new Float64Array(circuit.universe.ids.length).fill(1);
    const { chosen, cost, low } = cheapestCompletion(circuit, costs, limits.maxSteps);
    const nodes = chosen.map((v) => circuit.universe.ids[v]!);
    const value = { nodes, groups: nodes };
    if (cost === low) return { kind: "exact", size: cost, value, method: "symmetric cluster: cut" };
  }
  const core = system.only(cores.flatMap(({ system: { ids } }) => ids));
  const cuts = groupBy === null ? cutsOf(core, limits) : { low: 0, candidates: [] };
  const blocking = cuts.candidates.find((nodes) => blocks(core, nodes));
  if (blocking !== undefined) {
    const value = { nodes: blocking, groups: blocking };
    return { kind: "exact", size: cuts.low, value, method: "cut of a condition" };
  }
  const hitting = new HittingSets(core, groupBy, cuts.low);
  const answer = Solving.with(
    () => hitting.formula,
    limits,
    engines,
    (solving) => hitting.smallest(solving),
  );
  if (answer === null) return { kind: "unknown", reason: "limit" };
  if (answer.kind !== "exact" || groupBy === null) return answer;
  // Groups have members beside the cores, too.
  const groups = new Set(answer.value.groups);
  const nodes = system.ids.filter((id) => groups.has(groupBy(id)));
  return { ...answer, value: { ...answer.value, nodes } };
}

/**
 * Without some condition failing a core goes on as it is, unless nobody with a condition is left: the cheapest way to make one fail is
 * a lower bound, and often enough. The candidates have that size.
 */
function cutsOf(
  core: FederatedSystem,
  limits: Limits,
): { readonly low: number; readonly candidates: readonly (readonly NodeId[])[] } {
  const asking = core.ids.filter((_, v) => core.known[v] === 1);
  const cuts = [{ nodes: asking, size: asking.length, low: asking.length }];
  const tried = new Set<string>();
  for (const way of [...new Set(core.conditions)].flatMap(waysToFail)) {
    const text = print(way);
    if (way.t === "const" || tried.has(text)) continue;
    tried.add(text);
    const circuit = compile(way);
    const { ids } = circuit.universe;
    const costs = new Float64Array(ids.length).fill(1);
    const { chosen, cost, low } = cheapestCompletion(circuit, costs, limits.maxSteps);
    cuts.push({ nodes: chosen.map((v) => ids[v]!), size: cost, low });
  }
  const low = Math.min(...cuts.map((cut) => cut.low));
  return { low, candidates: cuts.filter(({ size }) => size === low).map(({ nodes }) => nodes) };
}

/** The condition fails if one of these holds of the silent nodes. Each way names a node less often than all together do. */
function waysToFail(condition: Expr): readonly Expr[] {
  const fails = normalize(dual(condition));
  return fails.t === "thr" && fails.k === 1 ? fails.of : [fails];
}

function blocks({ gates, known, ids }: FederatedSystem, nodes: readonly NodeId[]): boolean {
  const silent = new Uint8Array(ids.length);
  for (const id of nodes) silent[gates.universe.indexOf.get(id)!] = 1;
  return new Contraction(gates, known).runWithout(silent) === 0;
}
