import type { Limits } from "../answers.ts";
import type { Universe } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import { interchangeableNodes } from "../circuit/classes.ts";
import { emptySet, type NodeSet } from "../circuit/evaluate.ts";
import { neverCovered } from "../cover/intersection.ts";
import type { Engines } from "../engines.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { dual, restrictByzantine } from "../expressions/transform.ts";
import { type Budget, OverLimit, running } from "../limits.ts";
import { type Part, partsOf, universeFor } from "./parts.ts";
import { splitParts } from "./splitting.ts";

/** A monotone condition on sets of nodes whose minimal sets are wanted, in the forms that the methods need. */
export interface Question {
  readonly universe: Universe;
  /** Taken apart. @throws OverLimit */
  parts(budget: Budget): Part;
  /** An empty set that can be asked whether the condition holds for it. @throws OverLimit when asked and undecided. */
  oracle(): NodeSet;
  /** Nodes that can be swapped, as indices. */
  classes(): readonly (readonly number[])[];
}

/** "Contains a quorum." */
export function quorumQuestion(quorums: Quorums): Question {
  return questionOf(normalize(exprOf(quorums)));
}

/** "Hits every quorum." */
export function blockingQuestion(quorums: Quorums): Question {
  return questionOf(normalize(dual(exprOf(quorums))));
}

function questionOf(normal: Expr): Question {
  const universe = universeFor(normal);
  return {
    universe,
    parts: (budget) => partsOf(normal, universe, budget),
    oracle: () => emptySet(compile(normal, universe)),
    classes: () => interchangeableNodes([compile(normal, universe)]),
  };
}

/** "Some quorum of each have nothing in common outside." `limits` are those of the oracle; its steps count for each of its tests. */
export function splittingQuestion(left: Quorums, right: Quorums, limits: Limits, engines: Engines): Question {
  const sides = [normalize(exprOf(left)), normalize(exprOf(right))] as const;
  const universe = universeFor(...sides);
  return {
    universe,
    parts(budget) {
      const first = partsOf(sides[0], universe, budget);
      const same = sides[0] === sides[1] || left === right;
      return splitParts(first, same ? first : partsOf(sides[1], universe, budget), budget);
    },
    oracle: () => new SplittingSet(universe, sides, limits, engines),
    classes: () => interchangeableNodes(sides.map((side) => compile(side, universe))),
  };
}

/** Asks the intersection test about what remains of both systems when the nodes of the set help anybody. */
class SplittingSet implements NodeSet {
  readonly #universe: Universe;
  readonly #sides: readonly Expr[];
  readonly #remaining: () => Limits;
  readonly #engines: Engines;
  readonly #inside = new Set<number>();
  constructor(universe: Universe, sides: readonly Expr[], limits: Limits, engines: Engines) {
    this.#universe = universe;
    this.#sides = sides;
    this.#remaining = running(limits);
    this.#engines = engines;
  }
  insert(index: number): void {
    this.#inside.add(index);
  }
  remove(index: number): void {
    this.#inside.delete(index);
  }
  clear(): void {
    this.#inside.clear();
  }
  holds(): boolean {
    const helping = [...this.#inside].map((index) => this.#universe.ids[index]!);
    const verdict = neverCovered(
      this.#sides.map((side) => restrictByzantine(side, helping)),
      [],
      this.#remaining(),
      this.#engines,
    );
    if (verdict.holds === null) throw new OverLimit();
    return !verdict.holds;
  }
}
