/** Learner graphs: who must agree with whom, under which failures; their closure, validity and what follows from them. */

export { probability } from "./ask/chance.ts";
export { type CriticalSets, criticalSets } from "./ask/critical.ts";
export { diff, type GraphDiff, type LabelChange, type PairChange } from "./ask/diff.ts";
export { explain } from "./ask/explain.ts";
export { accurate, entangled, live } from "./ask/notions.ts";
export { type Termination, terminationOf } from "./ask/termination.ts";
export {
  breaks,
  type CanDisagree,
  type Faults,
  type LearnerState,
  lossyLearners,
  type Pair,
  type PairState,
  type WhatIf,
  whatIf,
} from "./ask/what-if.ts";
export { type Loss, type LossKind, losses, type WidestEdge, widestEdge } from "./ask/widest.ts";
export { worstCase } from "./ask/worst.ts";
export { type NestedGraph, type NestedOptions, type Nesting, nested } from "./build/nested.ts";
export { prioritized } from "./build/priorities.ts";
export {
  type ChainPairReport,
  fromStake,
  type StakeMatrix,
  type StakeRules,
  stakeMatrix,
} from "./build/stake.ts";
export { uniform } from "./build/uniform.ts";
export { closed, closedEdges, isClosed, type Unclosed } from "./closure/closed.ts";
export type { Watch } from "./closure/watch.ts";
export type { Effort } from "./effort.ts";
export { GraphError, type GraphErrorCode } from "./errors.ts";
export {
  draftGraph,
  type Inside,
  invalidPairs,
  type LearnerGraph,
  learnerGraph,
  type ValidGraph,
  validate,
} from "./graph.ts";
export { type GraphJson, graphFromJson, graphToJson } from "./model/json.ts";
export { type GraphValue, graphDigest, graphFromValue, graphSchema, graphValue } from "./model/schema.ts";
export type { Edge, EdgeInput, GraphInput, Label, LabelInput, QuorumsInput } from "./model/spec.ts";
export { parseGraph, printGraph } from "./model/text.ts";
export { type Disagreement, describe } from "./validity/witness.ts";
