/**
 * Principals, keys and authenticators with one strict verification rule, the same for every implementation of the
 * cryptography. `@eunomia/crypto-auth/native` has the implementation on `node:crypto`.
 */
export {
  type Ed25519Authenticator,
  type Ed25519Options,
  ed25519Authenticator,
} from "./ed25519-authenticator.ts";
export { publicKeyFault } from "./ed25519-rule.ts";
export {
  AuthenticatorError,
  type AuthenticatorErrorCode,
  KeyError,
  type KeyErrorCode,
  type OtherKeyFault,
  type PublicKeyFault,
} from "./errors.ts";
export {
  type HmacAuthenticator,
  type HmacOptions,
  hmacAuthenticator,
  type MacSecrets,
} from "./hmac-authenticator.ts";
export { formatKeyFile, parseKeyFile } from "./key-file.ts";
export { generateKeyring, type Keyring, keyringOf, signingKey } from "./keyring.ts";
export { formatKeyringFile, type KeyringFile, parseKeyringFile } from "./keyring-file.ts";
export { type PlainAuthenticator, type PlainOptions, plainAuthenticator } from "./plain-authenticator.ts";
export { portable } from "./portable.ts";
export { generateKeys, type Keys, keysOfSeed, principalId } from "./principal.ts";
export type { CryptoProvider, Ed25519, HashProvider, MacKey, PublicKey, SigningKey } from "./provider.ts";
export { directionalKey, macInput, nodeDigest, pairSecret } from "./secrets.ts";
export { signInDomain, verifyInDomain } from "./signing.ts";
export { ed25519Suite } from "./suites/ed25519.ts";
