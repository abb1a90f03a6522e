/** Quorum expressions: building, reading and printing them, counting votes, and the exact test whether quorums meet. */
export {
  QuorumError,
  type QuorumErrorCode,
  QuorumSyntaxError,
  type QuorumSyntaxErrorCode,
} from "./errors.ts";
export { and, constant, type Expr, node, or, type Quorums, thresholdOf, weightedOf } from "./expr.ts";
export { normalize } from "./normal.ts";
export { compareExpr, sameExpr } from "./order.ts";
export { type QuorumSystem, quorumSystem } from "./system.ts";
export { flexible, grid, majority, type ReadWrite, threshold, type Weights, weighted } from "./systems.ts";
export {
  dual,
  join,
  rename,
  restrictByzantine,
  restrictCrash,
  substitute,
  support,
  union,
} from "./transform.ts";
