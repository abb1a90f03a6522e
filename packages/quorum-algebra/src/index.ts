/** Quorum expressions: building, reading and printing them, counting votes, and the exact test whether quorums meet. */

export type {
  Answer,
  Bounded,
  CoverWitness,
  DisjointQuorums,
  Limits,
  Method,
  Unknown,
  Verdict,
} from "./answers.ts";
export { type QuorumSystem, quorumSystem } from "./circuit/system.ts";
export {
  asymmetricExists,
  asymmetricIntersection,
  availableFor,
  type Belief,
  crashIntersection,
  disseminationExists,
  disseminationIntersection,
  type EdgeWitness,
  edgeHolds,
  fastIntersection,
  maskingExists,
  maskingIntersection,
  twoStepIntersection,
} from "./cover/conditions.ts";
export { shareNodes } from "./cover/cover.ts";
export { intersectAll, neverCovered, readWriteIntersection } from "./cover/intersection.ts";
export { smallestFastThreshold, smallestThreshold, type ThresholdCondition } from "./cover/thresholds.ts";
export { crashTolerance } from "./cover/tolerance.ts";
export { widestLabel } from "./cover/widest.ts";
export type { Cnf, Engines, LinearProgram, LpResult, LpSolver, SatSession, SatSolver } from "./engines.ts";
export {
  QuorumError,
  type QuorumErrorCode,
  QuorumSyntaxError,
  type QuorumSyntaxErrorCode,
} from "./errors.ts";
export {
  flexible,
  grid,
  majority,
  type ReadWrite,
  threshold,
  type Weights,
  weighted,
} from "./expressions/constructors.ts";
export {
  and,
  constant,
  type Expr,
  node,
  or,
  type Quorums,
  thresholdOf,
  weightedOf,
} from "./expressions/expr.ts";
export type { Group, Groups } from "./expressions/members.ts";
export { normalize } from "./expressions/normal.ts";
export { compareExpr, sameExpr } from "./expressions/order.ts";
export { parse } from "./expressions/parse.ts";
export { print } from "./expressions/print.ts";
export { exprSchema, exprSchemaOf } from "./expressions/schema.ts";
export {
  dual,
  join,
  rename,
  restrictByzantine,
  restrictCrash,
  substitute,
  support,
  union,
} from "./expressions/transform.ts";
export { dpll } from "./sat/dpll.ts";
export { type Cheapest, type Cost, cheapestQuorum, cut } from "./toolkit/cheapest.ts";
export { interchangeable } from "./toolkit/classes.ts";
export {
  type DecisionDiagram,
  type DecisionTest,
  decisionDiagram,
  type Next,
} from "./toolkit/decision.ts";
export { entails, equalQuorums } from "./toolkit/entails.ts";
export { groupBy, project } from "./toolkit/groups.ts";
export { type Module, modules } from "./toolkit/modules.ts";
export { isReadOnce, type Size, size } from "./toolkit/shape.ts";
