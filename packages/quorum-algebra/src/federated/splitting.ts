import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import type { Engines } from "../engines.ts";
import type { Formula, Literal } from "../sat/formula.ts";
import { Solving } from "../sat/solving.ts";
import { totalizer } from "../sat/totalizer.ts";
import type { Smallest, SmallestOptions } from "./smallest.ts";
import { type GroupBy, SplitProgram } from "./split-program.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * Nodes that, lying to everybody, can make others disagree: each side is then a minimal quorum of what the honest nodes are left with
 * (`system.byzantine(nodes)`), and the sides have no common member. Ids ascending.
 */
export interface SplittingSet {
  readonly nodes: readonly NodeId[];
  /** The groups that `nodes` are made of; without `groupBy` each node is a group. */
  readonly groups: readonly string[];
  readonly sides: readonly [readonly NodeId[], readonly NodeId[]];
}

/**
 * The least number of nodes (or groups) that can split the network. The bound is raised from 0, so that every bound that was refused
 * is proven. Size 0: the network is split already. The dangerous nodes need not be in any minimal quorum: a few may split off a
 * watcher.
 *
 * @example
 * smallestSplittingSet(system, { groupBy: (id) => organisationOf(id) }, limits, { sat: cadicalSolver(Cadical, await loadCadical()) });
 * // { kind: "exact", size: 3, value: { groups: […], nodes: […], sides: […] }, method: "solver" }
 */
export function smallestSplittingSet(
  system: FederatedSystem,
  options: SmallestOptions = {},
  limits: Limits = {},
  engines: Engines = {},
): Smallest<SplittingSet> {
  const groupBy = options.groupBy ?? null;
  let program: SplitProgram | null = null;
  const build = (): Formula => {
    program = new SplitProgram(system, groupBy);
    return program.formula;
  };
  const answer = Solving.with(build, limits, engines, (solving) => raise(system, groupBy, program!, solving));
  return answer ?? { kind: "unknown", reason: "limit" };
}

/** Bounds up to this are counted at first; then twice as many. */
const countedFirst = 8;

function raise(
  system: FederatedSystem,
  groupBy: GroupBy,
  program: SplitProgram,
  solving: Solving,
): Smallest<SplittingSet> {
  const { method } = solving;
  const any = solving.solve();
  if (any === "unknown") return { kind: "unknown", reason: solving.reason };
  if (any === "unsat") return { kind: "none", method };
  const high = solving.chosen(program.faulty).length;
  let outputs: readonly Literal[] = [];
  for (let bound = 0; ; bound++) {
    if (bound < program.faulty.length && bound >= outputs.length)
      outputs = totalizer(program.formula, program.faulty, Math.max(countedFirst, 2 * outputs.length));
    const found = solving.solve(bound < outputs.length ? [-outputs[bound]!] : []);
    if (found === "unknown") return { kind: "bounds", low: bound, high, method };
    if (found === "sat")
      return { kind: "exact", size: bound, value: splittingSet(system, groupBy, program, solving), method };
  }
}

function splittingSet(
  system: FederatedSystem,
  groupBy: GroupBy,
  program: SplitProgram,
  solving: Solving,
): SplittingSet {
  const groups = solving.chosen(program.faulty).map((at) => program.groups[at]!);
  const lying = new Set(groups);
  const nodes = groupBy === null ? groups : system.ids.filter((id) => lying.has(groupBy(id)));
  return { nodes, groups, sides: program.sides(system, nodes, (literals) => solving.chosen(literals)) };
}
