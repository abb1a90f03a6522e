import type { Formula, Literal } from "../sat/formula.ts";
import { Encoder } from "../sat/gates.ts";
import { Contraction } from "./contraction.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * Puts a set into a formula that meets the conditions of its members, excused members left out. Answers the literals of the members,
 * one per node.
 */
export function quorumIn(
  formula: Formula,
  { gates, conditions }: FederatedSystem,
  excused: readonly Literal[] | null = null,
): readonly Literal[] {
  const members = formula.freshMany(conditions.length);
  const encoder = new Encoder(formula, (id) => members[gates.universe.indexOf.get(id)!]!);
  conditions.forEach((condition, v) => {
    const met = encoder.holds(condition);
    if (met === formula.yes) return;
    if (excused === null) formula.add(-members[v]!, met);
    else formula.add(-members[v]!, met, excused[v]!);
  });
  return members;
}

/**
 * Two minimal quorums inside two sets that have nothing in common. That the sets hold quorums and are disjoint is what a solver
 * said, hence the check.
 */
export function minimalPair(
  { gates, known }: FederatedSystem,
  first: readonly number[],
  second: readonly number[],
): readonly [readonly number[], readonly number[]] {
  const contraction = new Contraction(gates, known);
  const [a, b] = [first, second].map((side) => {
    contraction.inside.fill(0);
    for (const v of side) contraction.inside[v] = 1;
    if (!contraction.shrink([...side].reverse())) throw new Error("fault: the quorum of a witness is none");
    return side.filter((v) => contraction.inside[v] === 1);
  });
  if (a!.some((v) => b!.includes(v))) throw new Error("fault: the quorums of a witness meet");
  return [a!, b!];
}
