import { sha256 } from "./bytes.ts";
import { EncodeError } from "./errors.ts";
import { type DecodeLimits, Reader } from "./reader.ts";
import type { Schema, Source } from "./schema.ts";
import { Writer } from "./writer.ts";

/** Larger buffers are not kept for the next call. */
const keptBytes = 0x1_0000;
/** A writer to reuse: a cache that no answer depends on. Empty while a call of `encode` holds it. */
const spare: Writer[] = [];

/**
 * The canonical bytes of a value: equal values have equal bytes. They are the caller's own.
 *
 * @throws EncodeError if the value does not fit the schema. Surplus fields of records are not seen; `check` sees them.
 * @example
 * const Ballot = record({ round: nat(), leader: nat() });
 * encode(Ballot, { round: 1, leader: 0 }); // Uint8Array [0x82, 0x01, 0x00]
 */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  return written(schema, value, (writer) => writer.finish());
}

/**
 * The canonical bytes of a value in pieces, long byte strings of it among them uncopied: for a caller who copies them into a
 * larger frame. They must not change until then.
 *
 * @throws EncodeError as `encode`.
 * @example
 * const pieces = encodePieces(Ballot, { round: 1, leader: 0 }); // concat(...pieces) equals encode(Ballot, …)
 */
export function encodePieces<T>(schema: Schema<T>, value: T): Uint8Array[] {
  return written(schema, value, (writer) => writer.finishPieces());
}

function written<T, R>(schema: Schema<T>, value: T, finish: (writer: Writer) => R): R {
  const writer = spare.pop() ?? new Writer(1024);
  try {
    schema.write(value, writer);
    return finish(writer);
  } catch (error) {
    // Writing stops at the first misfit without knowing where it is; looking again finds the path.
    if (error instanceof EncodeError) check(schema, value);
    throw error;
  } finally {
    writer.reset();
    if (writer.bufferBytes <= keptBytes && spare.length === 0) spare.push(writer);
  }
}

/**
 * The value of canonical bytes. Byte strings in it are views into `bytes`.
 *
 * @throws DecodeError for everything but the one canonical encoding of a fitting value, and nothing else.
 * @example
 * decode(Ballot, new Uint8Array([0x82, 0x01, 0x00])); // { round: 1, leader: 0 }
 */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array, limits?: DecodeLimits): T {
  const reader = new Reader(bytes, limits);
  const value = schema.read(reader);
  reader.end();
  return value;
}

/** SHA-256 of the canonical bytes, 32 bytes. */
export function digest<T>(schema: Schema<T>, value: T): Uint8Array {
  return sha256(encode(schema, value));
}

/**
 * Does the value fit, with nothing in it that the schema does not describe?
 *
 * @throws EncodeError with the path of the first misfit.
 */
export function check<T>(schema: Schema<T>, value: unknown): asserts value is T {
  const misfit = schema.check(value, 0);
  if (misfit !== null) throw new EncodeError(misfit);
}

/** A deep copy that shares nothing with the value, byte strings included. */
export function clone<T>(schema: Schema<T>, value: T): T {
  return schema.clone(value);
}

/** True exactly if both values have the same canonical bytes. */
export function equal<T>(schema: Schema<T>, a: T, b: T): boolean {
  return schema.equal(a, b);
}

/**
 * A fitting value. The same numbers from `source` give the same value.
 *
 * @param size bounds the items of collections and the depth of recursion.
 */
export function generate<T>(schema: Schema<T>, source: Source, size = 4): T {
  return schema.generate(source, Math.max(0, Math.floor(size)));
}

/**
 * A copy with one leaf changed, one item added or one item dropped (small-scope mutation): what a faulty sender might
 * say instead. Null if the schema has one value only.
 */
export function mutate<T>(schema: Schema<T>, value: T, source: Source): T | null {
  const changed = schema.mutate(value, source);
  return changed === null ? null : schema.clone(changed);
}

/** A copy with every opaque id of `sort` replaced; `to` must be a permutation. Sets and maps are brought into order again. */
export function rename<T>(schema: Schema<T>, value: T, sort: string, to: (id: string) => string): T {
  return schema.clone(schema.rename(value, sort, to));
}
