import { utf8Encode } from "@eunomia/codec";

/** Answers the 32 bytes of SHA-256. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The chain before slot 1 of a cluster (aneris 5.4). */
export function genesisChain(sha256: Sha256, cluster: string): Uint8Array {
  return sha256(utf8Encode(`aneris/chain/1\u0000${cluster}`));
}

/** chain := H(chain | slot | epoch | H(vector)), numbers as 8 bytes, big endian (aneris 5.4). */
export function nextChain(
  sha256: Sha256,
  chain: Uint8Array,
  slot: number,
  epoch: number,
  vectorDigest: Uint8Array,
): Uint8Array {
  const input = new Uint8Array(chain.length + 48);
  const view = new DataView(input.buffer);
  input.set(chain, 0);
  view.setBigUint64(chain.length, BigInt(slot));
  view.setBigUint64(chain.length + 8, BigInt(epoch));
  input.set(vectorDigest, chain.length + 16);
  return sha256(input);
}
