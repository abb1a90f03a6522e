import { compareBytes } from "./bytes.ts";
import { list, record } from "./composites.ts";
import { refine } from "./recursive.ts";
import { bytes, text } from "./scalars.ts";
import type { Infer } from "./schema.ts";
import { compareEncodedText } from "./utf8.ts";

/** Names a principal: 64 lower-case hexadecimal digits, the SHA-256 of its key bundle. In messages: `PrincipalBytes`. */
export type PrincipalId = string;

/** A principal id as it travels: 32 bytes. `toHex` and `fromHex` lead to and from the text. */
export const PrincipalBytes = refine(bytes(32), {
  rule: "exactly 32 bytes",
  holds: (value) => value.length === 32,
  repair(value) {
    const whole = new Uint8Array(32);
    whole.set(value);
    return whole;
  },
});

/** One public key, raw as its scheme defines it; 32 bytes for `Ed25519`. */
export const SchemeKey = record({ scheme: text(32), publicKey: bytes(1024) });
export type SchemeKey = Infer<typeof SchemeKey>;

function isAscending(keys: readonly SchemeKey[]): boolean {
  return keys.every((key, i) => i === 0 || compareEncodedText(keys[i - 1]!.scheme, key.scheme) < 0);
}

/** The public keys of one principal: one per scheme, sorted by the encoded name of the scheme (shorter names first). */
export const KeyBundle = refine(list(SchemeKey, 16), {
  rule: "one key or more, one per scheme, sorted by the encoded scheme",
  holds: (keys) => keys.length > 0 && isAscending(keys),
  repair(keys) {
    const sorted = keys.toSorted(
      (a, b) => compareEncodedText(a.scheme, b.scheme) || compareBytes(a.publicKey, b.publicKey),
    );
    const unique = sorted.filter((key, i) => i === 0 || sorted[i - 1]!.scheme !== key.scheme);
    return unique.length > 0 ? unique : [{ scheme: "Ed25519", publicKey: new Uint8Array(32) }];
  },
});
export type KeyBundle = Infer<typeof KeyBundle>;
