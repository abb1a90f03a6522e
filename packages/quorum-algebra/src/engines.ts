import type { Limits } from "./answers.ts";

/**
 * Solvers that may be injected. Nothing is mandatory: without them every question is answered within limits. Adapters for
 * `highs`, `yalps`, `cadical-wasm` and `logic-solver` stand in the sub-paths `engines/*`.
 */
export interface Engines {
  readonly lp?: LpSolver;
  readonly sat?: SatSolver;
}

/** Solves one program. Floating point: whoever asks rounds and checks the answer exactly. */
export type LpSolver = (program: LinearProgram) => LpResult;

/** Minimise `min · x` over `x >= 0` with `lo <= row · x <= hi` for every row (infinite: no bound). */
export interface LinearProgram {
  /** One coefficient per variable. */
  readonly min: readonly number[];
  /** Rows are sparse: pairs of a variable's index and its coefficient. */
  readonly rows: readonly {
    readonly a: readonly (readonly [number, number])[];
    readonly lo: number;
    readonly hi: number;
  }[];
  /** Upper bounds of variables; infinite where absent. */
  readonly upper?: ReadonlyMap<number, number>;
  /** Indices of the variables that must be whole. */
  readonly integer?: readonly number[];
}

export interface LpResult {
  readonly status: "optimal" | "infeasible" | "unbounded" | "limit";
  /** The solution, one value per variable; empty unless optimal. */
  readonly x: readonly number[];
  /** One price per row; empty where the solver gives none. */
  readonly dual: readonly number[];
  readonly value: number;
}

/** Clauses over variables 1 to `vars`; a negative number is a variable that must be false. */
export interface Cnf {
  readonly vars: number;
  readonly clauses: readonly (readonly number[])[];
}

/** Opens a solver for one set of clauses that grows. */
export type SatSolver = (cnf: Cnf) => SatSession;

/** Solves again and again under assumptions, and learns clauses in between. */
export interface SatSession {
  /** Of `limits`, those that the solver can heed: it answers `unknown` when one is reached. */
  solve(assume?: readonly number[], limits?: Limits): "sat" | "unsat" | "unknown";
  /** After `sat`: whether the variable is true. */
  value(variable: number): boolean;
  /** One clause more; new variables may be named. */
  add(clause: readonly number[]): void;
  /** Frees what the solver holds. */
  close(): void;
}
