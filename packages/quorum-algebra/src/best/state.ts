import type { NodeId } from "@eunomia/engine";
import type { Method } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { checkMembers } from "../expressions/constructors.ts";
import { type Budget, OverLimit } from "../limits.ts";
import { trees } from "./enumerate.ts";
import type { Best, SearchQuestion, SearchReport } from "./question.ts";
import type { Candidate } from "./score.ts";
import { dualExprOfTree, exprOfTree, type Tree } from "./tree.ts";

/** Enough for 7 nodes of different kinds. */
const keepDefault = 150_000;
/** Scoring a system takes as long as looking at so many. */
const stepsPerScore = 100;
/** Scores and bounds are doubles. */
const tolerance = 1e-9;

/** A system that meets the counted conditions, and a bound of its score. */
export interface Bounded {
  readonly tree: Tree;
  readonly low: number;
}

/** What a search knows, whichever way it goes. */
export class SearchState {
  readonly budget: Budget;
  /** Nodes by kind; the trees of the search have kinds as leaves. */
  readonly kinds: readonly (readonly NodeId[])[];
  readonly #question: SearchQuestion;
  #best: Best | null = null;
  #seen = 0;
  #candidates = 0;
  #scored = 0;
  /** Some score is not known: there may be a better system. */
  #doubtful = false;

  /** @throws QuorumError as `search`. */
  constructor(question: SearchQuestion, budget: Budget) {
    const {
      nodes,
      score,
      phases = "two",
      crashes = 0,
      byzantine = 0,
      masking = 0,
      keep = 0,
      width = 0,
    } = question;
    checkMembers(nodes);
    for (const [name, count] of Object.entries({ crashes, byzantine, masking, keep, width }))
      if (!Number.isSafeInteger(count) || count < 0)
        throw new QuorumError("quantity", name, "an integer of at least 0", count);
    if (phases === "two" && byzantine + masking > 0)
      throw new QuorumError("quantity", "phases", '"one" if nodes may be Byzantine', phases);
    this.budget = budget;
    this.#question = question;
    const kinds = new Map<string, NodeId[]>();
    for (const id of [...nodes].sort()) {
      const kind = (question.require === undefined ? score.kind?.(id) : undefined) ?? `node ${id}`;
      kinds.set(kind, [...(kinds.get(kind) ?? []), id]);
    }
    this.kinds = [...kinds.values()];
  }

  /** Whether a tree meets what can be counted. Each tree is to be asked about once. */
  meets({ quorum, cut, overlap }: Tree): boolean {
    this.#seen++;
    const { phases = "two", crashes = 0, byzantine = 0, masking = 0 } = this.#question;
    const faults = Math.max(crashes, byzantine, masking);
    const fits =
      phases === "two"
        ? Math.min(quorum, cut) > faults
        : cut > faults && overlap > Math.max(byzantine, 2 * masking);
    if (fits) this.#candidates++;
    return fits;
  }

  /** A bound of the score of a tree. */
  low(tree: Tree): number {
    return this.#question.score.low?.(this.#candidate(tree)) ?? Number.NEGATIVE_INFINITY;
  }

  /** All systems that meet the counted conditions, by rising bound; null if there are too many. */
  enumerated(): readonly Bounded[] | null {
    const before = [this.#seen, this.#candidates, this.#scored] as const;
    [this.#seen, this.#candidates, this.#scored] = [0, 0, 0];
    const found: Bounded[] = [];
    try {
      const counts = this.kinds.map(({ length }) => length);
      for (const tree of trees(counts, this.#question.keep ?? keepDefault, this.budget)) {
        if (!this.budget.spend()) throw new OverLimit();
        if (this.meets(tree)) found.push({ tree, low: this.low(tree) });
      }
      return found.sort((a, b) => a.low - b.low);
    } catch (error) {
      if (!(error instanceof OverLimit)) throw error;
      [this.#seen, this.#candidates, this.#scored] = before;
      return null;
    }
  }

  /** No system with this bound is better than the best one. */
  isHopeless(low: number): boolean {
    return this.#best !== null && low >= this.#best.score * (1 - tolerance);
  }

  /** The score of a tree if it is of use, and the system if it is the best so far. */
  tried(tree: Tree): { readonly score: number; readonly better: Best | null } | null {
    const { score, require } = this.#question;
    const candidate = this.#candidate(tree);
    if (!this.budget.spend(stepsPerScore) || require?.(candidate) === false) return null;
    this.#scored++;
    const value = score.score(candidate);
    if (value === null || Number.isNaN(value)) this.#doubtful = true;
    if (value === null || !(value < Number.POSITIVE_INFINITY)) return null;
    if (this.#best !== null && !(value < this.#best.score * (1 - tolerance)))
      return { score: value, better: null };
    this.#best = { ...candidate, score: value };
    return { score: value, better: this.#best };
  }

  report(method: Method, exhausted: boolean): SearchReport {
    return {
      best: this.#best,
      complete: exhausted && !this.#doubtful && !this.budget.over,
      method,
      seen: this.#seen,
      candidates: this.#candidates,
      scored: this.#scored,
    };
  }

  #candidate(tree: Tree): Candidate {
    const reads = exprOfTree(tree, this.kinds);
    return { reads, writes: this.#question.phases === "one" ? reads : dualExprOfTree(tree, this.kinds) };
  }
}
