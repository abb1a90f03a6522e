/** Sets of sets: minimal quorums, blocking and splitting sets of a system, counted, listed one by one, and the cheapest. */
export { canonicalForm } from "./sets/canonical.ts";
export { cheapestSplittingSet } from "./sets/cheapest.ts";
export { countMinimalBlockingSets, countMinimalQuorums, countMinimalSplittingSets } from "./sets/counts.ts";
export { minimalHittingSets } from "./sets/hitting.ts";
export {
  collect,
  type Listed,
  minimalBlockingSets,
  minimalQuorums,
  minimalSplittingSets,
  type Sets,
} from "./sets/list.ts";
export { topTier } from "./sets/top-tier.ts";
