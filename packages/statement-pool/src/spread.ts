/** Bringing statements to those who must hear them: engines over any transport, on which no safety depends. */
export { bundleId, onlyFor, relaySets } from "./spread/bundles.ts";
export { type SpreadOptions, spreadConfig } from "./spread/config.ts";
export { spreadEngine } from "./spread/engine.ts";
export type { SpreadPorts } from "./spread/incoming.ts";
export type { ComponentFor } from "./spread/outgoing.ts";
export {
  SpreadCommand,
  SpreadConfig,
  SpreadMessage,
  SpreadOutput,
  SpreadState,
  type SpreadTypes,
  Stage,
} from "./spread/types.ts";
