/** Learner graphs: who must agree with whom, under which failures; their closure, validity and what follows from them. */

export { type Termination, terminationOf } from "./ask/termination.ts";
export type { Watch } from "./closure/watch.ts";
export type { Effort } from "./effort.ts";
export { GraphError, type GraphErrorCode } from "./errors.ts";
export {
  draftGraph,
  type Inside,
  type LearnerGraph,
  learnerGraph,
  type ValidGraph,
  validate,
} from "./graph.ts";
export { type GraphJson, graphFromJson, graphToJson } from "./model/json.ts";
export type { Edge, EdgeInput, GraphInput, Label, LabelInput, QuorumsInput } from "./model/spec.ts";
export { parseGraph, printGraph } from "./model/text.ts";
export { type Disagreement, describe } from "./validity/witness.ts";
