import type { Cnf } from "../engines.ts";

/** A variable from 1 upward, or its negation as a negative number. */
export type Literal = number;

/** Clauses beyond this are refused: whoever needs more is better served by another method. */
const clausesMaxDefault = 2_000_000;

/** A formula would have more clauses than it may. Sums of many different weights do that: an integer program fits them better. */
export class FormulaTooLarge extends Error {
  readonly code = "too-large";
  readonly clausesMax: number;
  constructor(clausesMax: number) {
    super(`expected a formula of at most ${clausesMax} clauses, got more: ask an integer program instead`);
    this.name = "FormulaTooLarge";
    this.clausesMax = clausesMax;
  }
}

/**
 * Clauses in the making. Variable 1 is always true, so that constants are literals like others: `yes` and `-yes`.
 *
 * @example
 * const formula = new Formula();
 * const [a, b] = [formula.fresh(), formula.fresh()];
 * formula.add(a, -b);
 * const session = solver(formula.cnf());
 * formula.add(b);
 * for (const clause of formula.news()) session.add(clause);
 */
export class Formula {
  readonly yes: Literal = 1;
  readonly #clauses: (readonly Literal[])[] = [[1]];
  readonly #clausesMax: number;
  #vars = 1;
  #told = 0;

  constructor(clausesMax: number = clausesMaxDefault) {
    this.#clausesMax = clausesMax;
  }

  /** A new variable. */
  fresh(): Literal {
    return ++this.#vars;
  }

  freshMany(count: number): Literal[] {
    return Array.from({ length: count }, () => ++this.#vars);
  }

  /** At least one of the literals is true. @throws FormulaTooLarge */
  add(...literals: readonly Literal[]): void {
    if (this.#clauses.length >= this.#clausesMax) throw new FormulaTooLarge(this.#clausesMax);
    this.#clauses.push(literals);
  }

  /** Everything so far. */
  cnf(): Cnf {
    this.#told = this.#clauses.length;
    return { vars: this.#vars, clauses: this.#clauses.slice() };
  }

  /** The clauses added since the last `cnf` or `news`, for a session that is open already. */
  news(): readonly (readonly Literal[])[] {
    const news = this.#clauses.slice(this.#told);
    this.#told = this.#clauses.length;
    return news;
  }
}
