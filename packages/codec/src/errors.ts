/** Why input was refused. Constant texts that an operator can count by. */
export type DecodeErrorCode =
  /** The input ends inside an item, or a header promises more items than there are bytes left. */
  | "truncated"
  /** Bytes follow the value. */
  | "trailing"
  /** An integer or a length is not in its shortest form. */
  | "non-shortest"
  | "indefinite"
  /** Additional information 28 to 30, which RFC 8949 reserves. */
  | "reserved"
  /** Map, tag, float or another simple value: not part of the subset. */
  | "unsupported"
  /** A well-formed item of another type than the schema wants. */
  | "type"
  /** An integer outside of the range of the schema. */
  | "range"
  /** A record or variant with another number of fields. */
  | "length"
  /** A variant with a tag that the schema does not know. */
  | "tag"
  /** A set or map whose keys are not strictly ascending by their encoded bytes. */
  | "order"
  | "utf8"
  | "hex"
  /** More than `maxBytes`, `maxItems`, `maxDepth`, or a length limit of the schema. */
  | "limit"
  /** The value breaks the rule of a `refine`. */
  | "refused";

/** Input that is not the canonical encoding of a value of the schema: a peer's bad data, never a bug. */
export class DecodeError extends Error {
  readonly code: DecodeErrorCode;
  /** Where in the input, in bytes. */
  readonly offset: number;
  readonly detail: string;
  /** Where in the value, e.g. `$.votes[3].ballot`. */
  path = "$";

  constructor(code: DecodeErrorCode, offset: number, detail: string) {
    super(`${code} at byte ${offset}: ${detail}`);
    this.name = "DecodeError";
    this.code = code;
    this.offset = offset;
    this.detail = detail;
  }

  /** Puts one more step in front of the path; answers this error. */
  within(segment: string): this {
    this.path = `$${segment}${this.path.slice(1)}`;
    this.message = `"${this.path}" ${this.code} at byte ${this.offset}: ${this.detail}`;
    return this;
  }
}

/** Passes an error on with its place in the value; for the `catch` of a composite schema. */
export function placed(error: unknown, segment: string): unknown {
  return error instanceof DecodeError ? error.within(segment) : error;
}

/** How a value fails to fit its schema. `path` is relative to the value that was asked about, empty for itself. */
export interface Misfit {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** A value that does not fit its schema: a mistake of the caller. */
export class EncodeError extends Error {
  readonly code = "misfit";
  /** Where in the value, e.g. `$.votes[3].ballot`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;

  constructor(misfit: Misfit) {
    const path = `$${misfit.path}`;
    super(`"${path}" expected ${misfit.expected}, got ${misfit.got}`);
    this.name = "EncodeError";
    this.path = path;
    this.expected = misfit.expected;
    this.got = misfit.got;
  }
}

/** What is wrong with a schema: null within null, a name, a range, or the type of a key. */
export type SchemaErrorCode = "nested-nullable" | "bad-name" | "bad-range" | "bad-key";

/** A schema that cannot be: a mistake of the caller, found when the schema is built. */
export class SchemaError extends Error {
  readonly code: SchemaErrorCode;
  constructor(code: SchemaErrorCode, message: string) {
    super(message);
    this.name = "SchemaError";
    this.code = code;
  }
}

/** A short text for a value that should not have been there. */
export function show(value: unknown): string {
  if (typeof value === "string")
    return value.length > 40 ? `a text of length ${value.length}` : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
