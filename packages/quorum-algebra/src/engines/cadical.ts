import type { Limits } from "../answers.ts";
import type { Cnf, SatSession, SatSolver } from "../engines.ts";
import { Budget } from "../limits.ts";

/** What the adapter uses of the class `Cadical` of `cadical-wasm` (version 0.1.2 or later). */
export type CadicalClass<Module> = new (
  module: Module,
  options: { readonly quiet: boolean },
) => CadicalInstance;

/** One solver in the memory of the WASM module, until `dispose`. */
export interface CadicalInstance {
  ensureVars(maxVar: number): number;
  addClause(literals: Iterable<number>): void;
  solve(options: {
    readonly assumptions: readonly number[];
    readonly conflicts?: number;
  }): "satisfiable" | "unsatisfiable" | "unknown";
  value(literal: number): boolean;
  setTerminate(callback: (() => boolean) | null): void;
  dispose(): void;
}

/** How many steps of a budget one look of the solver stands for: enough that each look reads the clock. */
const stepsPerLook = 256;

/**
 * CaDiCaL as WASM: the solver for large questions. Loading is the caller's, since it waits. Of the limits `maxSteps` counts
 * conflicts; deadline and signal are heeded while it solves. Close sessions: their memory is not JavaScript's.
 *
 * @example
 * import { Cadical, loadCadical } from "cadical-wasm";
 * const engines = { sat: cadicalSolver(Cadical, await loadCadical()) };
 */
export function cadicalSolver<Module>(cadical: CadicalClass<Module>, module: Module): SatSolver {
  return (cnf) => new Session(new cadical(module, { quiet: true }), cnf);
}

class Session implements SatSession {
  readonly #solver: CadicalInstance;
  #vars: number;

  constructor(solver: CadicalInstance, { vars, clauses }: Cnf) {
    this.#solver = solver;
    this.#vars = this.#solver.ensureVars(vars);
    for (const clause of clauses) this.add(clause);
  }

  add(clause: readonly number[]): void {
    for (const literal of clause) this.#reach(literal);
    this.#solver.addClause(clause);
  }

  solve(assume: readonly number[] = [], limits: Limits = {}): "sat" | "unsat" | "unknown" {
    for (const literal of assume) this.#reach(literal);
    const { maxSteps, ...others } = limits;
    const looks = new Budget({ ...others, maxSteps: Number.POSITIVE_INFINITY }, 0);
    const watched = limits.now !== undefined || limits.signal !== undefined;
    if (watched && !looks.spend(stepsPerLook)) return "unknown";
    this.#solver.setTerminate(watched ? () => !looks.spend(stepsPerLook) : null);
    // A count above 2^31 - 1 would be taken for a negative one.
    const conflicts = maxSteps !== undefined && maxSteps < 2 ** 31 ? { conflicts: Math.floor(maxSteps) } : {};
    const status = this.#solver.solve({ assumptions: assume, ...conflicts });
    return status === "satisfiable" ? "sat" : status === "unsatisfiable" ? "unsat" : "unknown";
  }

  value(variable: number): boolean {
    return variable <= this.#vars && this.#solver.value(variable);
  }

  close(): void {
    this.#solver.dispose();
  }

  /** The solver ends the program when asked about a variable that it has never seen. */
  #reach(literal: number): void {
    const variable = Math.abs(literal);
    if (variable > this.#vars) this.#vars = this.#solver.ensureVars(variable);
  }
}
