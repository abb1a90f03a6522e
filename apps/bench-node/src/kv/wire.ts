import {
  bool,
  bytes,
  DecodeError,
  decode,
  encode,
  type Infer,
  list,
  nat,
  nullable,
  record,
  type Schema,
  variant,
} from "@eunomia/codec";

/** Longest key and value, in bytes. A value and its key fit into one command, and into one answer. */
export const keyBytesMax = 1024;
export const valueBytesMax = 512 * 1024 - 2048;

const Key = bytes(keyBytesMax);
const Value = bytes(valueBytesMax);

/** What changes the store: the body of a command. */
export const KvCommand = variant({ put: record({ key: Key, value: Value }), delete: record({ key: Key }) });
export type KvCommand = Infer<typeof KvCommand>;

/** What only looks: the body of a query. */
export const KvQuery = variant({
  get: record({ key: Key }),
  /** Up to `limit` pairs whose keys begin with `prefix` and come after `after`, in the order of their bytes. */
  list: record({ prefix: Key, after: nullable(Key), limit: nat(1000) }),
});
export type KvQuery = Infer<typeof KvQuery>;

/** Where a value was written. */
const Written = { value: Value, slot: nat(), index: nat() };

export const KvAnswer = variant({
  got: record({ found: nullable(record(Written)) }),
  /** `more`: the list goes on, behind the limit or what fits into an answer. */
  listed: record({ pairs: list(record({ key: Key, ...Written })), more: bool() }),
  /** The query was none of this store. */
  refused: record({}),
});
export type KvAnswer = Infer<typeof KvAnswer>;

function read<T>(schema: Schema<T>, body: Uint8Array): T | null {
  try {
    return decode(schema, body);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

export const encodeKvCommand = (command: KvCommand): Uint8Array => encode(KvCommand, command);
export const encodeKvQuery = (query: KvQuery): Uint8Array => encode(KvQuery, query);
export const encodeKvAnswer = (answer: KvAnswer): Uint8Array => encode(KvAnswer, answer);
/** Null for bytes that are none; never throws. */
export const readKvCommand = (body: Uint8Array): KvCommand | null => read(KvCommand, body);
export const readKvQuery = (body: Uint8Array): KvQuery | null => read(KvQuery, body);
/** @throws DecodeError: an answer of a node that is none is a fault of the node. */
export const readKvAnswer = (body: Uint8Array): KvAnswer => decode(KvAnswer, body);
