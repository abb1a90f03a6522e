/** Signatures on secp256k1 in portable JavaScript: ECDSA with SHA-256 and low S, and BIP-340. */
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import {
  checkedKey,
  checkedScalar,
  checkedXOnlyKey,
  compactFault,
  generateScalar,
  schnorrFault,
} from "./suites/secp256k1-rule.ts";
import type { SignatureSuite } from "./suites/suite.ts";

/**
 * ECDSA with SHA-256: a signature is r and s, 32 bytes each, s in the lower half. Secrets are scalars of 32 bytes; public keys
 * are compressed, 33 bytes. Deterministic (RFC 6979).
 *
 * @example
 * const key = secp256k1Suite.importSigningKey(new Uint8Array(32).fill(7))
 */
export const secp256k1Suite: SignatureSuite = {
  scheme: "secp256k1",
  generate: generateScalar,
  importSigningKey(secret) {
    const own = checkedScalar(secret, "secp256k1");
    return { publicKey: secp256k1.getPublicKey(own), sign: (message) => secp256k1.sign(message, own) };
  },
  importPublicKey(bytes) {
    const key = checkedKey(bytes);
    return {
      bytes: Uint8Array.from(key),
      usable: true,
      verdict: (message, signature) =>
        compactFault(signature) ?? (secp256k1.verify(signature, message, key) ? null : "bad-signature"),
    };
  },
};

/**
 * BIP-340. A key of its own: never use one secret with both schemes. Public keys are the x of a point, 32 bytes. Signs with
 * 32 zero bytes for the auxiliary randomness, as the BIP allows, so that nothing but the secret and the message matters.
 * OpenSSL has no BIP-340: this is the only implementation, natively too.
 *
 * @example
 * const key = bip340Suite.importSigningKey(new Uint8Array(32).fill(7))
 */
export const bip340Suite: SignatureSuite = {
  scheme: "BIP-340",
  generate: generateScalar,
  importSigningKey(secret) {
    const own = checkedScalar(secret, "BIP-340");
    const noAux = new Uint8Array(32);
    return { publicKey: schnorr.getPublicKey(own), sign: (message) => schnorr.sign(message, own, noAux) };
  },
  importPublicKey(bytes) {
    const key = checkedXOnlyKey(bytes);
    return {
      bytes: Uint8Array.from(key),
      usable: true,
      verdict: (message, signature) =>
        schnorrFault(signature) ?? (schnorr.verify(signature, message, key) ? null : "bad-signature"),
    };
  },
};
