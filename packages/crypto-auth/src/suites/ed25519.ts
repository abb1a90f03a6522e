import { isCanonicalSignature } from "../ed25519-rule.ts";
import type { CryptoProvider } from "../provider.ts";
import { randomBytes, type SignatureSuite } from "./suite.ts";

/**
 * Ed25519 as a suite, by the strict rule of the provider. Secrets are 32-byte seeds.
 *
 * @example
 * const key = ed25519Suite(portable).importSigningKey(new Uint8Array(32).fill(7))
 */
export function ed25519Suite({ ed25519 }: Pick<CryptoProvider, "ed25519">): SignatureSuite {
  return {
    scheme: "Ed25519",
    generate: (random) => randomBytes(random, 32),
    importSigningKey: (secret) => ed25519.importSigningKey(secret),
    importPublicKey(bytes) {
      const key = ed25519.importPublicKey(bytes);
      return {
        bytes: key.bytes,
        usable: true,
        verdict(message, signature) {
          if (signature.length !== 64) return "wrong-length";
          if (!isCanonicalSignature(signature)) return "non-canonical";
          return key.verify(message, signature) ? null : "bad-signature";
        },
      };
    },
  };
}
