import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import { universeOf } from "../circuit/bits.ts";
import type { SatSolver } from "../engines.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { support } from "../expressions/transform.ts";
import type { Budget } from "../limits.ts";
import { Formula } from "../sat/formula.ts";
import { Encoder } from "../sat/gates.ts";
import { totalizer } from "../sat/totalizer.ts";
import type { Cheapest } from "../toolkit/cheapest.ts";

const method = "sat";

/**
 * A smallest splitting set: a quorum of each, every common node marked, and a totalizer over the marks. The size allowed is raised
 * from 0; every refusal is a proven lower bound, which is what remains when a limit ends the search.
 */
export function smallestBySat(
  left: Quorums,
  right: Quorums,
  sat: SatSolver,
  budget: Budget,
  limits: Limits,
): Cheapest {
  const sides = [normalize(exprOf(left)), normalize(exprOf(right))];
  const { ids } = universeOf(sides.flatMap(support));
  const formula = new Formula();
  const chosen = sides.map((side) => {
    const inside = new Map(ids.map((id) => [id, formula.fresh()] as const));
    formula.add(new Encoder(formula, (id) => inside.get(id)!).holds(side));
    return inside;
  });
  const marks = ids.map((id) => {
    const mark = formula.fresh();
    formula.add(mark, ...chosen.map((inside) => -inside.get(id)!));
    return mark;
  });
  const counted = totalizer(formula, marks, ids.length);
  const session = sat(formula.cnf());
  try {
    for (let size = 0; size <= ids.length; size++) {
      const answer = budget.spend()
        ? session.solve(size < ids.length ? [-counted[size]!] : [], limits)
        : "unknown";
      if (answer === "unsat") continue;
      if (answer === "unknown")
        return { nodes: null, cost: { kind: "bounds", low: size, high: Infinity, method } };
      const common = (id: NodeId): boolean => chosen.every((inside) => session.value(inside.get(id)!));
      return { nodes: ids.filter(common), cost: { kind: "exact", value: size, method } };
    }
    return { nodes: null, cost: { kind: "exact", value: Infinity, method } };
  } finally {
    session.close();
  }
}
