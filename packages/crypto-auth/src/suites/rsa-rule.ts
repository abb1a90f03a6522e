import type { OtherKeyFault } from "../errors.ts";
import { assertNoFault, numberOf } from "./suite.ts";

const MIN_BYTES = 256;
const MAX_BYTES = 512;
/** F4, the only public exponent: what a bundle holds of a key is the modulus alone. */
export const EXPONENT = 65537n;

/** The product of the odd primes below 1000: one gcd finds a small factor. */
const smallPrimes = primesBelow(1000)
  .slice(1)
  .reduce((product, prime) => product * BigInt(prime), 1n);

function primesBelow(limit: number): number[] {
  const found: number[] = [];
  for (let n = 2; n < limit; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/**
 * Why this RSA modulus may not be registered; null if it may. It is the number alone, big-endian, 256 to 512 bytes, and fills
 * its bytes: 2048 to 4096 bits, a multiple of 8. That it is a product of two large primes cannot be seen from outside.
 *
 * @example
 * rsaKeyFault(new Uint8Array(128)) // "short-modulus"
 */
export function rsaKeyFault(modulus: Uint8Array): OtherKeyFault | null {
  if (modulus.length > 0 && modulus.length < MIN_BYTES) return "short-modulus";
  if (modulus.length === 0 || modulus.length > MAX_BYTES) return "wrong-length";
  const first = modulus[0] as number;
  if (first === 0) return "non-canonical";
  if (first < 0x80) return modulus.length === MIN_BYTES ? "short-modulus" : "weak-modulus";
  if ((modulus[modulus.length - 1] as number) % 2 === 0) return "weak-modulus";
  return gcd(smallPrimes, numberOf(modulus) % smallPrimes) === 1n ? null : "weak-modulus";
}

/** A private copy of a modulus that passed. Throws `KeyError`. */
export function checkedModulus(modulus: Uint8Array): Uint8Array {
  assertNoFault(rsaKeyFault(modulus), "RSA-PSS", "a modulus of 2048 to 4096 bits, filling 256 to 512 bytes");
  return Uint8Array.from(modulus);
}
