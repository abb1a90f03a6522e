import { and, type Expr, normalize, or } from "@eunomia/quorum-algebra";
import type { CompiledModel } from "../labels/compiled.ts";
import { allOf, type NumberedLabel } from "../labels/label.ts";
import { type Route, type Routes, routesOf } from "./routes.ts";
import { type ClosedExprs, closedExprs } from "./symbolic.ts";

/** The closed labels of a model, found when they are first asked for. */
export class Closure {
  readonly #compiled: CompiledModel;
  #routes: Routes | null | undefined;
  #exprs: ClosedExprs | undefined;

  constructor(compiled: CompiledModel) {
    this.#compiled = compiled;
  }

  /** Null: more than can be kept. */
  get routes(): Routes | null {
    if (this.#routes === undefined) this.#routes = routesOf(this.#compiled);
    return this.#routes;
  }

  /** The ways in which two learners come to agree; null: too many. */
  between(a: number, b: number): readonly Route[] | null {
    return this.routes?.between(a, b) ?? null;
  }

  /** One label per way. Null: too many ways. */
  alternatives(a: number, b: number): readonly NumberedLabel[] | null {
    const { atoms } = this.#compiled;
    return this.between(a, b)?.map((way) => allOf(way.atoms.map((atom) => atoms[atom]!.label))) ?? null;
  }

  /** The closed label as one expression, in normal form. Null: shares of stake are part of it. */
  expr(a: number, b: number): Expr | null {
    const { model, labels, atoms } = this.#compiled;
    const ways = this.between(a, b)?.map((way) => way.atoms.map((atom) => atoms[atom]!));
    if (ways === undefined) {
      if (labels.some(({ shares }) => shares.length > 0)) return null;
      this.#exprs ??= closedExprs(model, (label) => labels[label]!.expr);
      return normalize(this.#exprs(a, b));
    }
    if (ways.some((way) => way.some(({ shares }) => shares.length > 0))) return null;
    return normalize(or(...ways.map((way) => and(...way.map(({ expr }) => expr)))));
  }
}
