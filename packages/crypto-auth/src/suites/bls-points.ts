import type { EvidenceFault } from "@eunomia/engine";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bigEndian, isBelowBigEndian, numberOf } from "./suite.ts";

/** Minimal signatures: they are points of G1 (48 bytes), keys are points of G2 (96 bytes). */
const bls = bls12_381.shortSignatures;
export const G1 = bls12_381.G1.Point;
export const G2 = bls12_381.G2.Point;
export const Fr = G1.Fn;
export type G1Point = InstanceType<typeof G1>;
export type G2Point = InstanceType<typeof G2>;

const MINUS_BASE = G2.BASE.negate();
const FIELD = bigEndian(G1.Fp.ORDER, 48);
/** Compressed, and neither infinity nor the sign. */
const COMPRESSED = 0x80;
const INFINITY = 0x40;

/** The names of draft-irtf-cfrg-bls-signature for keys with proofs of possession. */
const SIGNATURE_DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
const PROOF_DOMAIN = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

export const hashToPoint = (message: Uint8Array): G1Point => bls.hash(message, SIGNATURE_DOMAIN);
const hashOfKey = (key: Uint8Array): G1Point => bls.hash(key, PROOF_DOMAIN);

/** Why these bytes are no point that evidence may hold: the same names for signatures and keys. */
export type PointFault = Extract<
  EvidenceFault,
  "wrong-length" | "non-canonical" | "infinity" | "not-on-curve" | "wrong-subgroup"
>;

/** What can be told from the spelling: flags as they must be, every coordinate below p. */
function spellingFault(bytes: Uint8Array, length: 48 | 96): PointFault | null {
  if (bytes.length !== length) return "wrong-length";
  const flags = bytes[0] as number;
  if ((flags & COMPRESSED) === 0) return "non-canonical";
  if ((flags & INFINITY) !== 0) {
    const plain = flags === (COMPRESSED | INFINITY) && bytes.subarray(1).every((byte) => byte === 0);
    return plain ? "infinity" : "non-canonical";
  }
  const x = Uint8Array.from(bytes);
  x[0] = flags & 0x1f;
  for (let start = 0; start < length; start += 48)
    if (!isBelowBigEndian(x.subarray(start, start + 48), FIELD)) return "non-canonical";
  return null;
}

/** Reads a point whose spelling is right. The library refuses strays of both kinds alike; they have two names here. */
function parse<P>(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => P,
  isOnCurve: (bytes: Uint8Array) => boolean,
) {
  try {
    return decode(bytes);
  } catch {
    return isOnCurve(bytes) ? "wrong-subgroup" : "not-on-curve";
  }
}

/** The coordinate without the flags. */
function coordinate(bytes: Uint8Array): bigint {
  const x = Uint8Array.from(bytes);
  x[0] = (x[0] as number) & 0x1f;
  return numberOf(x);
}

/** Is there a y with y² = x³ + b? */
function hasSquareRoot<T>(field: { sqrt(value: T): T }, square: T): boolean {
  try {
    field.sqrt(square);
    return true;
  } catch {
    return false;
  }
}

function isOnG1(bytes: Uint8Array): boolean {
  const { Fp } = G1;
  return hasSquareRoot(Fp, Fp.add(Fp.pow(coordinate(bytes), 3n), G1.CURVE().b));
}

/** The imaginary part comes first. */
function isOnG2(bytes: Uint8Array): boolean {
  const { Fp } = G2;
  const x = Fp.create({ c0: numberOf(bytes.subarray(48)), c1: coordinate(bytes.subarray(0, 48)) });
  return hasSquareRoot(Fp, Fp.add(Fp.pow(x, 3n), G2.CURVE().b));
}

/** A point of the subgroup other than infinity, or why it is none. */
export const parseSignature = (bytes: Uint8Array): G1Point | PointFault =>
  spellingFault(bytes, 48) ?? parse(bytes, (raw) => G1.fromBytes(raw), isOnG1);
export const parseKey = (bytes: Uint8Array): G2Point | PointFault =>
  spellingFault(bytes, 96) ?? parse(bytes, (raw) => G2.fromBytes(raw), isOnG2);

/** e(signature, -g2) e(H(message), key) = 1, both pairings with one final exponentiation. Neither may be infinity. */
export function pairs(signature: G1Point, hash: G1Point, key: G2Point): boolean {
  return pairsAll(signature, [{ g1: hash, g2: key }]);
}

/** e(sum, -g2) times the product of all terms is 1. */
export function pairsAll(
  sum: G1Point,
  terms: readonly { readonly g1: G1Point; readonly g2: G2Point }[],
): boolean {
  const { Fp12 } = bls12_381.fields;
  return Fp12.eql(bls12_381.pairingBatch([{ g1: sum, g2: MINUS_BASE }, ...terms]), Fp12.ONE);
}

/** A proof that whoever publishes the key knows its secret: a signature of the key under a domain of its own. */
export const proofOf = (secret: bigint, key: Uint8Array): Uint8Array =>
  hashOfKey(key).multiply(secret).toBytes();

export function isProof(proof: Uint8Array, key: G2Point, keyBytes: Uint8Array): boolean {
  const point = parseSignature(proof);
  return typeof point !== "string" && pairs(point, hashOfKey(keyBytes), key);
}
