import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { HashProvider } from "./provider.ts";

/** Compares without a branch on the bytes. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] as number) ^ (b[index] as number);
  return difference === 0;
}

/**
 * The part of `portable` that needs no curve: enough for MACs, and all that a bundle without signatures carries.
 *
 * @example
 * portableHash.sha256(new Uint8Array(0)).length // 32
 */
export const portableHash: HashProvider = {
  sha256,
  hmacSha256: (key, message) => hmac(sha256, key, message),
  hkdfSha256: (secret, salt, info, lengthBytes) =>
    expand(sha256, extract(sha256, secret, salt), info, lengthBytes),
  macKey(key, hash = "sha256") {
    const prepared = hash === "sha1" ? hmac.create(sha1, key) : hmac.create(sha256, key);
    return { tag: (message) => prepared.clone().update(message).digest() };
  },
  equal: sameBytes,
};
