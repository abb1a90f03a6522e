import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import { cheapestCompletion } from "../circuit/cheapest.ts";
import { compile } from "../circuit/circuit.ts";
import type { Engines } from "../engines.ts";
import { dual } from "../expressions/transform.ts";
import { Formula, type Literal } from "../sat/formula.ts";
import { Solving } from "../sat/solving.ts";
import { lexLeader } from "../sat/symmetry.ts";
import { totalizer } from "../sat/totalizer.ts";
import { classesOf } from "./classes.ts";
import { coresOf, ordinaryOf } from "./cluster.ts";
import { Contraction } from "./contraction.ts";
import type { Classes } from "./orbits.ts";
import type { Smallest, SmallestOptions } from "./smallest.ts";
import type { GroupBy } from "./split-program.ts";
import type { FederatedSystem } from "./system.ts";

/** Nodes without which no quorum is left, ids ascending, and the groups they are made of. */
export interface BlockingSet {
  readonly nodes: readonly NodeId[];
  /** Without `groupBy` each node is a group. */
  readonly groups: readonly string[];
}

/**
 * The least number of nodes (or groups) that can halt the network by their silence. 0: it stands still already. An ordinary
 * expression where the cores allow it; otherwise implicit hitting sets: the solver proposes a smallest set that hits all quorums known so
 * far, and a quorum that it misses joins them.
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
  const hitting = new HittingSets(core, groupBy);
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

/** Sets of groups that hit all quorums known so far. */
class HittingSets {
  readonly formula = new Formula();
  readonly #system: FederatedSystem;
  /** Nodes that can be swapped: of these the first ones are in the set. With groups each node for itself. */
  readonly #classes: Classes;
  readonly #groups: readonly string[];
  /** Per group whether it is in the set, and per node the literal of its group. */
  readonly #inSet: readonly Literal[];
  readonly #ofNode: readonly Literal[];

  constructor(system: FederatedSystem, groupBy: GroupBy) {
    const { ids } = system;
    const groups = groupBy === null ? ids : ids.map(groupBy);
    this.#system = system;
    this.#groups = [...new Set(groups)].sort();
    this.#inSet = this.formula.freshMany(this.#groups.length);
    const indexOf = new Map(this.#groups.map((group, at) => [group, at]));
    this.#ofNode = groups.map((group) => this.#inSet[indexOf.get(group)!]!);
    this.#classes = groupBy === null ? classesOf(system) : ids.map((_, v) => [v]);
    lexLeader(
      this.formula,
      this.#classes.map((members) => members.map((v) => [this.#ofNode[v]!])),
    );
  }

  smallest(solving: Solving): Smallest<BlockingSet> {
    const outputs = totalizer(this.formula, this.#inSet, this.#inSet.length);
    const method = `implicit hitting sets, ${solving.method}`;
    const contraction = new Contraction(this.#system.gates, this.#system.known);
    for (let bound = 0; ; ) {
      const found = solving.solve(bound < outputs.length ? [-outputs[bound]!] : []);
      if (found === "unknown") return { kind: "bounds", low: bound, high: outputs.length, method };
      if (found === "unsat") {
        bound++;
        continue;
      }
      const silent = new Uint8Array(this.#ofNode.length);
      for (const v of solving.chosen(this.#ofNode)) silent[v] = 1;
      if (contraction.runWithout(silent) === 0)
        return { kind: "exact", size: bound, value: this.#read(solving), method };
      contraction.shrink([...silent.keys()]);
      this.formula.add(...this.#hit(contraction.inside));
    }
  }

  #read(solving: Solving): BlockingSet {
    const groups = solving.chosen(this.#inSet).map((at) => this.#groups[at]!);
    const nodes = solving.chosen(this.#ofNode).map((v) => this.#system.ids[v]!);
    return { nodes, groups };
  }

  /**
   * Some quorum that swaps make of this one is missed unless, of some class of which it has m of c members, more than c - m are in
   * the set: as these are the first ones, unless the one at c - m is.
   */
  #hit(quorum: Uint8Array): Literal[] {
    return this.#classes.flatMap((members) => {
      const count = members.filter((v) => quorum[v] === 1).length;
      return count === 0 ? [] : [this.#ofNode[members[members.length - count]!]!];
    });
  }
}
