import type { Limits } from "../answers.ts";
import type { Cnf, SatSession, SatSolver } from "../engines.ts";

/** What the adapter uses of the module `logic-solver` (version 2.0.1 or later), which brings no types of its own. */
export interface Logic {
  readonly Solver: new () => LogicSolver;
  or(...terms: (readonly string[])[]): unknown;
  and(...terms: (readonly string[])[]): unknown;
  disablingAssertions<T>(work: () => T): T;
}

/** Formulas that must hold, and the question whether they can. */
export interface LogicSolver {
  require(formula: unknown): void;
  solve(): LogicSolution | null;
  solveAssuming(formula: unknown): LogicSolution | null;
}

/** A model, by the names of the variables that are true in it. */
export interface LogicSolution {
  getTrueVars(): readonly string[];
}

/**
 * MiniSat as plain JavaScript, where WASM is not allowed. It cannot be interrupted: limits are looked at before each question only,
 * and `maxSteps` says nothing to it.
 *
 * @example
 * import Logic from "logic-solver";
 * const engines = { sat: logicSolver(Logic) };
 */
export function logicSolver(logic: Logic): SatSolver {
  return (cnf) => new Session(logic, cnf);
}

const term = (literal: number): string => (literal > 0 ? `v${literal}` : `-v${-literal}`);

class Session implements SatSession {
  readonly #logic: Logic;
  #solver: LogicSolver | null;
  #model: ReadonlySet<string> = new Set();

  constructor(logic: Logic, { clauses }: Cnf) {
    this.#logic = logic;
    this.#solver = new logic.Solver();
    for (const clause of clauses) this.add(clause);
  }

  add(clause: readonly number[]): void {
    const { or, disablingAssertions } = this.#logic;
    disablingAssertions(() => this.#open().require(or(clause.map(term))));
  }

  solve(assume: readonly number[] = [], limits: Limits = {}): "sat" | "unsat" | "unknown" {
    const { deadlineMs, signal } = limits;
    if (signal?.aborted === true || deadlineMs === 0) return "unknown";
    const solver = this.#open();
    const solution = this.#logic.disablingAssertions(() =>
      assume.length === 0 ? solver.solve() : solver.solveAssuming(this.#logic.and(assume.map(term))),
    );
    if (solution === null) return "unsat";
    this.#model = new Set(solution.getTrueVars());
    return "sat";
  }

  value(variable: number): boolean {
    return this.#model.has(`v${variable}`);
  }

  close(): void {
    this.#solver = null;
  }

  #open(): LogicSolver {
    if (this.#solver === null)
      throw new Error('"session" expected an open one, got a closed one: open another');
    return this.#solver;
  }
}
