/** Guarded-action engines: events in, effects out; the step, the driver loop over ports, the doors between packages. */
export { type ActionMakers, actionsOf } from "./define.ts";
export type {
  Authenticator,
  Clock,
  ConsensusBinding,
  ConsensusCommand,
  ConsensusOutput,
  Epoch,
  EpochPlan,
  EpochProcesses,
  Journal,
  LearnerGraph,
  LearnerId,
  Opened,
  QuorumSystem,
  QuorumTracker,
  Random,
  Replay,
  SlotLog,
  SnapshotChunk,
  SnapshotIntake,
  SnapshotStore,
  Transport,
} from "./doors.ts";
export { Driver } from "./driver/driver.ts";
export { openFrame } from "./driver/inbox.ts";
export type { DriverOptions, Ports, Wire } from "./driver/options.ts";
export { Outbox } from "./driver/outbox.ts";
export { type Address, type Packet, type Parcel, packetHeader } from "./driver/packet.ts";
export { belongsTo, counted, type Reading, readingOf, silentIn } from "./reading.ts";
export type {
  Evidence,
  EvidenceFault,
  Finding,
  GroupId,
  Saying,
  Scheme,
  SignatureScheme,
  Spoken,
} from "./scheme.ts";
export {
  type Convinces,
  evidenceBytes,
  type KeyKind,
  type SchemeName,
  type SchemeRow,
  schemeRow,
  schemeRows,
} from "./scheme-rows.ts";
export {
  chunkLength,
  chunksOf,
  decodeManifest,
  encodeManifest,
  manifestProblem,
  SnapshotManifest,
  sealManifest,
  snapshotChunksMax,
} from "./snapshot.ts";
export { type Choose, EngineFault, type Fired, type Step, step } from "./step.ts";
export type { TraceLine } from "./trace.ts";
export type {
  Action,
  AnyEngine,
  Effect,
  Effects,
  Engine,
  EngineSchema,
  EngineTypes,
  Event,
  Fairness,
  NodeId,
  Trigger,
} from "./types.ts";
