import { toHex, utf8Decode, utf8Encode } from "@eunomia/codec";

/** Values of models and systems are short texts, so that a reader of a counterexample can tell them apart. */
export const bytesOf = (text: string): Uint8Array => utf8Encode(text);

/** The text of a value, or its bytes where they are no text. */
export function textOf(value: Uint8Array): string {
  const plain = value.every((byte) => byte >= 0x20 && byte < 0x7f);
  return plain ? (utf8Decode(value) ?? toHex(value)) : toHex(value);
}

/** The empty batch of the broadcast: fills gaps. */
export const noop: Uint8Array = new Uint8Array([0x80]);
