import type { NodeId } from "@eunomia/engine";
import { Formula, type Literal } from "../sat/formula.ts";
import { lexLeader } from "../sat/symmetry.ts";
import { classesOf, isHopeless, isNamed } from "./classes.ts";
import type { FederatedSystem } from "./system.ts";
import { minimalPair, quorumIn } from "./two-sides.ts";

/** Nodes of one group lie together. Null: each node for itself. */
export type GroupBy = ((id: NodeId) => string) | null;

/**
 * Two sides that have nothing in common but liars. Whom nobody names can mislead nobody, and matters only as somebody to be split
 * off: of those with one condition (and in one group), one for each side is enough.
 */
export class SplitProgram {
  readonly formula = new Formula();
  /** The groups that may lie, in the order of `faulty`. */
  readonly groups: readonly string[];
  /** Per group: does it lie? */
  readonly faulty: readonly Literal[];
  /** Groups that can be swapped, as indices: of these the first ones lie. Without `groupBy` only. */
  readonly classes: readonly (readonly number[])[];
  readonly #system: FederatedSystem;
  readonly #first: readonly Literal[];
  readonly #second: readonly Literal[];

  /** @throws FormulaTooLarge */
  constructor(system: FederatedSystem, groupBy: GroupBy) {
    const { formula } = this;
    const groupOf = groupBy ?? ((id) => id);
    const part = relevantPart(system, groupBy);
    const { ids, known } = part;
    const mayLie = (v: number): boolean => groupBy !== null || isNamed(part, v);
    this.#system = part;
    this.groups = [...new Set(ids.flatMap((id, v) => (mayLie(v) ? [groupOf(id)] : [])))].sort();
    this.faulty = formula.freshMany(this.groups.length);
    const indexOf = new Map(this.groups.map((group, at) => [group, at]));
    const lies = ids.map((id, v) => (mayLie(v) ? this.faulty[indexOf.get(groupOf(id))!]! : -formula.yes));
    this.#first = quorumIn(formula, part, lies);
    this.#second = quorumIn(formula, part, lies);
    for (const [v, lie] of lies.entries()) {
      // Liars tell both sides what they want to hear; nobody else is on both.
      formula.add(-lie, this.#first[v]!);
      formula.add(-lie, this.#second[v]!);
      formula.add(lie, -this.#first[v]!, -this.#second[v]!);
    }
    const honest = [...ids.keys()].filter((v) => known[v] === 1 && !isHopeless(part, v));
    for (const side of [this.#first, this.#second])
      formula.add(...honest.map((v) => both(formula, side[v]!, -lies[v]!)));

    const classes = classesOf(part, groupBy === null ? undefined : (v) => groupOf(ids[v]!));
    const states = (v: number): Literal[] => [lies[v]!, this.#first[v]!, this.#second[v]!];
    lexLeader(
      formula,
      classes.map((members) => members.map(states)),
    );
    this.classes =
      groupBy === null
        ? classes.filter(([v]) => mayLie(v!)).map((members) => members.map((v) => indexOf.get(ids[v]!)!))
        : this.groups.map((_, at) => [at]);
  }

  /** The minimal sides behind a solution in which `nodes` lie. */
  sides(
    system: FederatedSystem,
    nodes: readonly NodeId[],
    chosen: (literals: readonly Literal[]) => readonly number[],
  ): readonly [readonly NodeId[], readonly NodeId[]] {
    const left = system.byzantine(nodes);
    const { indexOf } = left.gates.universe;
    const indices = (side: readonly Literal[]): number[] =>
      chosen(side).flatMap((v) => indexOf.get(this.#system.ids[v]!) ?? []);
    const [first, second] = minimalPair(left, indices(this.#first), indices(this.#second));
    return [first.map((v) => left.ids[v]!), second.map((v) => left.ids[v]!)];
  }
}

function relevantPart(system: FederatedSystem, groupBy: GroupBy): FederatedSystem {
  const seen = new Map<string, number>();
  return system.only(
    system.ids.filter((id, v) => {
      if (isNamed(system, v)) return true;
      if (system.known[v] === 0 || isHopeless(system, v)) return false;
      const key = `${system.gates.root[v]} ${groupBy?.(id) ?? ""}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return count <= 2;
    }),
  );
}

/** A literal that is true only if both are. */
function both(formula: Formula, a: Literal, b: Literal): Literal {
  if (b === formula.yes) return a;
  const literal = formula.fresh();
  formula.add(-literal, a);
  formula.add(-literal, b);
  return literal;
}
