import type { Limits, Unknown } from "../answers.ts";
import type { Engines, SatSession } from "../engines.ts";
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
  readonly #limits: Limits;
  readonly #until: number;

  constructor(formula: Formula, limits: Limits, engines: Engines) {
    this.formula = formula;
    this.method = engines.sat === undefined ? "built-in solver" : "solver";
    this.#limits = engines.sat === undefined ? { maxSteps: builtInSteps, ...limits } : limits;
    const { deadlineMs, now } = limits;
    this.#until = deadlineMs === undefined || now === undefined ? 0 : now() + deadlineMs;
    this.#session = (engines.sat ?? dpll)(formula.cnf());
  }

  /** Why `solve` may answer "unknown": a better solver could help, or had none to help it. */
  get reason(): Unknown {
    return this.method === "solver" ? "limit" : "noEngine";
  }

  solve(assume: readonly Literal[] = []): "sat" | "unsat" | "unknown" {
    for (const clause of this.formula.news()) this.#session.add(clause);
    const { deadlineMs, now } = this.#limits;
    if (deadlineMs === undefined || now === undefined) return this.#session.solve(assume, this.#limits);
    return this.#session.solve(assume, { ...this.#limits, deadlineMs: Math.max(0, this.#until - now()) });
  }

  /** After "sat": which of the literals are true, as indices. */
  chosen(literals: readonly Literal[]): readonly number[] {
    return [...literals.keys()].filter((at) => {
      const literal = literals[at]!;
      return this.#session.value(Math.abs(literal)) === literal > 0;
    });
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
        solving.#session.close();
      }
    } catch (error) {
      if (error instanceof FormulaTooLarge) return null;
      throw error;
    }
  }
}
