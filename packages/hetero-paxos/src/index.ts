/** Heterogeneous Paxos 2.0 as engines: each learner decides under its own quorums, and those agree that must. */
export { acceptorEngine } from "./acceptor.ts";
export { type HeteroPaxosBindingOptions, heteroPaxosBinding, heteroPaxosRoles } from "./binding.ts";
export { HeteroPaxosError, type HeteroPaxosErrorCode } from "./errors.ts";
export { learnerEngine } from "./learner.ts";
export { memberEngine } from "./member.ts";
export {
  type Certificate,
  HeteroPaxosMessage,
  type Instance,
  type Proposal,
  type Speech,
  type Stamp,
} from "./messages.ts";
export { lawOf, type NodeOptions, nodeConfig } from "./node/config.ts";
export type { Tools } from "./node/setup.ts";
export {
  NodeCommand,
  NodeConfig,
  NodeOutput,
  NodeRecord,
  NodeState,
  type NodeTypes,
} from "./node/types.ts";
export { certificateProblem } from "./proof/certificate.ts";
export { Evidence, evidenceProblem } from "./proof/evidence.ts";
export { proposerEngine } from "./proposer.ts";
export type { Scheme, Sign } from "./scheme.ts";
