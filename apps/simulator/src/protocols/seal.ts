import { sha256, utf8Encode } from "@eunomia/codec";
import { textOf } from "./values.ts";

/**
 * Stands for a signature: the key of a process is its name, and whoever plays a process signs for it. Two FNV-1a hashes of 32 bits:
 * nobody in a simulation guesses one, and searches make millions.
 */
export function seal(signer: string, domain: string, bytes: Uint8Array): Uint8Array {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (const part of [utf8Encode(`${signer}\u0000${domain}\u0000`), bytes])
    for (const byte of part) {
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte, 0x85ebca6b) ^ (low >>> 15);
    }
  return Uint8Array.from([24, 16, 8, 0].flatMap((shift) => [(low >>> shift) & 255, (high >>> shift) & 255]));
}

const sealText = (text: string, slot: number): string =>
  textOf(sha256(utf8Encode(`client/${slot}/${text}`))).slice(0, 6);

/** A value with the seal of its client: whoever changes it makes it invalid. */
export const signedText = (text: string, slot: number): string => `${text}#${sealText(text, slot)}`;

/** In a system a value needs the seal of its client, for its slot; the values of models are single letters. */
export function isSealed(slot: number, value: Uint8Array): boolean {
  const [text = "", given] = textOf(value).split("#");
  return given === sealText(text, slot) || value.length === 1;
}
