import { compareBytes, DecodeError, EncodeError, type Reader, Writer } from "@eunomia/codec";

/**
 * What a field holds. Integers are numbers as far as those are safe, and bigints beyond, within [-2^63, 2^64); a principal and a
 * reference are 32 bytes; collections are lists in the order of the encoded bytes of their items.
 */
export type Value = boolean | number | bigint | string | Uint8Array | readonly Value[];

/** Deepest nesting of lists in a body. */
const maxDepth = 32;

/** Lays a value as canonical CBOR. Throws `EncodeError` for what is no value. */
export function writeValue(writer: Writer, value: Value, depth = 0): void {
  if (typeof value === "number") writer.int(value);
  else if (typeof value === "string") writer.text(value);
  else if (typeof value === "boolean") writer.bool(value);
  else if (typeof value === "bigint") writer.bigint(value);
  else if (value instanceof Uint8Array) writer.bytes(value);
  else if (Array.isArray(value) && depth < maxDepth) {
    writer.arrayHeader(value.length);
    for (const item of value) writeValue(writer, item, depth + 1);
  } else
    throw new EncodeError({
      path: "",
      expected: `a value, nested ${maxDepth} deep at most`,
      got: Array.isArray(value) ? "a deeper one" : typeof value,
    });
}

/** Reads any canonical value. Throws `DecodeError` and nothing else. */
export function readValue(reader: Reader, depth = 0): Value {
  const first = reader.input[reader.offset];
  switch (first === undefined ? -1 : first >> 5) {
    case 0:
    case 1: {
      const wide = reader.bigint();
      const number = Number(wide);
      return Number.isSafeInteger(number) ? number : wide;
    }
    case 2:
      return reader.bytes().slice();
    case 3:
      return reader.text();
    case 4: {
      if (depth >= maxDepth) throw new DecodeError("limit", reader.offset, tooDeep);
      const items: Value[] = [];
      for (let left = reader.arrayHeader(); left > 0; left--) items.push(readValue(reader, depth + 1));
      return items;
    }
    default:
      return reader.bool();
  }
}

/** The detail by which nesting is told from other limits. */
export const tooDeep = "nested too deeply";

/** The canonical bytes of one value. */
export function encodeValue(value: Value): Uint8Array {
  const writer = new Writer(64);
  writeValue(writer, value);
  return writer.finish();
}

/** The order of the encoded bytes; zero exactly for the same value. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  return compareBytes(encodeValue(a), encodeValue(b));
}

/** Whether both have the same bytes. */
export function sameValue(a: Value, b: Value): boolean {
  return compareValues(a, b) === 0;
}
