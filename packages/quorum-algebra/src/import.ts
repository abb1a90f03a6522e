/** Reading quorums and validator sets from the files of others. */
export { cosmosValidators } from "./import/cosmos.ts";
export type { Separator } from "./import/csv.ts";
export { ImportError, type ImportErrorCode, type ImportNotice, type ImportPlace } from "./import/errors.ts";
export { printQuoracle, quoracleExpr } from "./import/quoracle.ts";
export { type CsvWish, csvValidators } from "./import/stakes.ts";
export {
  type StellarNetwork,
  type StellarNode,
  type StellarOptions,
  type StellarQuorumSet,
  stellarNetwork,
  stellarQuorumSet,
} from "./import/stellar.ts";
export { tendermintValidators } from "./import/tendermint.ts";
export type { ImportedValidators, ValidatorWish } from "./import/validators.ts";
