import type { Expr } from "../expressions/expr.ts";
import { dual } from "../expressions/transform.ts";
import { Formula, type Literal } from "../sat/formula.ts";
import { Encoder } from "../sat/gates.ts";
import type { Solving } from "../sat/solving.ts";
import { lexLeader } from "../sat/symmetry.ts";
import { totalizer } from "../sat/totalizer.ts";
import { classesOf } from "./classes.ts";
import { Contraction } from "./contraction.ts";
import type { Classes } from "./orbits.ts";
import type { BlockingSet, Smallest } from "./smallest.ts";
import type { GroupBy } from "./split-program.ts";
import type { FederatedSystem } from "./system.ts";

/** Sets of groups that hit all quorums known so far. */
export class HittingSets {
  readonly formula = new Formula();
  readonly #system: FederatedSystem;
  /** Nodes that can be swapped: of these the first ones are in the set. With groups each node for itself. */
  readonly #classes: Classes;
  readonly #groups: readonly string[];
  /** Per group whether it is in the set, and per node the literal of its group. */
  readonly #inSet: readonly Literal[];
  readonly #ofNode: readonly Literal[];
  /** Per condition its dual: true of a set without which it fails. */
  readonly #duals: ReadonlyMap<Expr, Expr>;

  /** Smaller sets need not be tried. */
  readonly #low: number;

  constructor(system: FederatedSystem, groupBy: GroupBy, low: number) {
    const { ids } = system;
    const groups = groupBy === null ? ids : ids.map(groupBy);
    this.#system = system;
    this.#low = low;
    this.#duals = new Map([...new Set(system.conditions)].map((condition) => [condition, dual(condition)]));
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
    for (let bound = this.#low; ; ) {
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
      this.#leaveUnmet(contraction);
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
   * Nodes whose conditions the quorum meets that was missed, silent ones included, must not go on as a quorum without those in the set:
   * some condition among them fails, or nobody who has one is left. That tells the solver at once of all quorums of this kind.
   */
  #leaveUnmet(quorum: Contraction): void {
    const { formula } = this;
    const { ids, known, conditions, gates } = this.#system;
    const content = [...ids.keys()].filter(
      (v) => quorum.inside[v] === 1 || (quorum.meets(v) && conditions[v]!.t !== "const"),
    );
    const among = new Set(content);
    const asking = content.filter((v) => known[v] === 1);
    const away = new Encoder(formula, (id) => {
      const v = gates.universe.indexOf.get(id)!;
      return among.has(v) ? this.#ofNode[v]! : formula.yes;
    });
    const unmet = asking.map((v) =>
      conditions[v]!.t === "const" ? this.#ofNode[v]! : away.holds(this.#duals.get(conditions[v]!)!),
    );
    const nobody = formula.fresh();
    for (const v of asking) formula.add(-nobody, this.#ofNode[v]!);
    formula.add(nobody, ...new Set(unmet));
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
