import { equalBytes, isBytes } from "./bytes.ts";
import { EncodeError, type Misfit, SchemaError, show } from "./errors.ts";
import { below, type Form, type Schema, type Source } from "./schema.ts";
import { utf8Length } from "./utf8.ts";

/** What a schema of an immutable value needs to say; the rest follows. */
interface ScalarParts<T> {
  readonly form: Form;
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  /** Refuses what does not fit: by itself, or because the writer does. */
  readonly write: Schema<T>["write"];
  readonly read: Schema<T>["read"];
  readonly generate: Schema<T>["generate"];
  readonly mutate: Schema<T>["mutate"];
  readonly rename?: Schema<T>["rename"];
}

function scalar<T>(parts: ScalarParts<T>): Schema<T> {
  const { form, expected, fits } = parts;
  return {
    form,
    parts: () => [],
    write: parts.write,
    read: parts.read,
    check: (value): Misfit | null => (fits(value) ? null : { path: "", expected, got: show(value) }),
    clone: (value) => value,
    equal: (a, b) => a === b,
    generate: parts.generate,
    mutate: parts.mutate,
    rename: parts.rename ?? ((value) => value),
  };
}

function refuse(expected: string, value: unknown): never {
  throw new EncodeError({ path: "", expected, got: show(value) });
}

/** The one value null. */
export function nil(): Schema<null> {
  return scalar<null>({
    form: { kind: "nil" },
    expected: "null",
    fits: (value) => value === null,
    write: (value, writer) => (value === null ? writer.nil() : refuse("null", value)),
    read: (reader) => reader.nil(),
    generate: () => null,
    mutate: () => null,
  });
}

/** True or false. */
export function bool(): Schema<boolean> {
  return scalar<boolean>({
    form: { kind: "bool" },
    expected: "a boolean",
    fits: (value) => typeof value === "boolean",
    write: (value, writer) => (typeof value === "boolean" ? writer.bool(value) : refuse("a boolean", value)),
    read: (reader) => reader.bool(),
    generate: (source) => below(source, 2) === 1,
    mutate: (value) => !value,
  });
}

/** A safe integer from `min` to `max`, both included. Minus zero does not fit. */
export function int(
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): Schema<number> {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max)
    throw new SchemaError("bad-range", `"int" expected safe integers min <= max, got ${min} and ${max}`);
  return scalar<number>({
    form: { kind: "int", min, max },
    expected: `a safe integer from ${min} to ${max}`,
    fits: (value) =>
      Number.isSafeInteger(value) &&
      (value as number) >= min &&
      (value as number) <= max &&
      !Object.is(value, -0),
    write(value, writer) {
      if (typeof value !== "number" || value < min || value > max) refuse("a number in range", value);
      writer.int(value);
    },
    read(reader) {
      const start = reader.offset;
      const value = reader.int();
      if (value < min || value > max) reader.fail("range", `expected ${min} to ${max}, got ${value}`, start);
      return value;
    },
    generate: (source) => generateInt(source, min, max),
    mutate(value, source) {
      if (min === max) return null;
      for (;;) {
        const way = below(source, 4);
        const other = way === 0 ? value + 1 : way === 1 ? value - 1 : generateInt(source, min, max);
        if (other !== value && other >= min && other <= max) return other;
      }
    },
  });
}

/** A safe integer from 0 to `max`. */
export function nat(max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return int(0, max);
}

