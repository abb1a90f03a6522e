import type { Limits, Unknown } from "../answers.ts";
import type { Engines, SatSession } from "../engines.ts";
import { running } from "../limits.ts";
import { dpll } from "./dpll.ts";
import { type Formula, FormulaTooLarge, type Literal } from "./formula.ts";

/** Steps of the built-in solver in one call, where the limits name none. */
const builtInSteps = 200_000;

/**
 * One formula and the solver for it under the limits of one question: the deadline holds for all calls together, the steps for each.
 * What is added to the formula later goes to the solver before the next call.
 */
export class Solving {
  readonly formula: Formula;
  readonly method: "solver" | "built-in solver";
  readonly #session: SatSession;
  readonly #left: () => Limits;

  constructor(formula: Formula, limits: Limits, engines: Engines) {
    this.formula = formula;
    this.method = engines.sat === undefined ? "built-in solver" : "solver";
    this.#left = running(engines.sat === undefined ? { maxSteps: builtInSteps, ...limits } : limits);
    this.#session = (engines.sat ?? dpll)(formula.cnf());
  }

  /** Why `solve` may answer "unknown": a better solver could help, or had none to help it. */
  get reason(): Unknown {
    return this.method === "solver" ? "limit" : "noEngine";
  }

  solve(assume: readonly Literal[] = []): "sat" | "unsat" | "unknown" {
    for (const clause of this.formula.news()) this.#session.add(clause);
    return this.#session.solve(assume, this.#left());
  }

  /** After "sat": which of the literals are true, as indices. */
  chosen(literals: readonly Literal[]): readonly number[] {
    return [...literals.keys()].filter((at) => {
      const literal = literals[at]!;
      return this.#session.value(Math.abs(literal)) === literal > 0;
    });
  }

  close(): void {
    this.#session.close();
  }

  /** What `ask` answers, with a solver that is closed in any case; null if the formula would be too large. */
  static with<T>(
    build: () => Formula,
    limits: Limits,
    engines: Engines,
    ask: (solving: Solving) => T,
  ): T | null {
    try {
      const solving = new Solving(build(), limits, engines);
      try {
        return ask(solving);
      } finally {
        solving.close();
      }
    } catch (error) {
      if (error instanceof FormulaTooLarge) return null;
      throw error;
    }
  }
}
