import type { EvidenceFault } from "@eunomia/engine";
import { domainInput, joined } from "../input.ts";
import { portableHash } from "../portable-hash.ts";
import { G1, type G1Point, hashToPoint, pairsAll, parseSignature } from "./bls-points.ts";
import type { BlsKey } from "./bls-suite.ts";
import { bigEndian, numberOf, type SignedItem } from "./suite.ts";

/** A signature whose point is fine, and what it has to fit. */
interface Candidate {
  readonly index: number;
  readonly key: BlsKey;
  readonly point: G1Point;
  readonly hash: G1Point;
  /** A multiplier of 128 bits that whoever made the signatures could not choose them by. */
  readonly weight: bigint;
}

/**
 * The verdicts of many signatures. All are weighed into one equation, in which each key costs one pairing and the final
 * exponentiation is shared; if it does not hold, halves are tried, down to the signatures that are not good. The weights are a hash of
 * all that is checked, so the same input has the same answer. A sum that holds with a bad signature in it has a chance of 2^-128.
 */
export function blsVerdicts(items: readonly SignedItem<BlsKey>[]): (EvidenceFault | null)[] {
  const verdicts: (EvidenceFault | null)[] = items.map(() => null);
  const candidates: Candidate[] = [];
  const seed = transcript(items);
  for (const [index, { key, message, signature }] of items.entries()) {
    const point = parseSignature(signature);
    if (typeof point === "string") verdicts[index] = point;
    else candidates.push({ index, key, point, hash: hashToPoint(message), weight: weightOf(seed, index) });
  }
  markBad(candidates, verdicts);
  return verdicts;
}

function markBad(candidates: readonly Candidate[], verdicts: (EvidenceFault | null)[]): void {
  const [first] = candidates;
  if (first === undefined || holds(candidates)) return;
  if (candidates.length === 1) {
    verdicts[first.index] = "bad-signature";
    return;
  }
  const half = candidates.length >> 1;
  markBad(candidates.slice(0, half), verdicts);
  markBad(candidates.slice(half), verdicts);
}

function holds(candidates: readonly Candidate[]): boolean {
  let sum = G1.ZERO;
  const byKey = new Map<BlsKey, G1Point>();
  for (const { key, point, hash, weight } of candidates) {
    sum = sum.add(point.multiplyUnsafe(weight));
    byKey.set(key, (byKey.get(key) ?? G1.ZERO).add(hash.multiplyUnsafe(weight)));
  }
  const terms = [...byKey].map(([key, g1]) => ({ g1, g2: key.point }));
  // The library takes no points at infinity; honest weights do not cancel, so this is no equation that holds.
  if (sum.is0() || terms.some(({ g1 }) => g1.is0())) return false;
  return pairsAll(sum, terms);
}

function transcript(items: readonly SignedItem<BlsKey>[]): Uint8Array {
  const digests = items.map(({ key, message, signature }) =>
    joined(portableHash.sha256(key.bytes), portableHash.sha256(message), portableHash.sha256(signature)),
  );
  return portableHash.sha256(domainInput("eunomia/bls-batch/v1", ...digests));
}

/** Odd, so that it is not zero. */
function weightOf(seed: Uint8Array, index: number): bigint {
  return numberOf(portableHash.sha256(joined(seed, bigEndian(BigInt(index), 4))).subarray(0, 16)) | 1n;
}
