/**
 * 2/3-consensus for Byzantine faults, as engines: n >= 5f + 1 members sign what they say, and agree in one vote round when
 * nobody disturbs them; up to f of them may lie as they please. Signatures and the judgement of values are injected.
 */
export { type ByzantineBindingOptions, byzantineBinding, byzantineContext } from "./byzantine/binding.ts";
export { isCertified } from "./byzantine/certificate.ts";
export { type Court, convicts, Evidence } from "./byzantine/evidence.ts";
export { byzantineLearnerEngine } from "./byzantine/learner.ts";
export { type ByzantineLearnerOptions, byzantineLearnerConfig } from "./byzantine/learner-config.ts";
export {
  ByzantineLearnerConfig,
  type ByzantineLearnerOutput,
  ByzantineLearnerState,
  type ByzantineLearnerTypes,
} from "./byzantine/learner-types.ts";
export { byzantineMemberEngine } from "./byzantine/member.ts";
export { type ByzantineMemberOptions, byzantineMemberConfig } from "./byzantine/member-config.ts";
export {
  ByzantineMemberConfig,
  ByzantineMemberOutput,
  ByzantineMemberRecord,
  ByzantineMemberState,
  type ByzantineMemberTypes,
  Refusal,
} from "./byzantine/member-types.ts";
export { ByzantineMessage, Certificate, StatusReport } from "./byzantine/message.ts";
export { type ByzantineQuorums, byzantineQuorums } from "./byzantine/quorums.ts";
export {
  type ByzantineOracles,
  Says,
  statementBytes,
  statementDomain,
  statusesDigest,
} from "./byzantine/statement.ts";
