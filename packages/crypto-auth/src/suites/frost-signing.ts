import type { Random } from "@eunomia/engine";
import { ed25519_FROST as frost } from "@noble/curves/ed25519.js";
import { KeyError } from "../errors.ts";
import { randomBytes } from "./suite.ts";

/** What all members know. Member i has the number i, 1 to n. */
export interface FrostGroup {
  readonly k: number;
  readonly n: number;
  /** An ordinary Ed25519 key of 32 bytes: whoever checks the signatures needs nothing else. */
  readonly publicKey: Uint8Array;
  /** The library's own package; plain data of texts, numbers and bytes. */
  readonly package: ReturnType<typeof frost.trustedDealer>["public"];
}

/** What one member keeps for itself. */
export interface FrostMember {
  readonly index: number;
  readonly group: FrostGroup;
  readonly share: Uint8Array;
}

/** What a member publishes in the first round. */
export interface FrostCommitment {
  readonly index: number;
  readonly hiding: Uint8Array;
  readonly binding: Uint8Array;
}

/** One attempt of one member to sign. */
export interface FrostAttempt {
  readonly commitment: FrostCommitment;
  /**
   * The second round: the own part of the signature, 32 bytes. Only once, whatever comes out: two answers from one pair of nonces
   * give away the share. Throws `KeyError` `bad-group` for the second call, and for commitments that do not have exactly the own one
   * under the own number, are fewer than k, or hold what is no point.
   */
  sign(message: Uint8Array, commitments: readonly FrostCommitment[]): Uint8Array;
}

const idOf = (index: number): string => frost.Identifier.fromNumber(index);
const libraryCommitment = ({ index, hiding, binding }: FrostCommitment) => ({
  identifier: idOf(index),
  hiding,
  binding,
});

export function frostGroup(publicPackage: FrostGroup["package"]): FrostGroup {
  const { signers, commitments } = publicPackage;
  return {
    k: signers.min,
    n: signers.max,
    publicKey: Uint8Array.from(commitments[0] as Uint8Array),
    package: publicPackage,
  };
}

export function assertFrostSizes(k: number, n: number): void {
  if (Number.isSafeInteger(k) && Number.isSafeInteger(n) && 2 <= k && k <= n && n <= 1024) return;
  throw new KeyError("bad-group", "k", `expected 2 <= k <= n <= 1024, got k = ${k} and n = ${n}`);
}

/**
 * A new group from one dealer, who knows the key. Where nobody may, the members run `FrostKeygen`. Throws `KeyError` `bad-group`.
 *
 * @example
 * const { group, members } = dealFrost(systemRandom(), { k: 2, n: 3 })
 */
export function dealFrost(
  random: Random,
  { k, n }: { readonly k: number; readonly n: number },
): { readonly group: FrostGroup; readonly members: readonly FrostMember[] } {
  assertFrostSizes(k, n);
  const dealt = frost.trustedDealer({ min: k, max: n }, undefined, undefined, (length = 32) =>
    randomBytes(random, length),
  );
  const group = frostGroup(dealt.public);
  const members = Array.from({ length: n }, (_, i) => ({
    index: i + 1,
    group,
    share: (dealt.secretShares[idOf(i + 1)] as { readonly signingShare: Uint8Array }).signingShare,
  }));
  return { group, members };
}

/**
 * The first round: nonces for one attempt. Publish `commitment`, keep the rest in memory, and never on a disk.
 *
 * @example
 * const attempt = frostAttempt(members[0]!, systemRandom())
 */
export function frostAttempt({ index, group, share }: FrostMember, random: Random): FrostAttempt {
  const secret = { identifier: idOf(index), signingShare: share };
  const { nonces, commitments } = frost.commit(secret, (length = 32) => randomBytes(random, length));
  const own = { index, hiding: commitments.hiding, binding: commitments.binding };
  let used = false;
  return {
    commitment: own,
    sign(message, all) {
      if (used) throw new KeyError("bad-group", "commitments", "expected a new attempt: this one has signed");
      used = true;
      try {
        return frost.signShare(secret, group.package, nonces, all.map(libraryCommitment), message);
      } catch {
        // The library's message names what is wrong with a peer's point, and peers are free to send any.
        throw new KeyError(
          "bad-group",
          "commitments",
          `expected those of ${group.k} members or more, the own one among them`,
        );
      } finally {
        nonces.hiding.fill(0);
        nonces.binding.fill(0);
      }
    },
  };
}

/**
 * Puts the parts of exactly those members together who are in `commitments`. Null with the members whose parts are not good: try
 * again without them. Never throws because of what a member sent.
 *
 * @example
 * const { sig, refused } = combineFrost(group, jointInput(id), commitments, parts)
 */
export function combineFrost(
  group: FrostGroup,
  message: Uint8Array,
  commitments: readonly FrostCommitment[],
  parts: ReadonlyMap<number, Uint8Array>,
): { readonly sig: Uint8Array | null; readonly refused: readonly number[] } {
  const all = commitments.filter(
    ({ index }) => Number.isSafeInteger(index) && 1 <= index && index <= group.n,
  );
  const library = all.map(libraryCommitment);
  const isGood = ({ index }: FrostCommitment): boolean => {
    const part = parts.get(index);
    try {
      return part !== undefined && frost.verifyShare(group.package, library, message, idOf(index), part);
    } catch {
      return false;
    }
  };
  try {
    const shares = Object.fromEntries(
      all.map(({ index }) => [idOf(index), parts.get(index) ?? new Uint8Array(0)]),
    );
    return { sig: frost.aggregate(group.package, library, message, shares), refused: [] };
  } catch {
    return { sig: null, refused: all.filter((commitment) => !isGood(commitment)).map(({ index }) => index) };
  }
}
