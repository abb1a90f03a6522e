import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { checkedModulus, EXPONENT } from "../suites/rsa-rule.ts";
import { isBelowBigEndian, type SignatureSuite, wrongSecret } from "../suites/suite.ts";

const BITS = 3072;
const EXPONENT_TEXT = Buffer.from("010001", "hex").toString("base64url");
const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

function privateKeyOf(secret: Uint8Array): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(secret), format: "der", type: "pkcs8" });
  } catch {
    // OpenSSL's own message may quote what it was given.
    throw wrongSecret("RSA-PSS", "PKCS #8 in DER");
  }
  if (key.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails?.publicExponent !== EXPONENT)
    throw wrongSecret("RSA-PSS", "an RSA key with the exponent 65537");
  return key;
}

/** The modulus alone: what a bundle holds. */
function modulusOf(key: KeyObject): Uint8Array {
  const { n = "" } = createPublicKey(key).export({ format: "jwk" });
  return checkedModulus(Buffer.from(n, "base64url"));
}

/**
 * RSA-PSS by OpenSSL, with the rule of `rsaVerifySuite`. Secrets are PKCS #8 in DER; new ones have 3072 bits and come from
 * OpenSSL's own randomness, so `generate` does not use what it is given.
 *
 * @example
 * const secret = nativeRsaSuite.generate(systemRandom())
 */
export const nativeRsaSuite: SignatureSuite = {
  scheme: "RSA-PSS",
  generate: () =>
    Uint8Array.from(
      generateKeyPairSync("rsa", { modulusLength: BITS }).privateKey.export({ format: "der", type: "pkcs8" }),
    ),
  importSigningKey(secret) {
    const key = privateKeyOf(secret);
    return { publicKey: modulusOf(key), sign: (message) => sign("sha256", message, { key, ...padding }) };
  },
  importPublicKey(bytes) {
    const modulus = checkedModulus(bytes);
    const n = Buffer.from(modulus).toString("base64url");
    const key = createPublicKey({ key: { kty: "RSA", n, e: EXPONENT_TEXT }, format: "jwk" });
    return {
      bytes: Uint8Array.from(modulus),
      usable: true,
      verdict(message, signature) {
        if (signature.length !== modulus.length) return "wrong-length";
        if (!isBelowBigEndian(signature, modulus)) return "non-canonical";
        return verify("sha256", message, { key, ...padding }, signature) ? null : "bad-signature";
      },
    };
  },
};
