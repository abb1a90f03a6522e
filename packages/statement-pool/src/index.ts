/** Statements, evidence and the algebra of "says": who said what to whom, who can be convinced of it, who contradicted himself. */
export type { Goal } from "./algebra/derive.ts";
export {
  type Judgement,
  type Leaf,
  type Proof,
  type Rule,
  type Says,
  type SpeaksFor,
  showJudgement,
} from "./algebra/judgement.ts";
export type { Beliefs } from "./algebra/leaves.ts";
export { checkProof, type ProofContext } from "./algebra/recheck.ts";
export { type ChainReport, chainReport } from "./audit/chain.ts";
export {
  type EquivocationContext,
  type EquivocationFault,
  type EquivocationProof,
  equivocationFault,
} from "./audit/equivocation.ts";
export { type Culprits, culprits } from "./audit/joint.ts";
export { type CStruct, cstructOf } from "./cstruct/cstruct.ts";
export { PoolError, type PoolErrorCode } from "./errors.ts";
export type { Merged } from "./pool/merge.ts";
export { StatementPool } from "./pool/pool.ts";
export { watermarkKey } from "./pool/store.ts";
export type {
  Admission,
  Cut,
  Entry,
  Joint,
  Pattern,
  PoolLimits,
  PoolLog,
  PoolOptions,
  Refusal,
  Snapshot,
  Status,
} from "./pool/types.ts";
export type { Conflicts, FieldType } from "./program/field-type.ts";
export {
  type Delegation,
  delegation,
  delegationType,
  quotation,
  readDelegation,
  readQuotation,
  saysType,
} from "./program/forms.ts";
export {
  type Program,
  program,
  type StatementDeclaration,
  type StatementType,
} from "./program/program.ts";
export { slotOf } from "./program/slots.ts";
export { encodeContent, encodeCore, quorumSchema } from "./statement/encoding.ts";
export { decodeBundle, encodeBundle } from "./statement/evidence.ts";
export { contentId, groupId, type Hash, statementId } from "./statement/identity.ts";
export type { Bundle, Content, Core, Ctx, Id, Quorum } from "./statement/types.ts";
export { compareValues, encodeValue, type Value } from "./statement/value.ts";
