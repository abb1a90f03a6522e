import type { Random } from "@eunomia/engine";
import { KeyError } from "../errors.ts";
import {
  Fr,
  G1,
  type G1Point,
  G2,
  type G2Point,
  hashToPoint,
  pairs,
  parseKey,
  parseSignature,
} from "./bls-points.ts";
import { blsScalar, importBlsKey } from "./bls-suite.ts";
import { bigEndian, numberOf, randomBytes, refusedKey, type VerifyKey } from "./suite.ts";

/** What is public of a threshold key: k points; the first is the key of the group. Any k of the n members can sign. */
export interface BlsGroup {
  readonly k: number;
  readonly n: number;
  /** 96 bytes each, k of them. */
  readonly commitments: readonly Uint8Array[];
}

/** What a dealer makes. Share i (1 to n) is for member i alone. */
export interface BlsDealing {
  readonly group: BlsGroup;
  readonly shares: ReadonlyMap<number, Uint8Array>;
}

function assertSizes(k: number, n: number): void {
  const fits = Number.isSafeInteger(k) && Number.isSafeInteger(n) && 1 <= k && k <= n && n <= 1024;
  if (!fits) throw new KeyError("bad-group", "k", `expected 1 <= k <= n <= 1024, got k = ${k} and n = ${n}`);
}

/** 48 random bytes reduced: the bias is below 2^-128. Zero never comes out. */
const randomScalar = (random: Random): bigint => 1n + (numberOf(randomBytes(random, 48)) % (Fr.ORDER - 1n));

function evaluate(coefficients: readonly bigint[], at: number): bigint {
  return coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, BigInt(at)), coefficient), 0n);
}

/** The point that belongs to share `index`: the commitments as a polynomial. */
function sharePoint(points: readonly G2Point[], index: number): G2Point {
  return points.reduceRight((sum, point) => sum.multiplyUnsafe(BigInt(index)).add(point), G2.ZERO);
}

function pointsOf(group: BlsGroup): G2Point[] {
  return group.commitments.map((bytes) => {
    const point = parseKey(bytes);
    if (typeof point === "string") throw refusedKey(point, "BLS-THRESHOLD", "points of G2 in the subgroup");
    return point;
  });
}

/**
 * Deals the shares of a new threshold key (Shamir, with Feldman's commitments). The dealer knows the key: where nobody may, each
 * member deals and all add up what they got (`sumBlsDealings`). Throws `KeyError` `bad-group`.
 *
 * @example
 * const { group, shares } = dealBls(systemRandom(), { k: 3, n: 4 })
 */
export function dealBls(random: Random, { k, n }: { readonly k: number; readonly n: number }): BlsDealing {
  assertSizes(k, n);
  const coefficients = Array.from({ length: k }, () => randomScalar(random));
  const commitments = coefficients.map((coefficient) => G2.BASE.multiply(coefficient).toBytes());
  const shares = new Map<number, Uint8Array>();
  for (let index = 1; index <= n; index++) shares.set(index, bigEndian(evaluate(coefficients, index), 32));
  return { group: { k, n, commitments }, shares };
}

/**
 * Does this share belong to the group? A member asks before it accepts what a dealer sent. Throws `KeyError` for a group that is
 * none.
 *
 * @example
 * isBlsShare(group, 1, shares.get(1)!) // true
 */
export function isBlsShare(group: BlsGroup, index: number, share: Uint8Array): boolean {
  assertSizes(group.k, group.n);
  const inRange = Number.isSafeInteger(index) && 1 <= index && index <= group.n;
  if (group.commitments.length !== group.k || !inRange || share.length !== 32) return false;
  const scalar = numberOf(share);
  if (scalar === 0n || scalar >= Fr.ORDER) return false;
  return sharePoint(pointsOf(group), index).equals(G2.BASE.multiply(scalar));
}

/**
 * One member's part of a key that nobody dealt alone: the sum of what all dealers sent it, each part checked. All members must
 * take the same dealings; agreeing on which is up to them. Throws `KeyError` `bad-group` with the dealer at fault as field.
 *
 * @example
 * const { group, share } = sumBlsDealings(2, new Map([["alice", { group: hers, share }], ["bob", { group: his, share: other }]]))
 */
