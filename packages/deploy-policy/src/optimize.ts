/** The cheapest deployment that the check accepts, with what it costs and why no other one is better. */

export { type Answer, optimizeDeployment } from "./optimize/optimize.ts";
export type { Exclusion, Option } from "./optimize/options.ts";
export { type CostedFlow, checkedProblem, type Problem } from "./optimize/problem.ts";
export { defaultCosts, type SchemeCost } from "./optimize/scheme-costs.ts";
