import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { checkedPublicKey, checkedSeed, isCanonicalSignature, publicKeyFault } from "./ed25519-rule.ts";
import { portableHash } from "./portable-hash.ts";
import type { CryptoProvider, Ed25519, PublicKey, SigningKey } from "./provider.ts";

const Point = ed25519.Point;
const Scalar = Point.Fn;

function reduceLittleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--)
    value = (value << 8n) | BigInt(bytes[index] as number);
  return Scalar.create(value);
}

/** `encoded` passed every check of registration, and nobody else writes to it. */
function preparedPublicKey(encoded: Uint8Array): PublicKey {
  const point = Point.fromBytes(encoded);
  return {
    bytes: Uint8Array.from(encoded),
    // The library's own `verify` multiplies by the cofactor and so accepts an R with a small-order part, which
    // OpenSSL refuses; hence the equation is spelled out here.
    verify(message, signature) {
      if (!isCanonicalSignature(signature)) return false;
      const nonce = signature.subarray(0, 32);
      const s = reduceLittleEndian(signature.subarray(32));
      const challenge = reduceLittleEndian(
        sha512.create().update(nonce).update(encoded).update(message).digest(),
      );
      const expected = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(challenge));
      return portableHash.equal(expected.toBytes(), nonce);
    },
  };
}

function importSigningKey(seed: Uint8Array): SigningKey {
  const own = checkedSeed(seed);
  return { publicKey: ed25519.getPublicKey(own), sign: (message) => ed25519.sign(message, own) };
}

const portableEd25519: Ed25519 = {
  publicKey: (seed) => ed25519.getPublicKey(checkedSeed(seed)),
  sign: (seed, message) => ed25519.sign(message, checkedSeed(seed)),
  verify: (publicKey, message, signature) =>
    publicKeyFault(publicKey) === null &&
    preparedPublicKey(Uint8Array.from(publicKey)).verify(message, signature),
  importPublicKey: (bytes) => preparedPublicKey(checkedPublicKey(bytes)),
  importSigningKey,
};

/**
 * Runs anywhere, browsers included. Built on `@noble/hashes` and `@noble/curves`.
 *
 * @example
 * portable.sha256(new Uint8Array(0)).length // 32
 */
export const portable: CryptoProvider = {
  name: "portable",
  ...portableHash,
  ed25519: portableEd25519,
};
