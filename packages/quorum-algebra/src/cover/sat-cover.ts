import type { Limits } from "../answers.ts";
import type { Universe } from "../circuit/bits.ts";
import { type Circuit, compile } from "../circuit/circuit.ts";
import { interchangeableNodes } from "../circuit/classes.ts";
import type { SatSolver } from "../engines.ts";
import type { Expr } from "../expressions/expr.ts";
import { Formula, FormulaTooLarge, type Literal } from "../sat/formula.ts";
import { Encoder } from "../sat/gates.ts";
import { lexLeader } from "../sat/symmetry.ts";

/** Per node and family: the literal "this family does without the node". */
export type Given = readonly (readonly Literal[])[];

/**
 * The cover test as a formula: every node is given to a family, and each family has a quorum of what it was not given. Two
 * families share one variable per node. `symmetry` keeps one of many assignments that differ by swapping interchangeable nodes.
 *
 * @throws FormulaTooLarge
 */
export function coverFormula(
  formula: Formula,
  families: readonly Expr[],
  universe: Universe,
  { symmetry = true, spare }: { readonly symmetry?: boolean; readonly spare?: readonly Literal[] } = {},
): Given {
  const given = universe.ids.map((_, v) => {
    if (families.length === 2 && spare === undefined) {
      const first = formula.fresh();
      return [first, -first];
    }
    const literals = formula.freshMany(families.length);
    formula.add(...literals, ...(spare === undefined ? [] : [spare[v]!]));
    return literals;
  });
  families.forEach((family, i) => {
    const encoder = new Encoder(formula, (id) => -given[universe.indexOf.get(id)!]![i]!);
    formula.add(encoder.holds(family));
  });
  if (symmetry) {
    const circuits = families.map((family) => compile(family, universe));
    lexLeader(formula, swappable(circuits, given, spare));
  }
  return given;
}

/** Members of each class, with all that a swap of two of them exchanges. Of two families one literal says both. */
function swappable(
  circuits: readonly Circuit[],
  given: Given,
  spare: readonly Literal[] | undefined,
): readonly (readonly (readonly Literal[])[])[] {
  return interchangeableNodes(circuits).map((members) =>
    members.map((v) => {
      if (spare !== undefined) return [...given[v]!, spare[v]!];
      return given[v]!.length === 2 ? given[v]!.slice(0, 1) : given[v]!;
    }),
  );
}

export type SatCover =
  | { readonly kind: "assignment"; readonly owner: readonly number[] }
  | { readonly kind: "none" | "limit" | "tooLarge" };

/** Asks a solver for an assignment. The families must be in normal form and not constant, and know all nodes of the universe. */
export function satCover(
  families: readonly Expr[],
  universe: Universe,
  solver: SatSolver,
  limits: Limits,
  symmetry = true,
): SatCover {
  const formula = new Formula();
  let given: Given;
  try {
    given = coverFormula(formula, families, universe, { symmetry });
  } catch (error) {
    if (error instanceof FormulaTooLarge) return { kind: "tooLarge" };
    throw error;
  }
  const session = solver(formula.cnf());
  try {
    const answer = session.solve([], limits);
    if (answer === "unknown") return { kind: "limit" };
    if (answer === "unsat") return { kind: "none" };
    const isTrue = (literal: Literal): boolean => session.value(Math.abs(literal)) === literal > 0;
    return { kind: "assignment", owner: given.map((literals) => literals.findIndex(isTrue)) };
  } finally {
    session.close();
  }
}
