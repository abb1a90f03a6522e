import { and, type Expr, normalize, or } from "@eunomia/quorum-algebra";
import type { CompiledLabel } from "../labels/compiled.ts";
import { allOf, type NumberedLabel } from "../labels/label.ts";
import type { Model } from "../model/model.ts";
import { type Route, type Routes, routesOf } from "./routes.ts";
import { type ClosedExprs, closedExprs } from "./symbolic.ts";

/** The closed labels of a model, found when they are first asked for. */
export class Closure {
  readonly #model: Model;
  readonly #labels: readonly CompiledLabel[];
  #routes: Routes | null | undefined;
  #exprs: ClosedExprs | undefined;

  constructor(model: Model, labels: readonly CompiledLabel[]) {
    this.#model = model;
    this.#labels = labels;
  }

  /** Null: more than can be kept. */
  get routes(): Routes | null {
    if (this.#routes === undefined) this.#routes = routesOf(this.#model, this.#labels);
    return this.#routes;
  }

  /** The ways in which two learners come to agree; null: too many. */
  between(a: number, b: number): readonly Route[] | null {
    return this.routes?.between(a, b) ?? null;
  }

  /** One label per way. Null: too many ways. */
  alternatives(a: number, b: number): readonly NumberedLabel[] | null {
    const ways = this.between(a, b);
    return ways?.map(({ labels }) => allOf(labels.map((label) => this.#model.labels[label]!))) ?? null;
  }

  /** The closed label as one expression, in normal form. Null: shares of stake are part of it. */
  expr(a: number, b: number): Expr | null {
    const ways = this.between(a, b);
    if (ways === null) {
      if (this.#labels.some(({ shares }) => shares.length > 0)) return null;
      this.#exprs ??= closedExprs(this.#model, (label) => this.#labels[label]!.expr);
      return normalize(this.#exprs(a, b));
    }
    if (ways.some(({ labels }) => labels.some((label) => this.#labels[label]!.shares.length > 0)))
      return null;
    return normalize(
      or(...ways.map(({ labels }) => and(...labels.map((label) => this.#labels[label]!.expr)))),
    );
  }
}
