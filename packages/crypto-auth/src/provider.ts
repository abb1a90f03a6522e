/** An Ed25519 public key that passed every check of registration. Make it once per peer and keep it. */
export interface PublicKey {
  /** 32 bytes; a copy that nothing else reads. */
  readonly bytes: Uint8Array;
  /** The strict rule. A signature of any other length than 64 bytes is false, never an exception. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** An Ed25519 private key, prepared. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  /** A 64-byte signature, deterministic (RFC 8032). */
  sign(message: Uint8Array): Uint8Array;
}

/** An HMAC key, prepared: a link makes one per direction and keeps it. */
export interface MacKey {
  /** The tag: 32 bytes with SHA-256, 20 with SHA-1. */
  tag(message: Uint8Array): Uint8Array;
}

/**
 * Ed25519 with one verification rule. Accepted are exactly the (key, message, signature) where
 * - the key is 32 bytes, canonical (y < p, no sign bit on x = 0), on the curve, and of prime order L;
 * - the signature is 64 bytes R, S with S < L;
 * - the canonical encoding of [S]B - [SHA-512(R, key, message) mod L]A is, byte for byte, R.
 */
export interface Ed25519 {
  /** The public key of a 32-byte seed. Throws `KeyError` `wrong-seed-length`. */
  publicKey(seed: Uint8Array): Uint8Array;
  /** Throws `KeyError` `wrong-seed-length`. For more than one signature use `importSigningKey`. */
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** False for a key that registration would refuse. Checks the key anew each time: prefer `importPublicKey`. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** Registration. Throws `KeyError` with the reason in `code`. */
  importPublicKey(bytes: Uint8Array): PublicKey;
  /** Throws `KeyError` `wrong-seed-length`. */
  importSigningKey(seed: Uint8Array): SigningKey;
}

/** Hashes and MACs: what needs no curve. */
export interface HashProvider {
  sha256(message: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** RFC 5869, extract and expand. `lengthBytes` at most 8160. */
  hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Uint8Array;
  /** Copies the key. SHA-256 unless old peers need SHA-1. */
  macKey(key: Uint8Array, hash?: "sha256" | "sha1"): MacKey;
  /** Takes the same time for all inputs of one length. Different lengths are unequal. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

/** What the authenticators need of cryptography. `portable` and `native` give the same answers to every input. */
export interface CryptoProvider extends HashProvider {
  readonly name: string;
  readonly ed25519: Ed25519;
}
