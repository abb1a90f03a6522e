import { concat, toHex } from "@eunomia/codec";
import { type PublicKey, type SigningKey, signInDomain, verifyInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";

/** Whether a key has signed bytes for a purpose. */
export type Verify = (
  publicKey: Uint8Array,
  domain: string,
  bytes: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** So many answers are remembered. */
const rememberedMax = 4096;

/**
 * Verifies signatures. A key is imported once, and what was found right lately is not verified again: the processes of a node are
 * sent the same messages, and more than once.
 */
export function verifier(): Verify {
  const keys = new Map<string, PublicKey>();
  const right = new Set<string>();
  return (publicKey, domain, bytes, signature) => {
    // All but the last part have one length, or none: different questions have different names.
    const name = `${toHex(publicKey)} ${domain} ${toHex(native.sha256(concat(native.sha256(bytes), signature)))}`;
    if (right.has(name)) return true;
    try {
      const key = keys.get(toHex(publicKey)) ?? native.ed25519.importPublicKey(publicKey);
      keys.set(toHex(publicKey), key);
      if (!verifyInDomain(key, domain, bytes, signature)) return false;
    } catch {
      return false; // A key that does not import verifies nothing, at every node alike.
    }
    right.add(name);
    if (right.size > rememberedMax) right.delete(right.values().next().value as string);
    return true;
  };
}

/** How a node signs, and how it judges what others signed. */
export interface Signatures {
  sign(domain: string, bytes: Uint8Array): Uint8Array;
  readonly verify: Verify;
}

/** Signatures of a key; without one, nothing can be signed: where plans are judged only. */
export const signaturesOf = (key: SigningKey | null): Signatures => ({
  verify: verifier(),
  sign(domain, bytes) {
    if (key === null) throw new Error("nothing is signed where plans are judged only");
    return signInDomain(key, domain, bytes);
  },
});
