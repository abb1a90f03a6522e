import type { KeyBundle, PrincipalId } from "@eunomia/codec";
import type { Random } from "@eunomia/engine";
import { checkedPublicKey } from "./ed25519-rule.ts";
import { portable } from "./portable.ts";
import { bundleId } from "./principal-id.ts";
import type { CryptoProvider } from "./provider.ts";
import { checkedModulus } from "./suites/rsa-rule.ts";
import { randomBytes } from "./suites/suite.ts";

/** The scheme name of Ed25519 keys in a bundle. */
const ED25519 = "Ed25519";
const RSA = "RSA-PSS";

/** The keys of one principal. `seed` is the secret; the rest is public. */
export interface Keys {
  readonly principal: PrincipalId;
  readonly bundle: KeyBundle;
  readonly seed: Uint8Array;
}

function checkKeys(bundle: KeyBundle): void {
  for (const { scheme, publicKey } of bundle) {
    if (scheme === ED25519) checkedPublicKey(publicKey);
    if (scheme === RSA) checkedModulus(publicKey);
  }
}

/**
 * SHA-256 of `"mommie/principal/v1" 00 CBOR(bundle)`. A bundle with an Ed25519 key that is not of prime order or not
 * canonical, or with an RSA modulus below 2048 bits, has no id. Throws `KeyError` (a public key's fault, `empty-bundle`, `unsorted-bundle`).
 *
 * @example
 * principalId([{ scheme: "Ed25519", publicKey: portable.ed25519.publicKey(seed) }]) // 64 hexadecimal digits
 */
export function principalId(bundle: KeyBundle): PrincipalId {
  const id = bundleId(portable, bundle);
  checkKeys(bundle);
  return id;
}

/**
 * The keys that belong to a 32-byte seed. Throws `KeyError` `wrong-seed-length`.
 *
 * @example
 * const { principal } = keysOfSeed(new Uint8Array(32).fill(7))
 */
export function keysOfSeed(seed: Uint8Array, provider: CryptoProvider = portable): Keys {
  const bundle: KeyBundle = [{ scheme: ED25519, publicKey: provider.ed25519.publicKey(seed) }];
  return { principal: principalId(bundle), bundle, seed: Uint8Array.from(seed) };
}

/**
 * New keys out of 32 random bytes. The keys are as secret as `random` is unpredictable: `systemRandom()` of
 * `@eunomia/crypto-auth/native` in production, a seeded generator only in tests.
 *
 * @example
 * const keys = generateKeys(systemRandom())
 */
export function generateKeys(random: Random, provider: CryptoProvider = portable): Keys {
  return keysOfSeed(randomBytes(random, 32), provider);
}
