/** Stake: validator sets, what they withstand, what two chains can agree on, few tickets in place of many coins. */
export {
  type ChainPair,
  chainPair,
  type Disagreement,
  isSafeSet,
  mustAgree,
  oneChain,
  type SharedOperator,
  twoChains,
} from "./stake/chains.ts";
export { leastCommonFraction } from "./stake/common.ts";
export {
  atLeast,
  type Fraction,
  type FractionLike,
  fraction,
  moreThan,
  printFraction,
  printRule,
  quorumWeight,
  type StakeRule,
  share,
} from "./stake/fractions.ts";
export {
  type Joined,
  type JoinRule,
  joinOperators,
  type Operator,
  operatorSet,
  sameAccount,
  sameId,
  sameIdentity,
  sameKey,
  sameMoniker,
  sameOperator,
} from "./stake/join.ts";
export { type Nakamoto, nakamoto, type ReportWish, type StakeReport, stakeReport } from "./stake/report.ts";
export {
  reduceWeights,
  type TicketRule,
  type Tickets,
  type TicketVerdict,
  type TicketViolation,
  verifyTickets,
} from "./stake/tickets.ts";
export {
  groupValidators,
  stakeQuorums,
  type Validator,
  type ValidatorSet,
  type ValidatorSetInput,
  validatorSet,
} from "./stake/validators.ts";
export { type AttackCost, type AttackFront, attackFront, type WorstCase, worstCase } from "./stake/worst.ts";
