/** Stake: validator sets, what they withstand, what two chains can agree on, few tickets in place of many coins. */
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
  groupValidators,
  stakeQuorums,
  type Validator,
  type ValidatorSet,
  type ValidatorSetInput,
  validatorSet,
} from "./stake/validators.ts";
