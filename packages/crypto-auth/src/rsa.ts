/** RSA-PSS in portable JavaScript: checking only. Signing needs a private key in constant time, which big integers cannot give. */
import { sha256 } from "@noble/hashes/sha2.js";
import { portableHash } from "./portable-hash.ts";
import { checkedModulus } from "./suites/rsa-rule.ts";
import { bigEndian, isBelowBigEndian, numberOf, type VerifySuite } from "./suites/suite.ts";

export { rsaKeyFault } from "./suites/rsa-rule.ts";

const HASH = 32;
const SALT = 32;

/** signature^65537 mod n: sixteen squarings and one product. */
function publicPower(signature: bigint, modulus: bigint): bigint {
  let power = signature;
  for (let bit = 0; bit < 16; bit++) power = (power * power) % modulus;
  return (power * signature) % modulus;
}

/** MGF1 with SHA-256 (RFC 8017, B.2.1), added to `masked` in place. */
function unmask(masked: Uint8Array, seed: Uint8Array): void {
  const block = new Uint8Array(HASH + 4);
  block.set(seed);
  const counter = new DataView(block.buffer, HASH);
  for (let start = 0; start < masked.length; start += HASH) {
    counter.setUint32(0, start / HASH);
    const mask = sha256(block);
    for (let i = 0; i < HASH && start + i < masked.length; i++)
      masked[start + i] = (masked[start + i] as number) ^ (mask[i] as number);
  }
}

/** EMSA-PSS-VERIFY (RFC 8017, 9.1.2) with SHA-256, a salt of 32 bytes, and a modulus that fills its bytes. */
function isEncodedMessage(encoded: Uint8Array, message: Uint8Array): boolean {
  const dataLength = encoded.length - HASH - 1;
  if (encoded[encoded.length - 1] !== 0xbc || (encoded[0] as number) >= 0x80) return false;
  const data = encoded.slice(0, dataLength);
  const hash = encoded.subarray(dataLength, dataLength + HASH);
  unmask(data, hash);
  data[0] = (data[0] as number) & 0x7f;
  const padding = dataLength - SALT - 1;
  for (let i = 0; i < padding; i++) if (data[i] !== 0) return false;
  if (data[padding] !== 1) return false;
  const inner = sha256
    .create()
    .update(new Uint8Array(8))
    .update(sha256(message))
    .update(data.subarray(padding + 1));
  return portableHash.equal(inner.digest(), hash);
}

/**
 * RSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes and the exponent 65537, checking only. A public key is the
 * modulus, big-endian. `nativeRsaSuite` of `@eunomia/crypto-auth/native` signs too.
 *
 * @example
 * rsaVerifySuite.importPublicKey(modulus).verdict(message, signature) // null: good
 */
export const rsaVerifySuite: VerifySuite = {
  scheme: "RSA-PSS",
  importPublicKey(bytes) {
    const modulusBytes = checkedModulus(bytes);
    const modulus = numberOf(modulusBytes);
    return {
      bytes: Uint8Array.from(modulusBytes),
      usable: true,
      verdict(message, signature) {
        if (signature.length !== modulusBytes.length) return "wrong-length";
        if (!isBelowBigEndian(signature, modulusBytes)) return "non-canonical";
        const encoded = bigEndian(publicPower(numberOf(signature), modulus), modulusBytes.length);
        return isEncodedMessage(encoded, message) ? null : "bad-signature";
      },
    };
  },
};
