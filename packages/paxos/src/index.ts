/**
 * Multi-decree Paxos over any read-write quorum system, as three engines: acceptor, leader and learner. The learner is the
 * `Consensus` door of a replica.
 */
export { acceptorEngine } from "./acceptor.ts";
export type {
  AcceptorConfig,
  AcceptorOutput,
  AcceptorRecord,
  AcceptorState,
  AcceptorTypes,
} from "./acceptor-types.ts";
export { Ballot, compareBallots } from "./ballot.ts";
export { type PaxosBindingOptions, paxosBinding, paxosParams, paxosRoles } from "./binding.ts";
export { type DisjointQuorums, PaxosConfigError, type PaxosConfigErrorCode } from "./errors.ts";
export { leaderEngine } from "./leader.ts";
export type {
  LeaderCommand,
  LeaderConfig,
  LeaderOutput,
  LeaderRecord,
  LeaderState,
  LeaderTimer,
  LeaderTypes,
} from "./leader-types.ts";
export { learnerEngine } from "./learner.ts";
export type {
  LearnerConfig,
  LearnerOutput,
  LearnerState,
  LearnerTimer,
  LearnerTypes,
} from "./learner-types.ts";
export { PaxosMessage, Pvalue } from "./message.ts";
