/**
 * 2/3-consensus for crash faults, as engines: a member votes, a learner is the `Consensus` door of a replica. Any number of
 * slots, no leader, one vote round in the good case, n >= 3f + 1.
 */
export { type TwoThirdsBindingOptions, twoThirdsBinding, twoThirdsRoles } from "./binding.ts";
export { learnerEngine } from "./crash/learner.ts";
export { type LearnerOptions, learnerConfig } from "./crash/learner-config.ts";
export { LearnerConfig, type LearnerOutput, LearnerState, type LearnerTypes } from "./crash/learner-types.ts";
export { memberEngine } from "./crash/member.ts";
export { type MemberOptions, memberConfig } from "./crash/member-config.ts";
export {
  MemberConfig,
  MemberOutput,
  MemberRecord,
  MemberState,
  type MemberTypes,
} from "./crash/member-types.ts";
export { TwoThirdsError, type TwoThirdsErrorCode } from "./errors.ts";
export { Choice, TwoThirdsMessage } from "./message.ts";
