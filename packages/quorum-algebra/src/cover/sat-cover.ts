import type { Limits } from "../answers.ts";
import type { Universe } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import { interchangeableNodes } from "../circuit/classes.ts";
import type { SatSolver } from "../engines.ts";
import type { Expr } from "../expressions/expr.ts";
import { Formula, FormulaTooLarge, type Literal } from "../sat/formula.ts";
import { Encoder } from "../sat/gates.ts";
import { lexLeader } from "../sat/symmetry.ts";

/** Per node and family: the literal "this family does without the node". */
export type Given = readonly (readonly Literal[])[];

interface CoverFormula {
  /** One literal per node: it need not be given to any family. */
  readonly spare?: readonly Literal[];
  /** Nodes of one class are swapped only if they cost the same. */
  readonly costs?: readonly number[];
  /** Keep one of many assignments that differ by swapping interchangeable nodes. True by default. */
  readonly symmetry?: boolean;
}

/**
 * The cover test as a formula: every node is given to a family, and each family has a quorum of what it was not given. Two
 * families without spare nodes share one variable per node.
 *
 * @throws FormulaTooLarge
 */
export function coverFormula(
  formula: Formula,
  families: readonly Expr[],
  universe: Universe,
  { spare, costs, symmetry = true }: CoverFormula = {},
): Given {
  const given = universe.ids.map((_, v) => {
    if (families.length === 2 && spare === undefined) {
      const first = formula.fresh();
      return [first, -first];
    }
    const literals = formula.freshMany(families.length);
    const all = spare === undefined ? literals : [...literals, spare[v]!];
    formula.add(...all);
    // Given once is enough: a family keeps what it can.
    all.forEach((literal, i) => {
      for (const other of all.slice(i + 1)) formula.add(-literal, -other);
    });
    return literals;
  });
  families.forEach((family, i) => {
    const encoder = new Encoder(formula, (id) => -given[universe.indexOf.get(id)!]![i]!);
    formula.add(encoder.holds(family));
  });
  if (!symmetry) return given;
  const circuits = families.map((family) => compile(family, universe));
  const classes = interchangeableNodes(circuits).flatMap((members) => byCost(members, costs));
  lexLeader(
    formula,
    classes.map((members) =>
      members.map((v) => (spare === undefined ? given[v]! : [...given[v]!, spare[v]!])),
    ),
  );
  return given;
}

/** Divides a class by what its members cost. */
export function byCost(
  members: readonly number[],
  costs?: readonly number[],
): readonly (readonly number[])[] {
  if (costs === undefined) return [members];
  const groups = new Map<number, number[]>();
  for (const v of members) groups.set(costs[v]!, [...(groups.get(costs[v]!) ?? []), v]);
  return [...groups.values()];
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
  // Measured: for two families the clauses cost more than they save.
  symmetry = families.length > 2,
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
