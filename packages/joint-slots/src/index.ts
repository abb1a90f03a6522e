/** One block on several chains: joint slots beside the logs of chains that share validators, on both or on neither. */
export {
  BaseBlock,
  decodeBase,
  decodeJoint,
  Entry,
  encodeBase,
  encodeJoint,
  JointBlock,
  Move,
} from "./block.ts";
export { ChainPlan, JointConfig, type JointOptions, jointConfig, type Rules, rulesOf } from "./config.ts";
export { jointEngine } from "./engine/engine.ts";
export {
  type Followed,
  JointCommand,
  JointOutput,
  type JointRecord,
  type JointState,
  type JointTools,
  type JointTypes,
} from "./engine/types.ts";
export { JointError, type JointErrorCode, type NoAgreement } from "./errors.ts";
export { judgeBase, judgeJoint, type Opinion } from "./judge.ts";
export { applyBlock } from "./ledger/apply.ts";
export { type Application, Change, emptyLedger, Ledger } from "./ledger/types.ts";
export { agreementProblem, type JointPromise, jointPromise, successionProblem } from "./promise.ts";