export function sumBlsDealings(
  index: number,
  dealings: ReadonlyMap<string, { readonly group: BlsGroup; readonly share: Uint8Array }>,
): { readonly group: BlsGroup; readonly share: Uint8Array } {
  const [first] = dealings.values();
  if (first === undefined)
    throw new KeyError("bad-group", "dealings", "expected one dealing or more, got none");
  const { k, n } = first.group;
  let total = 0n;
  const sums = Array.from({ length: k }, () => G2.ZERO);
  for (const [dealer, { group, share }] of dealings) {
    if (group.k !== k || group.n !== n || !isBlsShare(group, index, share))
      throw new KeyError(
        "bad-group",
        dealer,
        `expected a share of a ${k}-of-${n} key that fits its commitments`,
      );
    total = Fr.add(total, numberOf(share));
    for (const [i, point] of pointsOf(group).entries()) sums[i] = (sums[i] as G2Point).add(point);
  }
  // Zero comes out once in 2^255, or by design of all dealers.
  if (total === 0n || sums.some((sum) => sum.is0()))
    throw new KeyError("bad-group", "dealings", "expected dealings that do not cancel out");
  return { group: { k, n, commitments: sums.map((sum) => sum.toBytes()) }, share: bigEndian(total, 32) };
}

/**
 * The key of the group, for `thresholdScheme`. It stands for nobody alone, so it needs no proof of possession. Throws `KeyError`.
 *
 * @example
 * const groups = new Map([[id, importBlsGroupKey(group.commitments[0]!)]])
 */
export function importBlsGroupKey(bytes: Uint8Array): VerifyKey {
  if (bytes.length !== 96) throw refusedKey("wrong-length", "BLS-THRESHOLD", "a point of G2, 96 bytes");
  return importBlsKey(bytes);
}

/**
 * What one member signs with its share. Throws `KeyError` `wrong-secret`.
 *
 * @example
 * const part = signBlsShare(shares.get(1)!, jointInput(id))
 */
export function signBlsShare(share: Uint8Array, message: Uint8Array): Uint8Array {
  return hashToPoint(message).multiply(blsScalar(share)).toBytes();
}

/**
 * Puts k parts together to the signature of the group; parts that are not good are named and left out. `sig` is null while there
 * are too few. Throws `KeyError` for a group that is none.
 *
 * @example
 * const { sig, refused } = combineBlsShares(group, jointInput(id), new Map([[1, part1], [3, part3], [4, part4]]))
 */
export function combineBlsShares(
  group: BlsGroup,
  message: Uint8Array,
  parts: ReadonlyMap<number, Uint8Array>,
): { readonly sig: Uint8Array | null; readonly refused: readonly number[] } {
  assertSizes(group.k, group.n);
  const commitments = pointsOf(group);
  const hash = hashToPoint(message);
  const good = new Map<number, G1Point>();
  const refused: number[] = [];
  for (const [index, part] of parts) {
    if (good.size === group.k) break;
    const point = parseSignature(part);
    const inRange = Number.isSafeInteger(index) && 1 <= index && index <= group.n;
    if (inRange && typeof point !== "string" && pairs(point, hash, sharePoint(commitments, index)))
      good.set(index, point);
    else refused.push(index);
  }
  if (good.size < group.k) return { sig: null, refused };
  const indices = [...good.keys()];
  let sum = G1.ZERO;
  for (const [index, point] of good) sum = sum.add(point.multiplyUnsafe(lagrange(indices, index)));
  return { sig: sum.toBytes(), refused };
}

/** The weight of share `index` in the value at 0. */
function lagrange(indices: readonly number[], index: number): bigint {
  let [above, below] = [1n, 1n];
  for (const other of indices) {
    if (other === index) continue;
    above = Fr.mul(above, BigInt(other));
    below = Fr.mul(below, Fr.create(BigInt(other - index)));
  }
  return Fr.div(above, below);
}
