/**
 * Evidence for statements: each scheme behind the door `Scheme`, over whatever implementation of the cryptography it is given.
 * Nothing here imports a curve; a bundle with MACs only carries hashes and MACs.
 */
export { portableHash } from "./portable-hash.ts";
export type { HashProvider } from "./provider.ts";
export { type Directory, type DirectoryOptions, directory } from "./schemes/directory.ts";
export { type GroupMacOptions, groupMacScheme } from "./schemes/group-mac.ts";
export { attestId, jointInput, signInput } from "./schemes/inputs.ts";
export { type LocalScheme, localScheme } from "./schemes/local.ts";
export { type MacMatrixOptions, type MacMatrixScheme, macMatrixScheme } from "./schemes/mac-matrix.ts";
export { type MacVectorOptions, macVectorScheme } from "./schemes/mac-vector.ts";
export { type NotaryOptions, type NotaryScheme, notaryScheme } from "./schemes/notary.ts";
export { type SignatureSchemeOptions, signatureScheme } from "./schemes/signature.ts";
export { makeSuccession, nextDirectory, type Succession } from "./schemes/succession.ts";
export { type ThresholdOptions, thresholdScheme } from "./schemes/threshold.ts";
export { nextSecret } from "./secrets.ts";
export type { SignatureSuite, SignedItem, SuiteSigningKey, VerifyKey, VerifySuite } from "./suites/suite.ts";
