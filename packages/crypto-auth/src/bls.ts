/** BLS signatures of 48 bytes: alone, aggregated with a bitmap, and under the one key of a group. */
export {
  type BlsAggregateOptions,
  type BlsAggregateScheme,
  blsAggregateScheme,
} from "./schemes/bls-aggregate.ts";
export { blsSuite } from "./suites/bls-suite.ts";
export {
  type BlsDealing,
  type BlsGroup,
  combineBlsShares,
  dealBls,
  importBlsGroupKey,
  isBlsShare,
  signBlsShare,
  sumBlsDealings,
} from "./suites/bls-threshold.ts";
