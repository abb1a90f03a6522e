import type { NodeId } from "@eunomia/engine";
import { universeOf } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import { interchangeableNodes } from "../circuit/classes.ts";
import type { Expr } from "../expressions/expr.ts";
import { Formula, type Literal } from "../sat/formula.ts";
import { Encoder } from "../sat/gates.ts";
import { lexLeader } from "../sat/symmetry.ts";
import { byCost, coverFormula } from "./sat-cover.ts";

/** A formula, and per node the literal "it is chosen, and costs". */
export interface Priced {
  readonly formula: Formula;
  readonly chosen: readonly Literal[];
}

/** "The chosen nodes contain a quorum." `ids` ascending, `costs` parallel to them; the expression in normal form. */
export function pricedQuorum(normal: Expr, ids: readonly NodeId[], costs: readonly number[]): Priced {
  const formula = new Formula();
  const universe = universeOf(ids);
  const chosen = formula.freshMany(ids.length);
  formula.add(new Encoder(formula, (id) => chosen[universe.indexOf.get(id)!]!).holds(normal));
  const classes = interchangeableNodes([compile(normal, universe)]).flatMap((members) =>
    byCost(members, costs),
  );
  lexLeader(
    formula,
    classes.map((members) => members.map((v) => [chosen[v]!])),
  );
  return { formula, chosen };
}

/**
 * "A quorum of each family, and all that they have in common is chosen." Without symmetry clauses: measured, they cost more than
 * they save here.
 */
export function pricedSplit(
  families: readonly Expr[],
  ids: readonly NodeId[],
  costs: readonly number[],
  symmetry = false,
): Priced {
  const formula = new Formula();
  const chosen = formula.freshMany(ids.length);
  coverFormula(formula, families, universeOf(ids), { spare: chosen, costs, symmetry });
  return { formula, chosen };
}
