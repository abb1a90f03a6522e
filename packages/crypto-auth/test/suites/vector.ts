import { KeyError } from "../../src/index.ts";
import type { VerifySuite } from "../../src/schemes.ts";

/** One published kind of trap, as we made it: what everybody must say about it. */
export interface Vector {
  readonly name: string;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** `good`, the fault of the signature, or `key: ` and the fault of the key. */
  readonly verdict: string;
}

export function verdictOf(suite: VerifySuite, { key, message, signature }: Vector): string {
  try {
    return suite.importPublicKey(key).verdict(message, signature) ?? "good";
  } catch (error) {
    if (error instanceof KeyError) return `key: ${error.code}`;
    throw error;
  }
}

/** The vectors about which the suite says something else. */
export const disagreements = (suite: VerifySuite, vectors: readonly Vector[]): string[] =>
  vectors
    .map((vector) => ({ vector, got: verdictOf(suite, vector) }))
    .filter(({ vector, got }) => got !== vector.verdict)
    .map(({ vector, got }) => `${vector.name}: expected ${vector.verdict}, got ${got}`);

export const text = (n: number) => new TextEncoder().encode(`message ${n}`);
export const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, "hex"));
export const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
export const bytesOf = (value: bigint, length = 32) => hex(value.toString(16).padStart(2 * length, "0"));
export const both = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
export const flipped = (bytes: Uint8Array, bit: number) =>
  bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
export const cut = (bytes: Uint8Array, length: number) =>
  Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0);
