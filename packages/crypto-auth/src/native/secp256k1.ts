import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { checkedKey, checkedScalar, compactFault, generateScalar, lowS } from "../suites/secp256k1-rule.ts";
import type { SignatureSuite } from "../suites/suite.ts";

/** SEC 1 inside PKCS #8, without the public half, and SubjectPublicKeyInfo with a compressed point (RFC 5915, RFC 5480). */
const PRIVATE_PREFIX = Buffer.from("303e020100301006072a8648ce3d020106052b8104000a042730250201010420", "hex");
const PUBLIC_PREFIX = Buffer.from("3036301006072a8648ce3d020106052b8104000a032200", "hex");

/** x and y of the public half, in the compressed form. */
function compressed(key: KeyObject): Uint8Array {
  const { x = "", y = "" } = createPublicKey(key).export({ format: "jwk" });
  const odd = (Buffer.from(y, "base64url").at(-1) as number) & 1;
  return Uint8Array.from([2 + odd, ...Buffer.from(x, "base64url")]);
}

/**
 * ECDSA on secp256k1 by OpenSSL, with the rule of `secp256k1Suite`. Signatures are random where those of the portable suite are
 * deterministic; both are good for both.
 *
 * @example
 * const key = nativeSecp256k1Suite.importSigningKey(new Uint8Array(32).fill(7))
 */
export const nativeSecp256k1Suite: SignatureSuite = {
  scheme: "secp256k1",
  generate: generateScalar,
  importSigningKey(secret) {
    const der = Buffer.concat([PRIVATE_PREFIX, checkedScalar(secret, "secp256k1")]);
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    return {
      publicKey: compressed(key),
      // OpenSSL does not care for the lower half.
      sign: (message) => lowS(sign("sha256", message, { key, dsaEncoding: "ieee-p1363" })),
    };
  },
  importPublicKey(bytes) {
    const encoded = checkedKey(bytes);
    const key = createPublicKey({
      key: Buffer.concat([PUBLIC_PREFIX, encoded]),
      format: "der",
      type: "spki",
    });
    return {
      bytes: encoded,
      usable: true,
      verdict(message, signature) {
        const fault = compactFault(signature);
        if (fault !== null) return fault;
        return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)
          ? null
          : "bad-signature";
      },
    };
  },
};
