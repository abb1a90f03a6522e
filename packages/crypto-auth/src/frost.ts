/** FROST(Ed25519, SHA-512) of RFC 9591: k of n members make one ordinary Ed25519 signature, in two rounds. */
export { FrostKeygen, type FrostRound1 } from "./suites/frost-keygen.ts";
export {
  combineFrost,
  dealFrost,
  type FrostAttempt,
  type FrostCommitment,
  type FrostGroup,
  type FrostMember,
  frostAttempt,
} from "./suites/frost-signing.ts";
