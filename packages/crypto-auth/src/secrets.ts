import { AuthenticatorError } from "./errors.ts";
import { domainInput, joined, nameBytes } from "./input.ts";
import type { HashProvider } from "./provider.ts";

const NO_SALT = new Uint8Array(0);
const MIN_SECRET_BYTES = 32;
const MAC_DOMAIN = domainInput("mommie/mac/v1");

/** 32 bytes that stand for a node name where fixed lengths keep an encoding injective. */
export function nodeDigest(provider: HashProvider, node: string): Uint8Array {
  return provider.sha256(domainInput("eunomia/node/v1", nameBytes(node)));
}

/** A shared secret must be at least 32 bytes long. Throws `AuthenticatorError` `short-secret`. */
export function checkedSecret(secret: Uint8Array, node: string): Uint8Array {
  if (secret.length >= MIN_SECRET_BYTES) return secret;
  throw new AuthenticatorError(
    "short-secret",
    node,
    `"secret" of "${node}" expected at least ${MIN_SECRET_BYTES} random bytes, got ${secret.length} bytes`,
  );
}

/**
 * The secret of one pair out of a secret of the whole cluster; the same for (a, b) and (b, a). Whoever knows the cluster
 * secret can speak for everyone: give a client only the pair secrets that it needs. 32 bytes.
 *
 * @example
 * const secret = pairSecret(portable, new Uint8Array(32).fill(7), "r0", "client-1")
 */
export function pairSecret(
  provider: HashProvider,
  clusterSecret: Uint8Array,
  a: string,
  b: string,
): Uint8Array {
  checkedSecret(clusterSecret, "cluster");
  const [low, high] = a < b ? [a, b] : [b, a];
  const info = domainInput("eunomia/pair-secret/v1", nodeDigest(provider, low), nodeDigest(provider, high));
  return provider.hkdfSha256(clusterSecret, NO_SALT, info, 32);
}

/**
 * The key for one direction of a pair: HKDF-SHA256 of the shared secret with info `"mommie/mac-key/v1" 00 from to`
 * (our own definition, for directional keys). The receiver never tags with it, so "it was not me" is true by
 * construction. `from` and `to` are 32 bytes each.
 *
 * @example
 * const key = directionalKey(portable, shared, nodeDigest(portable, "r0"), nodeDigest(portable, "r1"))
 */
export function directionalKey(
  provider: HashProvider,
  shared: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
): Uint8Array {
  return provider.hkdfSha256(shared, NO_SALT, domainInput("mommie/mac-key/v1", from, to), 32);
}

/**
 * What a statement's MAC is computed over: `"mommie/mac/v1" 00 id from to`, 32 bytes each.
 *
 * @example
 * const tag = portable.hmacSha256(key, macInput(id, alice, bob))
 */
export function macInput(id: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  return joined(MAC_DOMAIN, id, from, to);
}

/**
 * The pair secret of the next epoch: HKDF-SHA256 of this one. Whoever steals it cannot go back to earlier epochs, if the earlier
 * secrets were erased; whoever had an earlier one knows all later ones, so after a theft make a new secret instead.
 *
 * @example
 * const ofEpoch2 = nextSecret(portableHash, ofEpoch1)
 */
export function nextSecret(provider: HashProvider, secret: Uint8Array): Uint8Array {
  return provider.hkdfSha256(
    checkedSecret(secret, "pair"),
    NO_SALT,
    domainInput("eunomia/next-secret/v1"),
    32,
  );
}
