/** Deterministic simulation of whole clusters: one seed, every fault, replay and shrinking. */
export { adaptive } from "./byzantine/adaptive.ts";
export type { Adversary, Frame, HonestProcess, Stage } from "./byzantine/adversary.ts";
export type { AdversaryPlan } from "./byzantine/adversary-plan.ts";
export { drawAdversary, drawLiars, twins } from "./byzantine/draw-adversary.ts";
export { authenticity, forging } from "./byzantine/forging.ts";
export { Knowledge, type Lie } from "./byzantine/knowledge.ts";
export { type NamedStrategy, type StrategyName, strategies } from "./byzantine/named.ts";
export { runTwins, type TwinsRun, type TwinsStep, type TwinsSubject } from "./byzantine/run-twins.ts";
export {
  collusion,
  counted,
  delaying,
  flooding,
  following,
  inTurn,
  type Late,
  mutation,
  resending,
  type Strategy,
  selectiveSilence,
  silence,
  withholding,
} from "./byzantine/strategies.ts";
export {
  type TwinsEnd,
  type TwinsRound,
  TwinsScenarios,
  type TwinsScope,
} from "./byzantine/twins-scenarios.ts";
export { type CampaignOptions, type CampaignReport, campaign, type Failure } from "./campaign/campaign.ts";
export { Corpus } from "./campaign/corpus.ts";
export { Coverage } from "./campaign/coverage.ts";
export { seededDraw } from "./choice/seeded-draw.ts";
export { DiskError } from "./disk/disk.ts";
export { type EngineNodesOptions, type EngineProcess, engineNodes } from "./engines/engine-nodes.ts";
export { SimulationError, type SimulationErrorCode } from "./errors.ts";
export { calmProfile, drawProfile, stormProfile } from "./faults/draw-profile.ts";
export { checksumSeal } from "./kernel/seal.ts";
export type { DiskProfile, NetworkProfile, Profile, RateProfile } from "./profile.ts";
export { fromPlain, toPlain } from "./replay/plain.ts";
export { type ReplayFile, readReplay } from "./replay/read.ts";
export { planOfReplay, type Replayed, replay } from "./replay/replay.ts";
export { type RecordedRun, type ReplayAbout, recordRun, replayText } from "./replay/write.ts";
export type { Machine, ReplayHeader, ReplayLine, RunEyes, RunLimits, RunPlan } from "./run-types.ts";
export { type ShrinkOptions, type Shrunk, shrink } from "./shrink/shrink.ts";
export { type RunSize, sizeOf } from "./shrink/size.ts";
export { simulate } from "./simulate.ts";
export { Simulation } from "./simulation.ts";
export type {
  Choice,
  ClientSpec,
  Cluster,
  Draw,
  Fate,
  FaultBudget,
  Faulty,
  Life,
  NodeSpec,
  Outcome,
  Output,
  RunningNode,
  RunResult,
  Scene,
  SimulatedStep,
  StepPort,
  System,
  ValuePacket,
  Watch,
} from "./types.ts";
