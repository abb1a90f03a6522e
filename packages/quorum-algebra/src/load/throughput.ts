import type { Universe } from "../circuit/bits.ts";
import type { Expr } from "../expressions/expr.ts";
import type { Choice } from "./strategy.ts";
import { type Gate, treeChoice } from "./units.ts";

/** Rounding of a sum of rates. */
const error = 1e-12;

/**
 * Operations of one kind in a tree of counting gates where every node occurs once, without a program. T(node) = its capacity;
 * T(k of n) is the largest t at which the children, none used more than t, can be used k t times: the sum of min(T(child), t) is at
 * least k t. Sort and scan.
 */
export class Throughput {
  readonly #rates = new Map<Expr, number>();
  readonly #universe: Universe;
  readonly #root: Expr;

  constructor(root: Expr, universe: Universe, capacity: readonly number[]) {
    this.#root = root;
    this.#universe = universe;
    const rate = (e: Expr): number => {
      const found =
        e.t === "node"
          ? capacity[universe.indexOf.get(e.id)!]!
          : gateRate(gateOf(e).of.map(rate), gateOf(e).k);
      this.#rates.set(e, found);
      return found;
    };
    rate(root);
  }

  /** How many operations per unit of time. */
  get rate(): number {
    return this.#rates.get(this.#root)!;
  }

  /** All rates in parts of the root's, those that count at all. */
  *ratios(): Iterable<number> {
    for (const rate of this.#rates.values()) if (rate < this.rate) yield rate / this.rate;
  }

  /** A strategy that reaches it, in whole units. */
  choice(unit: number): Choice {
    const scale = unit / this.rate;
    return treeChoice(this.#root, unit, (gate, own) =>
      gate.of.map((child) => Math.min(own, this.#rates.get(child)! * scale)),
    );
  }

  /**
   * Weights of nodes that prove that there is no better one: those children of a gate that are used to their last share its weight
   * in proportion to their rates, so that each costs the same per use, and any k children cost at least 1 / t.
   */
  weights(): number[] {
    const weights = new Array<number>(this.#universe.ids.length).fill(0);
    const visit = (e: Expr, own: number): void => {
      if (e.t === "node") {
        weights[this.#universe.indexOf.get(e.id)!] = own;
        return;
      }
      const most = this.#rates.get(e)! * (1 + error);
      const busy = gateOf(e).of.filter((child) => this.#rates.get(child)! <= most);
      const total = busy.reduce((sum, child) => sum + this.#rates.get(child)!, 0);
      for (const child of busy) visit(child, (own * this.#rates.get(child)!) / total);
    };
    visit(this.#root, 1);
    return weights;
  }
}

function gateOf(e: Expr): Gate {
  if (e.t !== "thr") throw new Error("fault: only counting gates have a rate");
  return e;
}

/** The largest t with sum of min(rate, t) >= k t: the slowest m children at their rates, n - m at t, for the first m that fits. */
function gateRate(rates: readonly number[], k: number): number {
  const sorted = [...rates].sort((a, b) => a - b);
  let slow = 0;
  for (const [i, rate] of sorted.entries()) {
    slow += rate;
    const needed = k - (sorted.length - i - 1);
    if (needed <= 0) continue;
    const t = slow / needed;
    if (i + 1 === sorted.length || t <= sorted[i + 1]!) return t;
  }
  throw new Error("fault: at the latest all children are slow");
}

/** Every gate uses its children alike. */
export function uniformChoice(root: Expr, unit: number): Choice {
  return treeChoice(root, unit, (gate, own) => gate.of.map(() => (own * gate.k) / gate.of.length));
}

/** Leaves of a tree that are looked at, at most, to use it uniformly. */
const leavesMax = 20_000;

/** The units in which `uniformChoice` needs no rounding; null beyond `most`, or for a tree with gates of another kind. */
export function uniformUnit(root: Expr, most: number): number | null {
  let unit = 1;
  let leaves = 0;
  const visit = (e: Expr, product: number): boolean => {
    if (e.t === "node") {
      unit = lcm(unit, product);
      return unit <= most && ++leaves <= leavesMax;
    }
    const inner = e.t === "thr" ? product * e.of.length : Infinity;
    return e.t === "thr" && inner <= most && e.of.every((child) => visit(child, inner));
  };
  return visit(root, 1) ? unit : null;
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
