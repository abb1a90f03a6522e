/** Schemas as the single source of types, and their canonical deterministic encoding: a subset of CBOR. */
export { compareBytes, concat, equalBytes, fromHex, joined, sha256, toHex } from "./bytes.ts";
export {
  emptyMap,
  type Key,
  mapDelete,
  mapDropThrough,
  mapGet,
  mapHas,
  mapSet,
  type SortedMap,
  setAdd,
  setDelete,
  setHas,
} from "./collections.ts";
export { doc, list, nullable, record, variant } from "./composites.ts";
export {
  DecodeError,
  type DecodeErrorCode,
  EncodeError,
  SchemaError,
  type SchemaErrorCode,
} from "./errors.ts";
export { mutateBytes } from "./fuzz.ts";
export {
  check,
  clone,
  decode,
  digest,
  encode,
  encodePieces,
  equal,
  generate,
  mutate,
  rename,
} from "./operations.ts";
export {
  type Addressees,
  KeyBundle,
  PrincipalBytes,
  type PrincipalGroup,
  type PrincipalId,
  PrincipalRef,
  SchemeKey,
} from "./principal.ts";
export { type DecodeLimits, Reader } from "./reader.ts";
export { definitions, lazy, type Rule, refine } from "./recursive.ts";
export { bigint, bool, bytes, id, int, nat, nil, orderedId, text } from "./scalars.ts";
export type { Field, Form, Infer, RecordSchema, Schema, Source } from "./schema.ts";
export { sortedMap, sortedSet } from "./sorted.ts";
export { utf8Decode, utf8Encode } from "./utf8.ts";
export { Writer } from "./writer.ts";
