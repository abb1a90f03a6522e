import type { EvidenceFault, Random } from "@eunomia/engine";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { OtherKeyFault } from "../errors.ts";
import { assertNoFault, bigEndian, isBelowBigEndian, randomBytes, wrongSecret } from "./suite.ts";

const { Point } = secp256k1;
const ORDER = Point.Fn.ORDER;
/** p = 2^256 - 2^32 - 977 (SEC 2). */
const FIELD = bigEndian(Point.Fp.ORDER, 32);
const N = bigEndian(ORDER, 32);
/** The least S that is too high: (n + 1) / 2. */
const HIGH = bigEndian((ORDER + 1n) / 2n, 32);

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** A registered key is the compressed form: 02 or 03, then x < p of a point of the curve. Its order is prime: there is no other. */
function keyFault(bytes: Uint8Array): OtherKeyFault | null {
  if (bytes.length !== 33) return "wrong-length";
  if ((bytes[0] !== 2 && bytes[0] !== 3) || !isBelowBigEndian(bytes.subarray(1), FIELD))
    return "non-canonical";
  return onCurve(bytes);
}

function onCurve(compressed: Uint8Array): OtherKeyFault | null {
  try {
    Point.fromBytes(compressed);
    return null;
  } catch {
    return "not-on-curve";
  }
}

/** BIP-340: x alone, of the point with the even y. */
function xOnlyFault(bytes: Uint8Array): OtherKeyFault | null {
  if (bytes.length !== 32) return "wrong-length";
  if (!isBelowBigEndian(bytes, FIELD)) return "non-canonical";
  return onCurve(Uint8Array.from([2, ...bytes]));
}

/** A private copy of a compressed public key that passed. Throws `KeyError`. */
export function checkedKey(bytes: Uint8Array): Uint8Array {
  assertNoFault(keyFault(bytes), "secp256k1", "the compressed form of a point, 33 bytes");
  return Uint8Array.from(bytes);
}

/** The same for a BIP-340 key. */
export function checkedXOnlyKey(bytes: Uint8Array): Uint8Array {
  assertNoFault(xOnlyFault(bytes), "BIP-340", "the x of a point, 32 bytes");
  return Uint8Array.from(bytes);
}

/**
 * What can be told about an ECDSA signature without the key: 64 bytes r, s, both in [1, n - 1], and s in the lower half. Every
 * implementation asks this first, so that no difference between libraries about spellings can show.
 */
export function compactFault(signature: Uint8Array): EvidenceFault | null {
  if (signature.length !== 64) return "wrong-length";
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  if (isZero(r) || isZero(s) || !isBelowBigEndian(r, N) || !isBelowBigEndian(s, N)) return "non-canonical";
  return isBelowBigEndian(s, HIGH) ? null : "high-s";
}

/** The same for BIP-340: 64 bytes, r < p and s < n. */
export function schnorrFault(signature: Uint8Array): EvidenceFault | null {
  if (signature.length !== 64) return "wrong-length";
  const fits =
    isBelowBigEndian(signature.subarray(0, 32), FIELD) && isBelowBigEndian(signature.subarray(32), N);
  return fits ? null : "non-canonical";
}

/** A private copy of a secret scalar in [1, n - 1]. Throws `KeyError` `wrong-secret`. */
export function checkedScalar(secret: Uint8Array, scheme: string): Uint8Array {
  if (secret.length === 32 && !isZero(secret) && isBelowBigEndian(secret, N)) return Uint8Array.from(secret);
  throw wrongSecret(scheme, "32 bytes, a number in [1, n - 1]");
}

/** 48 random bytes reduced: the bias is below 2^-128 (FIPS 186-5, A.2.1). */
export const generateScalar = (random: Random): Uint8Array =>
  secp256k1.utils.randomSecretKey(randomBytes(random, 48));

/** The same signature with the S of the lower half. */
export function lowS(signature: Uint8Array): Uint8Array {
  if (isBelowBigEndian(signature.subarray(32), HIGH)) return signature;
  const out = Uint8Array.from(signature);
  let s = 0n;
  for (const byte of signature.subarray(32)) s = (s << 8n) | BigInt(byte);
  out.set(bigEndian(ORDER - s, 32), 32);
  return out;
}
