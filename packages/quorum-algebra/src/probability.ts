/** How likely a system is to stop, or to be split: small tails, exact or in certified bounds. */

export type { ChanceOptions } from "./probability/answer.ts";
export { availability, unavailability } from "./probability/availability.ts";
export { birnbaum } from "./probability/birnbaum.ts";
export type { Chances } from "./probability/chances.ts";
export { unavailabilityByCounts } from "./probability/counts.ts";
export {
  type Estimate,
  type EstimateOptions,
  estimateUnavailability,
  type Oracle,
  wilson,
} from "./probability/estimate.ts";
export { type FailureGroup, withGroups } from "./probability/groups.ts";
export { unavailabilityBounds } from "./probability/rare.ts";
export {
  type MixedFaults,
  nines,
  type Reliability,
  type ReliabilityOptions,
  reliability,
} from "./probability/reliability.ts";
export { type UnsafetyOptions, unsafety } from "./probability/unsafety.ts";
