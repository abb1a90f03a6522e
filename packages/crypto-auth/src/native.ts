/** The same cryptography on `node:crypto`, and files for secrets. Only this module and its folder import from Node. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { Random } from "@eunomia/engine";
import { checkedPublicKey, checkedSeed, isCanonicalSignature, publicKeyFault } from "./ed25519-rule.ts";
import type { CryptoProvider, Ed25519, PublicKey, SigningKey } from "./provider.ts";

export { nativeRsaSuite } from "./native/rsa.ts";
export { nativeSecp256k1Suite } from "./native/secp256k1.ts";
export { readSecretFile, SecretFileError, writeSecretFile } from "./native/secret-files.ts";

/** RFC 8410: what stands before the 32 raw bytes in PKCS #8 and in SubjectPublicKeyInfo. */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function privateKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PRIVATE_PREFIX, checkedSeed(seed)]),
    format: "der",
    type: "pkcs8",
  });
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const encoded = createPublicKey(key).export({ format: "der", type: "spki" });
  return Uint8Array.from(encoded.subarray(PUBLIC_PREFIX.length));
}

/** `encoded` passed every check of registration, and nobody else writes to it. */
function preparedPublicKey(encoded: Uint8Array): PublicKey {
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, encoded]),
    format: "der",
    type: "spki",
  });
  return {
    bytes: encoded,
    verify: (message, signature) => isCanonicalSignature(signature) && verify(null, message, key, signature),
  };
}

function importSigningKey(seed: Uint8Array): SigningKey {
  const key = privateKeyObject(seed);
  return { publicKey: rawPublicKey(key), sign: (message) => sign(null, message, key) };
}

const nativeEd25519: Ed25519 = {
  publicKey: (seed) => rawPublicKey(privateKeyObject(seed)),
  sign: (seed, message) => sign(null, message, privateKeyObject(seed)),
  verify: (publicKey, message, signature) =>
    publicKeyFault(publicKey) === null &&
    preparedPublicKey(Uint8Array.from(publicKey)).verify(message, signature),
  importPublicKey: (bytes) => preparedPublicKey(checkedPublicKey(bytes)),
  importSigningKey,
};

/**
 * `node:crypto` behind the same interface and the same rule as `portable`.
 *
 * @example
 * native.sha256(new Uint8Array(0)).length // 32
 */
export const native: CryptoProvider = {
  name: "native",
  sha256: (message) => createHash("sha256").update(message).digest(),
  hmacSha256: (key, message) => createHmac("sha256", key).update(message).digest(),
  hkdfSha256: (secret, salt, info, lengthBytes) =>
    new Uint8Array(hkdfSync("sha256", secret, salt, info, lengthBytes)),
  macKey(key, hash = "sha256") {
    const prepared = createSecretKey(key);
    return { tag: (message) => createHmac(hash, prepared).update(message).digest() };
  },
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  ed25519: nativeEd25519,
};

/**
 * The operating system's randomness behind the `Random` door: what keys are made from in production.
 *
 * @example
 * generateKeys(systemRandom(), native)
 */
export function systemRandom(): Random {
  const pool = new Uint32Array(64);
  let used = pool.length;
  return {
    next() {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      const value = pool[used] as number;
      pool[used++] = 0;
      return value;
    },
  };
}
