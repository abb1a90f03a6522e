/** Explicit-state model checking of engines: exhaustive search, walks, and reports that say what was looked at. */
export { check } from "./check.ts";
export { CheckerError, type CheckerErrorCode } from "./error.ts";
export { describeStep, type Sent, type StepKind, type StepLabel } from "./label.ts";
export {
  checkLiveness,
  type LassoStep,
  type LivenessOptions,
  type LivenessReport,
  type ModelProperty,
} from "./liveness/check.ts";
export type {
  CountdownGoal,
  CountdownOptions,
  CountdownPeriod,
  CountdownReport,
  CountdownRun,
} from "./liveness/countdown/types.ts";
export { checkCountdown } from "./liveness/countdown.ts";
export { describeCountdown, describeLiveness } from "./liveness/describe.ts";
export { checkFairCycles } from "./liveness/fair-cycles.ts";
export {
  type Edge,
  type FairnessConstraint,
  type GraphParts,
  graphOf,
  type LivenessGraph,
} from "./liveness/graph.ts";
export { type ModelTransitions, transitionsOfModel } from "./liveness/model-transitions.ts";
export { type Lasso, type LivenessProperty, type LivenessVerdict, stutter } from "./liveness/property.ts";
export {
  type Product,
  type Transitions,
  toSafety,
  transitionsOf,
  type Watched,
} from "./liveness/to-safety.ts";
export { verifyLasso } from "./liveness/verify-lasso.ts";
export { Machine } from "./machine/machine.ts";
export type { Move } from "./machine/moves.ts";
export type { AttachedReduction, Reduction } from "./machine/reduction.ts";
export { contractProperty, type Violation } from "./machine/views.ts";
export type {
  Faults,
  History,
  Invariant,
  Model,
  ModelInput,
  ModelProcess,
  ModelSource,
  Network,
  Route,
  Seen,
  View,
  Witness,
} from "./model.ts";
export { eagerSteps } from "./reduce/eager.ts";
export { inertMessages } from "./reduce/inert.ts";
export { quorumTransitions } from "./reduce/quorum.ts";
export { configurationSymmetry } from "./reduce/symmetry.ts";
export {
  type Counterexample,
  describeReport,
  type PropertyVerdict,
  type Report,
  type Result,
} from "./report.ts";
export type { CheckOptions, Mode, Progress } from "./search/options.ts";
export {
  openSpace,
  type ProcessDescription,
  type Space,
  type StateDescription,
  type Successor,
  type Vector,
  type Waiting,
} from "./space.ts";
