/** Quorum expressions: building, reading and printing them, counting votes, and the exact test whether quorums meet. */
export {
  QuorumError,
  type QuorumErrorCode,
  QuorumSyntaxError,
  type QuorumSyntaxErrorCode,
} from "./errors.ts";
export { and, constant, type Expr, node, or, type Quorums, thresholdOf, weightedOf } from "./expr.ts";
export { intersectAll, neverCovered, readWriteIntersection } from "./intersection.ts";
export type { Group, Groups } from "./members.ts";
export { normalize } from "./normal.ts";
export { compareExpr, sameExpr } from "./order.ts";
export { parse } from "./parse.ts";
export { print } from "./print.ts";
export { exprSchema, exprSchemaOf } from "./schema.ts";
export { type QuorumSystem, quorumSystem } from "./system.ts";
export { flexible, grid, majority, type ReadWrite, threshold, type Weights, weighted } from "./systems.ts";
export { crashTolerance } from "./tolerance.ts";
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
export type { Answer, CoverWitness, DisjointQuorums, Limits, Method, Verdict } from "./verdict.ts";
