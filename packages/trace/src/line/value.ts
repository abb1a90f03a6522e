import { fromHex, toHex } from "@eunomia/codec";
import type { TextDigest } from "../digest.ts";

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A value that has no text: a function, a class of somebody's own. */
export class NotPlainError extends Error {
  readonly code = "not-plain";
  constructor(path: string, got: string) {
    super(`expected plain data in ${path}, got ${got}`);
    this.name = "NotPlainError";
  }
}

const typedArrays = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float64Array,
} as const;

/**
 * A value of an engine as JSON, one form for each value: names of a record in order, without those that are undefined; what
 * JSON lacks as a record with one name, as in the traces of other tools: `#bigint`, `#bytes` (hex), `#number` (for NaN and its
 * like), `#undefined`, `#set`, `#map`, `#numbers` (typed arrays), `#record` (records that have names with `#` themselves).
 *
 * @throws NotPlainError for what is not data.
 * @example
 * toJson({ n: 1n, body: Uint8Array.of(7) }); // { body: { "#bytes": "07" }, n: { "#bigint": "1" } }
 */
export function toJson(value: unknown, path = "value"): Json {
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { "#number": Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { "#bigint": String(value) };
    case "undefined":
      return { "#undefined": true };
    case "object":
      return value === null ? null : objectToJson(value, path);
    default:
      throw new NotPlainError(path, typeof value);
  }
}

const digits = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** As `toHex`, for bodies of megabytes: the text is made at once, not digit by digit. */
function hexOf(bytes: Uint8Array): string {
  if (bytes.length < 64) return toHex(bytes);
  const codes = new Uint8Array(2 * bytes.length);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    codes[2 * at] = digits[byte >>> 4]!;
    codes[2 * at + 1] = digits[byte & 15]!;
  }
  return new TextDecoder("latin1").decode(codes);
}

function objectToJson(value: object, path: string): Json {
  if (Array.isArray(value)) return listToJson(value, path);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return recordToJson(value, path);
  if (value instanceof Uint8Array) return { "#bytes": hexOf(value) };
  if (value instanceof Set) return { "#set": listToJson(value, path) };
  if (value instanceof Map) return { "#map": listToJson(value, path) };
  for (const [name, of] of Object.entries(typedArrays))
    if (value instanceof of) return { "#numbers": [name, ...listToJson(value, path)] };
  throw new NotPlainError(path, value.constructor?.name ?? "an object");
}

function listToJson(list: Iterable<unknown>, path: string): Json[] {
  const items: Json[] = [];
  for (const item of list) items.push(toJson(item, path));
  return items;
}

function recordToJson(value: object, path: string): Json {
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields)
    .filter((name) => fields[name] !== undefined)
    .sort();
  if (names.some((name) => name.startsWith("#") || name === "__proto__"))
    return { "#record": names.map((name) => [name, toJson(fields[name], path)]) };
  const out: Record<string, Json> = {};
  for (const name of names) out[name] = toJson(fields[name], path);
  return out;
}

/**
 * The value of its JSON.
 *
 * @throws TypeError for what `toJson` does not write.
 */
export function fromJson(json: Json): unknown {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const fields = Object.entries(json as { readonly [name: string]: Json });
  const [tag, inner] = fields[0] ?? ["", null];
  if (!tag.startsWith("#")) return Object.fromEntries(fields.map(([name, field]) => [name, fromJson(field)]));
  const read = Object.hasOwn(tagged, tag) ? tagged[tag] : undefined;
  if (fields.length !== 1 || read === undefined) throw new TypeError(`there is no value with ${tag}`);
  return read(inner);
}

const list = (json: Json): readonly Json[] => {
  if (!Array.isArray(json)) throw new TypeError("expected a list");
  return json;
};
const tagged: Readonly<Record<string, (json: Json) => unknown>> = {
  "#bigint": (json) => BigInt(String(json)),
  "#bytes": (json) => fromHex(String(json)),
  "#number": (json) => Number(json),
  "#undefined": () => undefined,
  "#set": (json) => new Set(list(json).map(fromJson)),
  "#map": (json) => new Map(list(json).map((pair) => fromJson(pair) as [unknown, unknown])),
  "#record": (json) => Object.fromEntries(list(json).map((pair) => fromJson(pair) as [string, unknown])),
  "#numbers": (json) => {
    const [name, ...numbers] = list(json).map(fromJson);
    return typedArrays[name as keyof typeof typedArrays].from(numbers as number[]);
  },
};

/** The one text of a value: equal exactly if the values are. */
export function textOf(value: unknown): string {
  return JSON.stringify(toJson(value));
}

/** Texts above this stand in a record as their digest: a step with a large body would otherwise hold it three times. */
const briefChars = 4096;

/** The JSON of a value that is only compared: itself, or if it is long its digest. */
export function briefJson(value: unknown, path: string, digest: TextDigest): Json {
  const json = toJson(value, path);
  const text = JSON.stringify(json);
  return text.length <= briefChars ? json : { "#digest": digest(text), chars: text.length };
}