const interesting = [0, 1, 2, 3, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

function generateInt(source: Source, min: number, max: number): number {
  const span = max - min;
  // A span beyond 2^53 is not exact, which does no harm: the answer is clamped.
  const clamp = (n: number) => Math.min(max, Math.max(min, n)) + 0;
  switch (below(source, 4)) {
    case 0: {
      const edge = interesting[below(source, interesting.length)]!;
      return clamp(below(source, 2) === 0 || min >= 0 ? edge : -edge);
    }
    case 1:
      return clamp(below(source, 2) === 0 ? min + below(source, 3) : max - below(source, 3));
    case 2:
      return clamp(Math.max(min, 0) + below(source, 8));
    default: {
      const large = (below(source, 0x20_0000) * 2 ** 32 + source.next()) % (span + 1);
      return clamp(min + large);
    }
  }
}

/** A bigint from `min` to `max`, within -2^63 to 2^64 - 1. Encoded like the safe integer of the same value. */
export function bigint(
  min: bigint = -0x8000_0000_0000_0000n,
  max: bigint = 0xffff_ffff_ffff_ffffn,
): Schema<bigint> {
  if (min > max || min < -0x8000_0000_0000_0000n || max > 0xffff_ffff_ffff_ffffn)
    throw new SchemaError("bad-range", `"bigint" expected -2^63 <= min <= max < 2^64, got ${min} and ${max}`);
  const clamp = (n: bigint) => (n < min ? min : n > max ? max : n);
  const generate = (source: Source): bigint => {
    const word = (BigInt(source.next()) << 32n) | BigInt(source.next());
    const near = BigInt(below(source, 3));
    return clamp([near, -near, min + near, max - near, 1n << (word % 64n), word, -word][below(source, 7)]!);
  };
  return scalar<bigint>({
    form: { kind: "bigint", min, max },
    expected: `a bigint from ${min} to ${max}`,
    fits: (value) => typeof value === "bigint" && value >= min && value <= max,
    write(value, writer) {
      if (typeof value !== "bigint" || value < min || value > max) refuse("a bigint in range", value);
      writer.bigint(value);
    },
    read(reader) {
      const start = reader.offset;
      const value = reader.bigint();
      if (value < min || value > max) reader.fail("range", `expected ${min} to ${max}, got ${value}`, start);
      return value;
    },
    generate,
    mutate(value, source) {
      if (min === max) return null;
      for (;;) {
        const other = [value + 1n, value - 1n, generate(source)][below(source, 3)]!;
        if (other !== value && other >= min && other <= max) return other;
      }
    },
  });
}

const defaultMaxLength = 0x100_0000;

function checkLength(name: string, maxLength: number): void {
  if (!Number.isSafeInteger(maxLength) || maxLength < 0)
    throw new SchemaError("bad-range", `"${name}" expected a length from 0 on, got ${maxLength}`);
}

const characters = [..."abcxyz019 .-", "\0", "é", "€", "\uffff", "😀"];

function generateText(source: Source, size: number, maxLength: number): string {
  const wanted = below(source, 8) === 0 ? 22 + below(source, 5) : below(source, 2 * size + 2);
  let text = "";
  for (let i = 0; i < wanted; i++) {
    const next = characters[below(source, 4) === 0 ? below(source, characters.length) : below(source, 9)]!;
    if (text.length + next.length > maxLength) break;
    text += next;
  }
  return text;
}

function textFits(maxLength: number) {
  return (value: unknown): boolean =>
    typeof value === "string" && value.length <= maxLength && utf8Length(value) >= 0;
}

/** Text without lone surrogates, of at most `maxLength` UTF-16 code units. Not normalised: other code points are another text. */
export function text(maxLength: number = defaultMaxLength): Schema<string> {
  checkLength("text", maxLength);
  return scalar<string>({
    form: { kind: "text", maxLength },
    expected: `well-formed text of length at most ${maxLength}`,
    fits: textFits(maxLength),
    write(value, writer) {
      if (typeof value !== "string" || value.length > maxLength) refuse("a text in range", value);
      writer.text(value);
    },
    read(reader) {
      const start = reader.offset;
      const value = reader.text();
      if (value.length > maxLength) reader.fail("limit", `text longer than ${maxLength}`, start);
      return value;
    },
    generate: (source, size) => generateText(source, size, maxLength),
    mutate(value, source) {
      if (maxLength === 0) return null;
      for (;;) {
        const way = below(source, 3);
        const other =
          way === 0
            ? `${value}${generateText(source, 1, 2)}`
            : way === 1
              ? [...value].slice(1).join("")
              : generateText(source, 3, maxLength);
        if (other !== value && other.length <= maxLength) return other;
      }
    },
  });
}

function identity(sort: string, ordered: boolean, maxLength: number): Schema<string> {
  checkLength("id", maxLength);
  const known = (source: Source) => source.ids?.[sort] ?? [];
  const generate = (source: Source): string => {
    const ids = known(source);
    if (ids.length > 0) return ids[below(source, ids.length)]!;
    return `${sort}${below(source, 5)}`.slice(-maxLength);
  };
  return scalar<string>({
    form: { kind: "id", sort, ordered, maxLength },
    expected: `an id (well-formed text of length at most ${maxLength})`,
    fits: textFits(maxLength),
    write(value, writer) {
      if (typeof value !== "string" || value.length > maxLength) refuse("a text in range", value);
      writer.text(value);
    },
    read(reader) {
      const start = reader.offset;
      const value = reader.text();
      if (value.length > maxLength) reader.fail("limit", `id longer than ${maxLength}`, start);
      return value;
    },
    generate,
    mutate(value, source) {
      for (let attempt = 0; attempt < 16; attempt++) {
        const other = generate(source);
        if (other !== value) return other;
      }
      return null;
    },
    rename: (value, renamed, to) => (renamed === sort && !ordered ? to(value) : value),
  });
}

/** An opaque identity, compared for equality only. Code that needs an order on identities uses `orderedId`. */
export function id(sort: string, maxLength = 256): Schema<string> {
  return identity(sort, false, maxLength);
}

/** An identity whose order matters to the code: `rename` leaves it alone. */
export function orderedId(sort: string, maxLength = 256): Schema<string> {
  return identity(sort, true, maxLength);
}

/** A byte string of at most `maxLength` bytes. Decoded as a view into the input; `clone` copies it. */
export function bytes(maxLength: number = defaultMaxLength): Schema<Uint8Array> {
  checkLength("bytes", maxLength);
  const generate = (source: Source, size: number): Uint8Array => {
    const wanted = below(source, 8) === 0 ? 22 + below(source, 5) : below(source, 2 * size + 2);
    return Uint8Array.from({ length: Math.min(wanted, maxLength) }, () => below(source, 256));
  };
  const schema = scalar<Uint8Array>({
    form: { kind: "bytes", maxLength },
    expected: `at most ${maxLength} bytes`,
    fits: (value) => isBytes(value) && value.length <= maxLength,
    write(value, writer) {
      if (!isBytes(value) || value.length > maxLength) refuse("bytes in range", value);
      writer.bytes(value);
    },
    read(reader) {
      const start = reader.offset;
      const value = reader.bytes();
      if (value.length > maxLength) reader.fail("limit", `more than ${maxLength} bytes`, start);
      return value;
    },
    generate,
    mutate(value, source) {
      if (maxLength === 0) return null;
      const way = below(source, 3);
      if (way === 0 && value.length < maxLength) return Uint8Array.from([...value, below(source, 256)]);
      if (value.length === 0) return Uint8Array.of(below(source, 256));
      if (way === 1) return Uint8Array.from(value.subarray(0, value.length - 1));
      const changed = Uint8Array.from(value);
      changed[below(source, changed.length)]! ^= 1 << below(source, 8);
      return changed;
    },
  });
  return { ...schema, clone: (value) => new Uint8Array(value), equal: equalBytes };
}
