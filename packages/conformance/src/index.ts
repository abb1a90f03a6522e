/** Suites as data, broken twins, scenario scripts, vectors and random schedules for every door of the house. */

export {
  type ConsensusSubject,
  consensusCases,
  consensusExample,
  consensusTwins,
} from "./consensus/cases.ts";
export { livenessModels } from "./corpus/models.ts";
export type { LivenessClaim, LivenessModel } from "./corpus/types.ts";
export { type AuthenticatorSubject, authenticatorCases } from "./doors/authenticator.ts";
export { type JournalSubject, type JournalWorld, journalCases } from "./doors/journal.ts";
export { type LearnerGraphSubject, learnerGraphCases } from "./doors/learner-graph.ts";
export { type SlotLogSubject, type SlotLogWorld, slotLogCases } from "./doors/slot-log.ts";
export type { SnapshotSubject, SnapshotWorld } from "./doors/snapshot-scene.ts";
export { snapshotCases } from "./doors/snapshots.ts";
export { authenticatorExample, authenticatorTwins } from "./doors/toy/authenticator.ts";
export { learnerGraphExample, learnerGraphTwins } from "./doors/toy/learner-graph.ts";
export { slotLogExample, slotLogTwins } from "./doors/toy/slot-log.ts";
export { snapshotExample, snapshotTwins } from "./doors/toy/snapshots.ts";
export { journalExample, journalTwins } from "./doors/toy/storage.ts";
export { transportExample, transportTwins } from "./doors/toy/transport.ts";
export { transportCases } from "./doors/transport.ts";
export type { TransportSubject, TransportWorld } from "./doors/transport-scene.ts";
export { engineCases } from "./engine/cases.ts";
export type { EngineSubject } from "./engine/subject.ts";
export { engineExample, engineTwins } from "./engine/twins.ts";
export { readmeBlocks, runReadme } from "./readme/readme.ts";
export type { ScenarioEnvironment } from "./scenario/environment.ts";
export { checkScenario, runScenario } from "./scenario/scenario.ts";
export { type ConsensusSchedules, consensusSchedules } from "./schedule/consensus.ts";
export { runSchedules } from "./schedule/explore.ts";
export { monitored } from "./schedule/monitored.ts";
export { describeFailure } from "./schedule/shrink.ts";
export type {
  PropertyWatch,
  ScheduleFailure,
  ScheduleFaults,
  ScheduleInput,
  ScheduleOptions,
  ScheduleProcess,
  ScheduleProperty,
  ScheduleReport,
  ScheduleView,
} from "./schedule/types.ts";
export { ConformanceError } from "./support/assert.ts";
export { type Case, refusals, type Twin } from "./support/case.ts";
export { SeededRandom } from "./support/random.ts";
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
