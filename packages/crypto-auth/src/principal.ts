import { encode, KeyBundle, type PrincipalId, toHex } from "@eunomia/codec";
import type { Random } from "@eunomia/engine";
import { checkedPublicKey } from "./ed25519-rule.ts";
import { KeyError } from "./errors.ts";
import { domainInput } from "./input.ts";
import { portable } from "./portable.ts";
import type { CryptoProvider } from "./provider.ts";

/** The scheme name of Ed25519 keys in a bundle. */
const ED25519 = "Ed25519";

/** The keys of one principal. `seed` is the secret; the rest is public. */
export interface Keys {
  readonly principal: PrincipalId;
  readonly bundle: KeyBundle;
  readonly seed: Uint8Array;
}

function checkBundle(bundle: KeyBundle): void {
  if (bundle.length === 0) throw new KeyError("empty-bundle", "bundle", "expected one key or more, got none");
  if (KeyBundle.check(bundle, 0) !== null) {
    const got = bundle.map((key) => key.scheme).join(", ");
    throw new KeyError("unsorted-bundle", "bundle", `expected one key per scheme, sorted, got ${got}`);
  }
  for (const key of bundle) if (key.scheme === ED25519) checkedPublicKey(key.publicKey);
}

/**
 * SHA-256 of `"mommie/principal/v1" 00 CBOR(bundle)`. A bundle with an Ed25519 key that is not of prime order or not
 * canonical has no id. Throws `KeyError` (a public key's fault, `empty-bundle`, `unsorted-bundle`).
 *
 * @example
 * principalId([{ scheme: "Ed25519", publicKey: portable.ed25519.publicKey(seed) }]) // 64 hexadecimal digits
 */
export function principalId(bundle: KeyBundle): PrincipalId {
  checkBundle(bundle);
  return toHex(portable.sha256(domainInput("mommie/principal/v1", encode(KeyBundle, bundle))));
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
  const seed = new Uint8Array(32);
  const view = new DataView(seed.buffer);
  for (let offset = 0; offset < seed.length; offset += 4) view.setUint32(offset, random.next());
  return keysOfSeed(seed, provider);
}
