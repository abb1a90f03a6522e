/** The best system for given nodes: enumerated where that can be done, else searched for. */

export { type LoadOfAny, loadScore } from "./best/load.ts";
export type { Best, SearchQuestion, SearchReport } from "./best/question.ts";
export type { Candidate, Score } from "./best/score.ts";
export { findBest, search } from "./best/search.ts";
export { unavailabilityScore } from "./best/unavailability.ts";
