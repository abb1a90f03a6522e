import { compareBytes, fromHex, toHex } from "./bytes.ts";
import { list, misfit, record } from "./composites.ts";
import { EncodeError } from "./errors.ts";
import { refine } from "./recursive.ts";
import { bytes, text } from "./scalars.ts";
import type { Infer, Schema } from "./schema.ts";
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

const isPrincipalId = (value: unknown): value is PrincipalId =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** A principal id that is text in memory and 32 bytes on the wire, such as the leaves of a group. */
export const PrincipalRef: Schema<PrincipalId> = {
  form: PrincipalBytes.form,
  parts: () => [],
  write(value, writer) {
    if (!isPrincipalId(value)) throw new EncodeError(misfit("64 lower-case hexadecimal digits", value));
    writer.bytes(fromHex(value));
  },
  read: (reader) => toHex(PrincipalBytes.read(reader)),
  check: (value) => (isPrincipalId(value) ? null : misfit("64 lower-case hexadecimal digits", value)),
  clone: (value) => value,
  equal: (a, b) => a === b,
  generate: (source, size) => toHex(PrincipalBytes.generate(source, size)),
  mutate(value, source) {
    const changed = PrincipalBytes.mutate(fromHex(value), source);
    return changed === null ? null : toHex(changed);
  },
  rename: (value) => value,
};

/**
 * A group of principals: a monotone condition on sets of individuals, met by a set that may speak for the group. The very shape
 * of the expressions of `@eunomia/quorum-algebra`, named here for packages that cannot see that one.
 */
export type PrincipalGroup =
  | { readonly t: "node"; readonly id: PrincipalId }
  | { readonly t: "thr"; readonly k: number; readonly of: readonly PrincipalGroup[] }
  | {
      readonly t: "wthr";
      readonly k: bigint;
      readonly of: readonly (readonly [bigint, PrincipalGroup])[];
    }
  | { readonly t: "const"; readonly v: boolean };

/** To whom something is said: a strictly ascending list (empty: to no one), or anyone. */
export type Addressees = readonly PrincipalId[] | "ANYONE";

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
