import { bls12_381 } from "@noble/curves/bls12-381.js";
import { KeyError } from "../errors.ts";
import { blsVerdicts } from "./bls-batch.ts";
import {
  Fr,
  G2,
  type G2Point,
  hashToPoint,
  isProof,
  pairs,
  parseKey,
  parseSignature,
  proofOf,
} from "./bls-points.ts";
import {
  numberOf,
  randomBytes,
  refusedKey,
  type SignatureSuite,
  type SignedItem,
  type VerifyKey,
  wrongSecret,
} from "./suite.ts";

const KEY = 96;
const PROOF = 48;

/** A BLS key with its point, for aggregates and thresholds. */
export interface BlsKey extends VerifyKey {
  readonly point: G2Point;
}

/** A secret scalar in [1, r - 1]. Throws `KeyError` `wrong-secret`. */
export function blsScalar(secret: Uint8Array): bigint {
  const scalar = secret.length === 32 ? numberOf(secret) : 0n;
  if (scalar > 0n && scalar < Fr.ORDER) return scalar;
  throw wrongSecret("BLS", "32 bytes, a number in [1, r - 1]");
}

/** Checks a key as bundles hold it: 96 bytes, or 144 with the proof of possession behind. Throws `KeyError`. */
export function importBlsKey(bytes: Uint8Array): BlsKey {
  const proven = bytes.length === KEY + PROOF;
  const own = Uint8Array.from(bytes);
  const keyBytes = proven ? own.subarray(0, KEY) : own;
  const point = parseKey(keyBytes);
  if (typeof point === "string")
    throw refusedKey(point, "BLS", "a point of G2 in the subgroup, 96 bytes, or 144 with its proof");
  if (proven && !isProof(own.subarray(KEY), point, keyBytes))
    throw new KeyError(
      "bad-proof",
      "publicKey",
      "expected a proof of possession by the owner of the BLS key",
    );
  return {
    bytes: own,
    usable: proven,
    point,
    verdict(message, signature) {
      const parsed = parseSignature(signature);
      if (typeof parsed === "string") return parsed;
      return pairs(parsed, hashToPoint(message), point) ? null : "bad-signature";
    },
  };
}

/**
 * BLS on BLS12-381 with signatures of 48 bytes (ciphersuite BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_). Secrets are scalars of
 * 32 bytes. A public key is 144 bytes: the point, and the proof that its owner knows the secret; without the proof (96 bytes) it
 * is kept and may not be used. One implementation for all platforms.
 *
 * @example
 * const key = blsSuite.importSigningKey(blsSuite.generate(systemRandom()))
 */
export const blsSuite: SignatureSuite = {
  scheme: "BLS",
  generate: (random) => bls12_381.shortSignatures.keygen(randomBytes(random, 48)).secretKey,
  importSigningKey(secret) {
    const scalar = blsScalar(secret);
    const key = G2.BASE.multiply(scalar).toBytes();
    return {
      publicKey: Uint8Array.from([...key, ...proofOf(scalar, key)]),
      sign: (message) => hashToPoint(message).multiply(scalar).toBytes(),
    };
  },
  importPublicKey: importBlsKey,
  verdicts: (items) => blsVerdicts(items as readonly SignedItem<BlsKey>[]),
};
