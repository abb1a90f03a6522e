import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, EvidenceFault, Scheme, Spoken } from "@eunomia/engine";
import { G1, type G1Point, G2, hashToPoint, pairs, parseSignature } from "../suites/bls-points.ts";
import type { BlsKey } from "../suites/bls-suite.ts";
import type { SuiteSigningKey } from "../suites/suite.ts";
import type { Directory } from "./directory.ts";
import { refused, said } from "./finding.ts";
import { isAscending, isBytes, jointInput } from "./inputs.ts";

const SCHEME = "BLS";

export interface BlsAggregateOptions {
  readonly self: PrincipalId;
  /** Made with `blsSuite`: members need keys with proofs of possession. */
  readonly directory: Directory;
  readonly key?: SuiteSigningKey;
}

/** The scheme of whoever checks, signs or collects aggregates. */
export interface BlsAggregateScheme extends Scheme {
  /** The own part of a joint statement, 48 bytes; null without a key. */
  share(id: Uint8Array): Uint8Array | null;
  /**
   * Adds parts up. All are checked at once; if that fails, one by one, and those that are not good are named and left out. Null: no
   * part was good. `members`: all that the bitmap has a place for, in ascending order.
   */
  combine(
    statement: Spoken,
    members: readonly PrincipalId[],
    parts: ReadonlyMap<PrincipalId, Uint8Array>,
  ): { readonly evidence: Evidence | null; readonly refused: readonly PrincipalId[] };
}

/** A part that could be good: parsed, with the key that it has to fit. */
interface Part {
  readonly member: PrincipalId;
  readonly point: G1Point;
  readonly key: BlsKey;
}

/**
 * One BLS signature for many members over the same bytes (`jointInput`), with a bitmap that names them. Keys without a proof of
 * possession are refused: their owner could have made them up from the keys of others. Throws nothing at construction.
 *
 * @example
 * const scheme = blsAggregateScheme({ self: alice, directory, key: blsSuite.importSigningKey(secret) })
 */
export function blsAggregateScheme({ self, directory, key }: BlsAggregateOptions): BlsAggregateScheme {
  const keyOf = (member: PrincipalId): BlsKey | EvidenceFault => {
    const known = directory.keyOf(member, SCHEME);
    if (typeof known === "string") return known;
    return known.usable ? (known as BlsKey) : "no-proof-of-possession";
  };
  return {
    name: "BLS-AGG",
    self,
    share: (id) => key?.sign(jointInput(id)) ?? null,
    make: () => null,
    combine({ id }, members, parts) {
      const hash = hashToPoint(jointInput(id));
      const rejected: PrincipalId[] = [];
      const candidates: Part[] = [];
      for (const member of members) {
        const bytes: unknown = parts.get(member);
        if (bytes === undefined) continue;
        const known = keyOf(member);
        const point = isBytes(bytes) ? parseSignature(bytes) : "malformed";
        if (typeof known === "string" || typeof point === "string") rejected.push(member);
        else candidates.push({ member, point, key: known });
      }
      const good = fits(candidates, hash)
        ? candidates
        : candidates.filter((part) => fits([part], hash) || !rejected.push(part.member));
      if (good.length === 0) return { evidence: null, refused: rejected };
      const bitmap = new Uint8Array(Math.ceil(members.length / 8));
      for (const { member } of good) {
        const i = members.indexOf(member);
        bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7));
      }
      const sig = sumOf(good).toBytes();
      return { evidence: { scheme: "BLS-AGG", members, bitmap, sig }, refused: rejected };
    },
    check({ id }, evidence) {
      if (evidence.scheme !== "BLS-AGG") return refused("other-scheme");
      const signers = signersOf(evidence);
      if (typeof signers === "string") return refused(signers);
      let sum = G2.ZERO;
      for (const signer of signers) {
        const known = keyOf(signer);
        if (typeof known === "string") return refused(known);
        sum = sum.add(known.point);
      }
      const point = parseSignature(evidence.sig);
      if (typeof point === "string") return refused(point);
      // Proven keys cancel out only for owners who arranged it, and then the empty sum would fit any message.
      if (sum.is0()) return refused("infinity");
      return pairs(point, hashToPoint(jointInput(id)), sum)
        ? said(signers, "anyone")
        : refused("bad-signature");
    },
  };
}

const sumOf = (parts: readonly Part[]): G1Point => parts.reduce((sum, { point }) => sum.add(point), G1.ZERO);

/** Do these parts add up to a signature by all of their members? */
function fits(parts: readonly Part[], hash: G1Point): boolean {
  const point = sumOf(parts);
  const key = parts.reduce((sum, part) => sum.add(part.key.point), G2.ZERO);
  return parts.length > 0 && !point.is0() && !key.is0() && pairs(point, hash, key);
}

/** Whom the bitmap names. One spelling each: sorted members, no spare bits, nobody is nobody. */
function signersOf(
  evidence: Evidence & { readonly scheme: "BLS-AGG" },
): readonly PrincipalId[] | EvidenceFault {
  const { members, bitmap, sig } = evidence as {
    readonly members: unknown;
    readonly bitmap: unknown;
    readonly sig: unknown;
  };
  if (!Array.isArray(members) || !isBytes(bitmap) || !isBytes(sig) || !isAscending(members))
    return "malformed";
  if (bitmap.length !== Math.ceil(members.length / 8)) return "wrong-length";
  if (members.length % 8 !== 0 && (bitmap[bitmap.length - 1] as number) >> (members.length % 8) !== 0)
    return "non-canonical";
  const signers = members.filter((_, i) => ((bitmap[i >> 3] as number) >> (i & 7)) % 2 === 1);
  return signers.length === 0 ? "too-few" : signers;
}
