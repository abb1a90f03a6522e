import { and, constant, type Expr, or } from "@eunomia/quorum-algebra";
import type { Model } from "../model/model.ts";

/** The closed label of a pair as one expression whose parts are shared with the others'. */
export type ClosedExprs = (a: number, b: number) => Expr;

/**
 * Floyd and Warshall over expressions: after learner k, the label of a pair holds if a path through learners up to k
 * does. Equal gates are one object, so all labels together have less than two gates per triple of learners; nothing is
 * multiplied out. Shares of stake are no expressions: `exprOf` says what stands for a label.
 */
export function closedExprs(model: Model, exprOf: (label: number) => Expr): ClosedExprs {
  const count = model.learners.length;
  const gates = new Gates();
  const never = constant(false);
  const closed: Expr[][] = Array.from({ length: count }, () => new Array<Expr>(count).fill(never));
  const set = (a: number, b: number, expr: Expr): void => {
    closed[a]![b] = expr;
    closed[b]![a] = expr;
  };
  for (const { a, b, label } of model.edges) if (a !== b) set(a, b, gates.leaf(exprOf(label), label));
  for (let k = 0; k < count; k++)
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++)
        if (i !== k && j !== k)
          set(i, j, gates.or(closed[i]![j]!, gates.and(closed[i]![k]!, closed[k]![j]!)));
  for (const { a, b, label } of model.edges) {
    const expr = gates.leaf(exprOf(label), label);
    set(a, a, gates.or(closed[a]![a]!, expr));
    if (a !== b) set(b, b, gates.or(closed[b]![b]!, expr));
  }
  return (a, b) => closed[a]![b]!;
}

/** Two-legged gates, equal ones made once. */
class Gates {
  readonly #made = new Map<string, Expr>();
  readonly #numbers = new Map<Expr, number>();

  leaf(expr: Expr, label: number): Expr {
    return expr.t === "const" ? constant(expr.v) : this.#once(`L${label}`, () => expr);
  }

  or(x: Expr, y: Expr): Expr {
    if (x.t === "const") return x.v ? x : y;
    if (y.t === "const") return y.v ? y : x;
    return x === y ? x : this.#once(this.#key("|", x, y), () => or(x, y));
  }

  and(x: Expr, y: Expr): Expr {
    if (x.t === "const") return x.v ? y : x;
    if (y.t === "const") return y.v ? x : y;
    return x === y ? x : this.#once(this.#key("&", x, y), () => and(x, y));
  }

  #key(sign: string, x: Expr, y: Expr): string {
    const [low, high] = [this.#numbers.get(x)!, this.#numbers.get(y)!].sort((a, b) => a - b);
    return `${low}${sign}${high}`;
  }

  #once(key: string, make: () => Expr): Expr {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#made.set(key, made);
    if (!this.#numbers.has(made)) this.#numbers.set(made, this.#numbers.size);
    return made;
  }
}
