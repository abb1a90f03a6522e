import type { Limits } from "../answers.ts";
import { Budget } from "../limits.ts";
import { Beam } from "./beam.ts";
import type { Best, SearchQuestion, SearchReport } from "./question.ts";
import { SearchState } from "./state.ts";

/** Steps of a search without limits: a step is a system that is looked at, and a hundred are one that is scored. */
const maxStepsDefault = 3_000_000;

/**
 * Searches the systems in which every node occurs once, built of counting gates. Up to 7 nodes (more where nodes can be
 * swapped) they are enumerated, filtered without a program, and scored by rising bound until no better one can come. Beyond
 * that a beam search moves from systems to similar ones: it finds good systems and says `complete: false`. Gives each system
 * that is better than those before, and the report at the end.
 *
 * @throws QuorumError `empty` or `duplicate-member` for nodes, `quantity` for numbers of failures.
 */
export function* search(
  question: SearchQuestion,
  limits: Limits = {},
): Generator<Best, SearchReport, undefined> {
  const state = new SearchState(question, new Budget(limits, maxStepsDefault));
  // Something is known at once, and much need not be scored then.
  const beam = new Beam(state, question.width ?? 8);
  yield* beam.begin();
  const all = state.enumerated();
  if (all === null) {
    yield* beam.run();
    return state.report("beam search", false);
  }
  for (const { tree, low } of all) {
    if (state.isHopeless(low) || state.budget.over) break;
    const better = state.tried(tree)?.better ?? null;
    if (better !== null) yield better;
  }
  return state.report("enumeration", true);
}

/**
 * Runs `search` to its end.
 *
 * @example
 * findBest({ nodes: ["a", "b", "c", "d", "e"], crashes: 1, score: loadScore({ readFraction: 0.8 }, { lp }) }).best;
 */
export function findBest(question: SearchQuestion, limits: Limits = {}): SearchReport {
  const run = search(question, limits);
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}
