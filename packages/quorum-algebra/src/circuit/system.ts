import type { QuorumSystem as QuorumSystemDoor, QuorumTracker } from "@eunomia/engine";
import type { Expr } from "../expressions/expr.ts";
import { dual } from "../expressions/transform.ts";
import { type Circuit, compile } from "./circuit.ts";
import { emptySet } from "./evaluate.ts";
import { CircuitTracker } from "./tracker.ts";

/** The door of `@eunomia/engine`, and the expression behind it. */
export interface QuorumSystem extends QuorumSystemDoor {
  readonly expr: Expr;
  /** The system of the blocking sets. */
  dual(): QuorumSystem;
}

/**
 * Compiles an expression once, for asking often. `members` are the nodes left in its normal form.
 *
 * @example
 * const system = quorumSystem(majority(["a", "b", "c"]));
 * system.has(["a", "c"]); // true
 * const tracker = system.tracker();
 * tracker.add("a"); // false
 * tracker.add("b"); // true: now the answer is "won"
 * @throws QuorumError for plain data that is no expression.
 */
export function quorumSystem(expr: Expr): QuorumSystem {
  return systemOf(expr, compile(expr));
}

function systemOf(expr: Expr, circuit: Circuit): QuorumSystem {
  const { ids, indexOf } = circuit.universe;
  return {
    expr,
    members: ids,
    has(set) {
      const nodes = emptySet(circuit);
      for (const id of set) {
        const index = indexOf.get(id);
        if (index !== undefined) nodes.insert(index);
      }
      return nodes.holds();
    },
    tracker: (): QuorumTracker => new CircuitTracker(circuit),
    dual: () => quorumSystem(dual(expr)),
  };
}
