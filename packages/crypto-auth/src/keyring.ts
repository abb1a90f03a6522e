import { compareBytes, type KeyBundle, type PrincipalId, utf8Encode } from "@eunomia/codec";
import type { Random } from "@eunomia/engine";
import { KeyError } from "./errors.ts";
import { portableHash } from "./portable-hash.ts";
import { bundleId } from "./principal-id.ts";
import type { SignatureSuite, SuiteSigningKey } from "./suites/suite.ts";

/** All keys of one principal, of several schemes. `secrets` is secret; the rest is public. */
export interface Keyring {
  readonly principal: PrincipalId;
  readonly bundle: KeyBundle;
  /** By scheme, each as its suite takes it. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

/**
 * The public half of secrets, by scheme. Throws `KeyError` (`wrong-secret`, `unknown-scheme` for a scheme without suite,
 * `empty-bundle`).
 *
 * @example
 * const keyring = keyringOf(new Map([["Ed25519", seed]]), [ed25519Suite(portable)])
 */
export function keyringOf(
  secrets: ReadonlyMap<string, Uint8Array>,
  suites: readonly SignatureSuite[],
): Keyring {
  const bundle = [...secrets].map(([scheme, secret]) => ({
    scheme,
    publicKey: suiteOf(suites, scheme).importSigningKey(secret).publicKey,
  }));
  bundle.sort((a, b) => byEncodedName(a.scheme, b.scheme));
  const own = new Map([...secrets].map(([scheme, secret]) => [scheme, Uint8Array.from(secret)]));
  return { principal: bundleId(portableHash, bundle), bundle, secrets: own };
}

/**
 * New keys, one for each suite. As secret as `random` is unpredictable.
 *
 * @example
 * const keyring = generateKeyring(systemRandom(), [ed25519Suite(native), nativeSecp256k1Suite, blsSuite])
 */
export function generateKeyring(random: Random, suites: readonly SignatureSuite[]): Keyring {
  return keyringOf(new Map(suites.map((suite) => [suite.scheme, suite.generate(random)])), suites);
}

/**
 * The prepared key of one scheme, for `signatureScheme`. Throws `KeyError` `unknown-scheme` where the keyring has none.
 *
 * @example
 * const scheme = signatureScheme({ self: keyring.principal, suite, directory, key: signingKey(keyring, suite) })
 */
export function signingKey(keyring: Keyring, suite: SignatureSuite): SuiteSigningKey {
  const secret = keyring.secrets.get(suite.scheme);
  if (secret !== undefined) return suite.importSigningKey(secret);
  throw new KeyError(
    "unknown-scheme",
    "keyring",
    `expected a ${suite.scheme} key, got ${[...keyring.secrets.keys()]}`,
  );
}

export function suiteOf<Suite extends { readonly scheme: string }>(
  suites: readonly Suite[],
  scheme: string,
): Suite {
  const suite = suites.find((candidate) => candidate.scheme === scheme);
  if (suite !== undefined) return suite;
  const known = suites.map((candidate) => candidate.scheme).join(", ");
  throw new KeyError("unknown-scheme", "scheme", `expected one of ${known}, got ${JSON.stringify(scheme)}`);
}

/** Shorter names first, as bundles are sorted. */
function byEncodedName(a: string, b: string): number {
  const [left, right] = [utf8Encode(a), utf8Encode(b)];
  return left.length - right.length || compareBytes(left, right);
}
