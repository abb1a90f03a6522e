import type { NodeId } from "@eunomia/engine";
import type { Limits, Method, Unknown } from "../answers.ts";
import { neverCovered } from "../cover/intersection.ts";
import type { Engines } from "../engines.ts";
import { Budget } from "../limits.ts";
import { Formula, type Literal } from "../sat/formula.ts";
import { Solving } from "../sat/solving.ts";
import { lexLeader } from "../sat/symmetry.ts";
import { classesOf } from "./classes.ts";
import { type Core, coresOf } from "./cluster.ts";
import { searchDisjoint } from "./search.ts";
import type { FederatedSystem } from "./system.ts";
import { minimalPair, quorumIn } from "./two-sides.ts";

/**
 * Do any two quorums of a federated system have a common member? Where there is no quorum at all, the question is moot, and a network
 * stands still. `unknown` must be treated as `splits`.
 */
export type Intersection =
  | { readonly kind: "intersects"; readonly method: Method }
  /** Two minimal quorums without a common member, ids ascending. */
  | {
      readonly kind: "splits";
      readonly method: Method;
      readonly quorums: readonly [readonly NodeId[], readonly NodeId[]];
    }
  | { readonly kind: "noQuorum"; readonly method: Method }
  | { readonly kind: "unknown"; readonly reason: Unknown };

/** Up to so many nodes, the search is tried before the built-in solver. */
const searchedMax = 25;
const maxStepsDefault = 200_000;

/**
 * Do all quorums of the system meet? Cores are told apart first; a core whose nodes share one condition is asked in closed form, any
 * other with the solver that was given, by a search up to 25 nodes, or with the built-in solver. Steps are those of the search or of the
 * built-in solver, 200 000 by default.
 *
 * @example
 * const each = thresholdOf(1, ["a", "b"].map(node));
 * intersection(federatedSystem(["a", "b"].map((id) => ({ id, quorums: each }))));
 * // { kind: "splits", method: "symmetric cluster: threshold", quorums: [["b"], ["a"]] }
 */
export function intersection(
  system: FederatedSystem,
  limits: Limits = {},
  engines: Engines = {},
): Intersection {
  const cores = coresOf(system);
  if (cores.length === 0) return { kind: "noQuorum", method: "contraction" };
  const [core] = cores;
  if (cores.length === 1)
    return core!.cluster === null
      ? general(core!.system, limits, engines)
      : ofCluster(core!, limits, engines);
  const [first, second] = cores.map(({ system: part }) => part.contract());
  if (!first!.some((id) => second!.includes(id))) return splits("components", system, first!, second!);
  // Cores have nothing but free nodes in common: whether both need the same ones is asked of all together.
  return general(system.only(cores.flatMap(({ system: { ids } }) => ids)), limits, engines);
}

function ofCluster({ system, cluster }: Core, limits: Limits, engines: Engines): Intersection {
  const verdict = neverCovered([cluster!, cluster!], [], limits);
  if (verdict.holds === null) return general(system, limits, engines);
  const method = `symmetric cluster: ${verdict.method}`;
  if (verdict.holds) return { kind: "intersects", method };
  const [first, second] = verdict.witness.quorums;
  return splits(method, system, first!, second!);
}

function general(system: FederatedSystem, limits: Limits, engines: Engines): Intersection {
  if (engines.sat === undefined && system.ids.length <= searchedMax) {
    const found = searchDisjoint(system, new Budget(limits, maxStepsDefault));
    if (found === undefined) return { kind: "unknown", reason: "limit" };
    if (found === null) return { kind: "intersects", method: "search" };
    return splits("search", system, ...idsOf(system, found));
  }
  let first: readonly Literal[] = [];
  let second: readonly Literal[] = [];
  const build = (): Formula => {
    const formula = new Formula();
    first = quorumIn(formula, system);
    second = quorumIn(formula, system);
    for (const side of [first, second]) formula.add(...side.filter((_, v) => system.known[v] === 1));
    for (const [v, literal] of first.entries()) formula.add(-literal, -second[v]!);
    lexLeader(
      formula,
      classesOf(system).map((members) => members.map((v) => [first[v]!, second[v]!])),
    );
    return formula;
  };
  const answer = Solving.with(build, limits, engines, (solving): Intersection => {
    const found = solving.solve();
    if (found === "unknown") return { kind: "unknown", reason: solving.reason };
    if (found === "unsat") return { kind: "intersects", method: solving.method };
    const sides = idsOf(system, [solving.chosen(first), solving.chosen(second)]);
    return splits(solving.method, system, ...sides);
  });
  return answer ?? { kind: "unknown", reason: "limit" };
}

function idsOf(
  { ids }: FederatedSystem,
  sides: readonly [readonly number[], readonly number[]],
): [NodeId[], NodeId[]] {
  return [sides[0].map((v) => ids[v]!), sides[1].map((v) => ids[v]!)];
}

function splits(
  method: Method,
  system: FederatedSystem,
  first: readonly NodeId[],
  second: readonly NodeId[],
): Intersection {
  const indices = (side: readonly NodeId[]): number[] =>
    side.map((id) => system.gates.universe.indexOf.get(id)!);
  const quorums = idsOf(system, minimalPair(system, indices(first), indices(second)));
  return { kind: "splits", method, quorums };
}
