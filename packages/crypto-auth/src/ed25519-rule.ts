import { ed25519 } from "@noble/curves/ed25519.js";
import { KeyError, type PublicKeyFault } from "./errors.ts";

const Point = ed25519.Point;

/** p = 2^255 - 19, little endian: the modulus of the coordinates (RFC 8032, section 5.1). */
const FIELD_PRIME = littleEndian(2n ** 255n - 19n);
/** L = 2^252 + 27742317777372353535851937790883648493, little endian: the order of the base point. */
const GROUP_ORDER = littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);

const FAULTS: Readonly<Record<PublicKeyFault, string>> = {
  "wrong-length": "32 bytes",
  "non-canonical": "the canonical encoding of a point (y < 2^255 - 19, no sign bit on x = 0)",
  "not-on-curve": "a point of the curve",
  "small-order": "a point of prime order, got one of small order: one signature would fit many messages",
  "mixed-order": "a point of prime order, got one with a small-order part",
};

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

/** Is the little-endian number at `start`, with `topMask` applied to its last byte, below `bound`? */
function isBelow(bytes: Uint8Array, start: number, topMask: number, bound: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) {
    const byte = (bytes[start + index] as number) & (index === 31 ? topMask : 0xff);
    const limit = bound[index] as number;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

/** The only two points with x = 0 are y = 1 and y = -1; with a sign bit they have a second spelling. */
function isNegativeZero(bytes: Uint8Array): boolean {
  if ((bytes[31] as number) < 0x80) return false;
  const y = littleEndianNumber(bytes) & (2n ** 255n - 1n);
  return y === 1n || y === 2n ** 255n - 20n;
}

function littleEndianNumber(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--)
    value = (value << 8n) | BigInt(bytes[index] as number);
  return value;
}

/**
 * Why this public key may not be registered; null if it may. A key that passes has prime order, so that the cofactored
 * and the cofactorless equation can differ about it only through R, which the signature rule pins byte for byte.
 *
 * @example
 * publicKeyFault(new Uint8Array(31)) // "wrong-length"
 */
export function publicKeyFault(bytes: Uint8Array): PublicKeyFault | null {
  if (bytes.length !== 32) return "wrong-length";
  if (!isBelow(bytes, 0, 0x7f, FIELD_PRIME) || isNegativeZero(bytes)) return "non-canonical";
  let point: InstanceType<typeof Point>;
  try {
    point = Point.fromBytes(bytes);
  } catch {
    return "not-on-curve";
  }
  if (point.isSmallOrder()) return "small-order";
  return point.isTorsionFree() ? null : "mixed-order";
}

/** A private copy of a public key that passed. Throws `KeyError` with the fault as its code. */
export function checkedPublicKey(bytes: Uint8Array): Uint8Array {
  const fault = publicKeyFault(bytes);
  if (fault === null) return Uint8Array.from(bytes);
  const got = fault === "wrong-length" ? `, got ${bytes.length} bytes` : "";
  throw new KeyError(fault, "publicKey", `expected ${FAULTS[fault]}${got}. Do not register this key`);
}

export function checkedSeed(seed: Uint8Array): Uint8Array {
  if (seed.length === 32) return Uint8Array.from(seed);
  throw new KeyError("wrong-seed-length", "seed", `expected 32 bytes, got ${seed.length} bytes`);
}

/**
 * What can be told about a signature without the key: its length, S < L, and y < p in R. Both providers ask this first,
 * so that no difference between libraries about such spellings can show.
 */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isBelow(signature, 32, 0xff, GROUP_ORDER) &&
    isBelow(signature, 0, 0x7f, FIELD_PRIME)
  );
}
