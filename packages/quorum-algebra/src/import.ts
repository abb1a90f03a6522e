/** Reading quorums and validator sets from the files of others. */
export { ImportError, type ImportErrorCode, type ImportNotice, type ImportPlace } from "./import/errors.ts";
export {
  type StellarNetwork,
  type StellarNode,
  type StellarOptions,
  type StellarQuorumSet,
  stellarNetwork,
  stellarQuorumSet,
} from "./import/stellar.ts";
