/** The cheapest deployment that the check accepts, with what it costs and why no other one is better. */

export { type CalibrationOptions, calibrate, type SchemePair } from "./optimize/calibrate.ts";
export { type Answer, optimizeDeployment } from "./optimize/optimize.ts";
export type { Exclusion, Option } from "./optimize/options.ts";
export { tradeOffSvg } from "./optimize/picture.ts";
export { type CostedFlow, checkedProblem, type Problem } from "./optimize/problem.ts";
export { defaultCosts, type SchemeCost } from "./optimize/scheme-costs.ts";
export { type TradeOff, tradeOff } from "./optimize/trade-off.ts";
