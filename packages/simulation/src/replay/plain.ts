import { fromHex, toHex } from "@eunomia/codec";

/** Values of engines as JSON: byte strings are `{"$bytes": hex}`, big integers `{"$int": decimal}`, the rest is itself. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (typeof value === "bigint") return { $int: String(value) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}

/** The value that `toPlain` wrote. */
export function fromPlain(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (plain === null || typeof plain !== "object") return plain;
  const { $bytes, $int } = plain as { $bytes?: unknown; $int?: unknown };
  if (typeof $bytes === "string") return fromHex($bytes);
  if (typeof $int === "string") return BigInt($int);
  return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, fromPlain(item)]));
}
