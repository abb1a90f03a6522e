import { domainInput } from "./input.ts";
import type { PublicKey, SigningKey } from "./provider.ts";

/**
 * Signs `domain 00 bytes`, for control commands and other statements outside a packet. A signature made for one domain
 * never verifies in another. Throws `KeyError` `bad-domain`.
 *
 * @example
 * const signature = signInDomain(portable.ed25519.importSigningKey(seed), "my-app/control/v1", command)
 */
export function signInDomain(key: SigningKey, domain: string, bytes: Uint8Array): Uint8Array {
  return key.sign(domainInput(domain, bytes));
}

/**
 * Was `domain 00 bytes` signed by this key? False for every malformed signature. Throws only `KeyError` `bad-domain`.
 *
 * @example
 * verifyInDomain(portable.ed25519.importPublicKey(publicKey), "my-app/control/v1", command, signature) // true
 */
export function verifyInDomain(
  key: PublicKey,
  domain: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  return key.verify(domainInput(domain, bytes), signature);
}
