import { neighbours, seeds } from "./moves.ts";
import type { Best } from "./question.ts";
import type { SearchState } from "./state.ts";
import { keyOf, type Tree } from "./tree.ts";

interface Scored {
  readonly tree: Tree;
  readonly score: number;
}

/** Keeps the best `width` systems and goes on from these to all similar ones until no better ones turn up. */
export class Beam {
  readonly #state: SearchState;
  readonly #width: number;
  readonly #known = new Set<string>();
  #kept: readonly Scored[] = [];

  constructor(state: SearchState, width: number) {
    this.#state = state;
    this.#width = Math.max(1, width);
  }

  /** Scores thresholds and equal groups. */
  *begin(): Generator<Best, void, undefined> {
    yield* this.#round(seeds(this.#state.kinds.map(({ length }) => length)));
  }

  /** Goes on until a round brings nothing, or the budget is used up. */
  *run(): Generator<Best, void, undefined> {
    let fresh = this.#kept;
    while (fresh.length > 0 && !this.#state.budget.over) {
      const before = this.#kept;
      yield* this.#round(around(fresh));
      fresh = this.#kept.filter((one) => !before.includes(one));
    }
  }

  /** Lets in those of the systems that are new and among the best. */
  *#round(trees: Iterable<Tree>): Generator<Best, void, undefined> {
    const found: Scored[] = [];
    for (const tree of trees) {
      const key = keyOf(tree);
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      if (!this.#state.budget.spend()) break;
      if (!this.#state.meets(tree) || this.#state.low(tree) >= this.#worst) continue;
      const result = this.#state.tried(tree);
      if (result === null) continue;
      if (result.better !== null) yield result.better;
      found.push({ tree, score: result.score });
    }
    this.#kept = [...this.#kept, ...found].sort((a, b) => a.score - b.score).slice(0, this.#width);
  }

  /** What a system must be better than to get in. */
  get #worst(): number {
    return this.#kept.length < this.#width ? Number.POSITIVE_INFINITY : this.#kept.at(-1)!.score;
  }
}

function* around(from: readonly Scored[]): Generator<Tree> {
  for (const { tree } of from) yield* neighbours(tree);
}
