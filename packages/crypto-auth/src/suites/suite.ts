import type { EvidenceFault, Random, SignatureScheme } from "@eunomia/engine";
import { KeyError, type KeyErrorCode } from "../errors.ts";

/** A public key that passed every check of registration. Make it once per principal and keep it. */
export interface VerifyKey {
  /** A copy that nothing else reads. */
  readonly bytes: Uint8Array;
  /** May it stand for its owner in evidence? Only a BLS key without a proof of possession may not. */
  readonly usable: boolean;
  /** Null if the signature is good, else why it is not: the same answer with every implementation. Never throws. */
  verdict(message: Uint8Array, signature: Uint8Array): EvidenceFault | null;
}

/** A private key, prepared. */
export interface SuiteSigningKey {
  /** As the bundle of the principal holds it. */
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** A signature to check, with a key of the suite that checks it. */
export interface SignedItem<Key extends VerifyKey = VerifyKey> {
  readonly key: Key;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Checks signatures of one scheme. */
export interface VerifySuite {
  readonly scheme: SignatureScheme;
  /** Registration. Throws `KeyError` with the reason in `code`. */
  importPublicKey(bytes: Uint8Array): VerifyKey;
  /** The verdicts of all items, each the one that its key would give: where several at once are cheaper. */
  verdicts?(items: readonly SignedItem[]): readonly (EvidenceFault | null)[];
}

/** Makes and checks signatures of one scheme. */
export interface SignatureSuite extends VerifySuite {
  /** A new secret. `random` has to be unpredictable; RSA takes its own randomness from the platform instead. */
  generate(random: Random): Uint8Array;
  /** Throws `KeyError` `wrong-secret` (or `wrong-seed-length`). */
  importSigningKey(secret: Uint8Array): SuiteSigningKey;
}

/** Bytes out of the `Random` door. */
export function randomBytes(random: Random, length: number): Uint8Array {
  const words = new DataView(new ArrayBuffer(Math.ceil(length / 4) * 4));
  for (let offset = 0; offset < words.byteLength; offset += 4) words.setUint32(offset, random.next());
  return new Uint8Array(words.buffer, 0, length);
}

/** The refusal of a public key. `expected` says what the key should have been. */
export function refusedKey(fault: KeyErrorCode, scheme: string, expected: string): KeyError {
  return new KeyError(fault, "publicKey", `expected ${expected} (${scheme}). Do not register this key`);
}

/** Throws for a public key with a fault. */
export function assertNoFault(fault: KeyErrorCode | null, scheme: string, expected: string): void {
  if (fault !== null) throw refusedKey(fault, scheme, expected);
}

/** A caller's secret that cannot be one. The message repeats nothing of it. */
export function wrongSecret(scheme: string, expected: string): KeyError {
  return new KeyError("wrong-secret", "secret", `expected ${expected} (${scheme}), got something else`);
}

/** Is the big-endian number below the bound of the same length? */
export function isBelowBigEndian(bytes: Uint8Array, bound: Uint8Array): boolean {
  for (let index = 0; index < bound.length; index++)
    if (bytes[index] !== bound[index]) return (bytes[index] as number) < (bound[index] as number);
  return false;
}

/** A number as big-endian bytes. */
export function bigEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn),
  );
}

/** Big-endian bytes as a number. */
export function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
