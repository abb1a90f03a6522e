import { fromHex, type PrincipalId } from "@eunomia/codec";
import type { GroupId, SchemeName } from "@eunomia/engine";
import { domainInput, joined } from "../input.ts";
import type { HashProvider } from "../provider.ts";

const encoder = new TextEncoder();
const separator = new Uint8Array(1);
const GROUP_DOMAIN = domainInput("mommie/group-mac/v1");
const JOINT_DOMAIN = domainInput("mommie/joint/v1");
const SIGN_DOMAIN = domainInput("mommie/sign/v1");
const MATRIX_DOMAIN = domainInput("mommie/matrix/v1");

/** Is this the text form of 32 bytes? Evidence may hold anything in its place. */
export const isId = (id: unknown): id is string => typeof id === "string" && /^[0-9a-f]{64}$/.test(id);

/** Bytes of a peer: anything may stand in their place. */
export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** Strictly ascending ids: a set with one spelling. */
export function isAscending(ids: readonly unknown[]): boolean {
  return ids.every((id, i) => isId(id) && (i === 0 || (ids[i - 1] as string) < id));
}

/**
 * What one principal signs: `"mommie/sign/v1" 00 scheme 00 id signer`. The scheme stands in it, so that a key that served two
 * schemes would still not give one signature for both.
 *
 * @example
 * signInput("Ed25519", id, alice).length // 15 + 8 + 64
 */
export function signInput(scheme: SchemeName, id: Uint8Array, signer: PrincipalId): Uint8Array {
  return joined(SIGN_DOMAIN, encoder.encode(scheme), separator, id, fromHex(signer));
}

/**
 * What all members sign of a joint statement: `"mommie/joint/v1" 00 id`, the same bytes for each.
 *
 * @example
 * jointInput(id).length // 48
 */
export function jointInput(id: Uint8Array): Uint8Array {
  return joined(JOINT_DOMAIN, id);
}

/** Under the one key of a group: `"mommie/group-mac/v1" 00 id group` (our own). */
export function groupMacInput(id: Uint8Array, group: GroupId): Uint8Array {
  return joined(GROUP_DOMAIN, id, fromHex(group));
}

/** What a server of a matrix vouches for: `"mommie/matrix/v1" 00 id issuer from to` (our own). */
export function matrixInput(id: Uint8Array, issuer: string, from: string, to: string): Uint8Array {
  return joined(MATRIX_DOMAIN, id, fromHex(issuer), fromHex(from), fromHex(to));
}

/**
 * The id that stands for a notary's word: SHA-256 of `"mommie/attest/v1" 00 id issuer time`, the time in 8 bytes, big-endian.
 * The notary then makes evidence for it as for any statement of its own.
 *
 * @example
 * attestId(portableHash, id, alice, 1_700_000_000_000).length // 32
 */
export function attestId(
  provider: Pick<HashProvider, "sha256">,
  id: Uint8Array,
  issuer: PrincipalId,
  time: number,
): Uint8Array {
  const stamp = new DataView(new ArrayBuffer(8));
  stamp.setBigUint64(0, BigInt(time));
  return provider.sha256(domainInput("mommie/attest/v1", id, fromHex(issuer), new Uint8Array(stamp.buffer)));
}
