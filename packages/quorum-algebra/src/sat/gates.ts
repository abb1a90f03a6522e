import type { NodeId } from "@eunomia/engine";
import type { Expr } from "../expressions/expr.ts";
import { dual } from "../expressions/transform.ts";
import { Budget, withinLimits } from "../limits.ts";
import { Diagram, no, yes } from "../toolkit/diagram.ts";
import { weigh } from "../toolkit/weigh.ts";
import { type Formula, FormulaTooLarge, type Literal } from "./formula.ts";
import { totalizer, totalizerDown } from "./totalizer.ts";

/** A gate becomes plain clauses if there are no more than these; above, a totalizer. */
const plainClausesMax = 40;
/** Nodes of the decision diagram of a weighted gate; above, an integer program is the better tool. */
const diagramMax = 40_000;

/**
 * Puts expressions into a formula, in one polarity: the literal of an expression, if true, makes it hold; if it is false, nothing
 * is said. Monotone expressions need no more, and it halves the clauses. Equal gates over equal literals are encoded once, also
 * across expressions.
 *
 * @example
 * const encoder = new Encoder(formula, (id) => inQuorum.get(id)!);
 * formula.add(-chosen, encoder.holds(expr)); // if chosen, the true nodes contain a quorum
 */
export class Encoder {
  readonly #formula: Formula;
  readonly #input: (id: NodeId) => Literal;
  readonly #gates = new Map<string, Literal>();
  readonly #done = new Map<Expr, Literal>();

  /** `input`: what stands for a node; `formula.yes` or its negation for a node that is there, or is not. */
  constructor(formula: Formula, input: (id: NodeId) => Literal) {
    this.#formula = formula;
    this.#input = input;
  }

  /** If true, `expr` holds of the nodes whose input is true. @throws FormulaTooLarge for too many different sums of weights. */
  holds(expr: Expr): Literal {
    const known = this.#done.get(expr);
    if (known !== undefined) return known;
    const literal = this.#build(expr);
    this.#done.set(expr, literal);
    return literal;
  }

  #build(expr: Expr): Literal {
    const { yes } = this.#formula;
    if (expr.t === "node") return this.#input(expr.id);
    if (expr.t === "const") return expr.v ? yes : -yes;
    if (expr.t === "thr")
      return this.#count(
        expr.k,
        expr.of.map((child) => this.holds(child)),
      );
    return this.#weigh(
      expr.k,
      expr.of.map(([weight, child]) => [weight, this.holds(child)] as const),
    );
  }

  #count(k: number, children: readonly Literal[]): Literal {
    const formula = this.#formula;
    const open = children.filter((literal) => Math.abs(literal) !== formula.yes).sort((a, b) => a - b);
    const need = k - children.filter((literal) => literal === formula.yes).length;
    if (need <= 0) return formula.yes;
    if (need > open.length) return -formula.yes;
    if (open.length === 1) return open[0]!;
    return this.#once(`${need}:${open.join()}`, (gate) => atLeast(formula, gate, need, open));
  }

  #weigh(k: bigint, children: readonly (readonly [bigint, Literal])[]): Literal {
    const formula = this.#formula;
    const merged = new Map<Literal, bigint>();
    let need = k;
    for (const [weight, literal] of children) {
      if (literal === formula.yes) need -= weight;
      else if (literal !== -formula.yes) merged.set(literal, (merged.get(literal) ?? 0n) + weight);
    }
    if (need <= 0n) return formula.yes;
    const open = [...merged]
      .filter(([, weight]) => weight > 0n)
      .sort(([a, v], [b, w]) => (v > w ? -1 : v < w ? 1 : a - b));
    const key = `${need}:${open.map(([literal, weight]) => `${weight}*${literal}`).join()}`;
    return this.#once(key, (gate) => formula.add(-gate, weighs(formula, need, open)));
  }

  #once(key: string, encode: (gate: Literal) => void): Literal {
    const known = this.#gates.get(key);
    if (known !== undefined) return known;
    const gate = this.#formula.fresh();
    this.#gates.set(key, gate);
    encode(gate);
    return gate;
  }
}

/**
 * A literal that, if true, keeps `expr` from holding of the nodes whose input is true (the other polarity): the dual must hold
 * of the others.
 */
export function fails(formula: Formula, expr: Expr, input: (id: NodeId) => Literal): Literal {
  return new Encoder(formula, (id) => -input(id)).holds(dual(expr));
}

/** If `gate`, then at least `k` of the literals. */
function atLeast(formula: Formula, gate: Literal, k: number, literals: readonly Literal[]): void {
  const { length } = literals;
  if (k === 1) {
    formula.add(-gate, ...literals);
  } else if (k === length) {
    for (const literal of literals) formula.add(-gate, literal);
  } else if (choices(length, k - 1) <= plainClausesMax) {
    // Of any length - k + 1 literals one is true.
    for (const clause of subsets(literals, length - k + 1)) formula.add(-gate, ...clause);
  } else if (k <= length - k + 1) {
    formula.add(-gate, totalizerDown(formula, literals, k)[k - 1]!);
  } else {
    const lacking = totalizer(
      formula,
      literals.map((literal) => -literal),
      length - k + 1,
    );
    formula.add(-gate, -lacking[length - k]!);
  }
}

/** Number of ways to choose, as far as it matters here. */
function choices(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < Math.min(k, n - k) && ways <= plainClausesMax; i++) ways = (ways * (n - i)) / (i + 1);
  return ways;
}

function* subsets(literals: readonly Literal[], size: number, from = 0): Generator<Literal[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i + size <= literals.length; i++)
    for (const rest of subsets(literals, size - 1, i + 1)) yield [literals[i]!, ...rest];
}

/**
 * The weights of true literals, heaviest first, reach `need`: a decision diagram, one variable per node of it (Abío et al., "A new
 * look at BDDs for pseudo-boolean constraints"). If a node is true, so is its high branch, and its low one unless the item is.
 */
function weighs(formula: Formula, need: bigint, items: readonly (readonly [Literal, bigint])[]): Literal {
  const diagram = new Diagram(new Budget({}, Number.POSITIVE_INFINITY), diagramMax);
  const root = withinLimits(() =>
    weigh(
      diagram,
      need,
      items.map(([, weight], i) => [weight, diagram.variable(i)] as const),
    ),
  );
  if (root === null) throw new FormulaTooLarge(diagramMax);
  const done = new Map<number, Literal>([
    [no, -formula.yes],
    [yes, formula.yes],
  ]);
  const visit = (node: number): Literal => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const [item] = items[diagram.level(node)]!;
    const [low, high] = [visit(diagram.low(node)), visit(diagram.high(node))];
    const literal = formula.fresh();
    formula.add(-literal, high);
    formula.add(-literal, item, low);
    done.set(node, literal);
    return literal;
  };
  return visit(root);
}
