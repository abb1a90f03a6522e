/** Suites as data, broken twins, scenario scripts, vectors and random schedules for every door of the house. */
export { readmeBlocks, runReadme } from "./readme/readme.ts";
export { ConformanceError } from "./support/assert.ts";
export { type Case, refusals, type Twin } from "./support/case.ts";
export { type EngineProcessOptions, engineProcess } from "./vector/process.ts";
export { runVector, type VectorReport } from "./vector/run.ts";
export type {
  AbstractMessage,
  Vector,
  VectorAdapter,
  VectorEffect,
  VectorInput,
  VectorProcess,
  VectorStep,
} from "./vector/types.ts";
export { broadcastVectors, readVectors } from "./vectors.ts";
