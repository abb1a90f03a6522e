import type { DecodeErrorCode, Schema } from "../src/index.ts";
import {
  bigint,
  bool,
  bytes,
  id,
  int,
  list,
  nat,
  nil,
  nullable,
  record,
  refine,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "../src/index.ts";
import { Expression } from "./zoo.ts";

export interface Refused {
  readonly why: string;
  readonly schema: Schema<unknown>;
  readonly hex: string;
  readonly code: DecodeErrorCode;
}

const pair = record({ a: nat(), b: nat() });
const either = variant({ one: record({ n: nat() }), none: record({}) });
const even = refine(nat(), { rule: "an even number", holds: (n) => n % 2 === 0, repair: (n) => n - (n % 2) });

function refused(
  code: DecodeErrorCode,
  schema: Schema<unknown>,
  inputs: Readonly<Record<string, string>>,
): Refused[] {
  return Object.entries(inputs).map(([why, hex]) => ({ why, schema, hex, code }));
}

/** Input that is not canonical, or does not fit, each with the reason it must be refused for. */
export const refusals: readonly Refused[] = [
  ...refused("non-shortest", int(), {
    "0 in one byte more": "1800",
    "23 in one byte more": "1817",
    "24 in two bytes more": "190018",
    "255 in two bytes": "1900ff",
    "65535 in four bytes": "1a0000ffff",
    "2^32 - 1 in eight bytes": "1b00000000ffffffff",
    "-1 in one byte more": "3800",
    "-256 in two bytes": "3900ff",
    "-65536 in four bytes": "3a0000ffff",
    "-2^32 in eight bytes": "3b00000000ffffffff",
  }),
  ...refused("non-shortest", bigint(), { "big 2^32 - 1 in eight bytes": "1b00000000ffffffff" }),
  ...refused("non-shortest", bytes(), {
    "length of bytes": "580100",
    "length of bytes in four": "5a0000000100",
  }),
  ...refused("non-shortest", text(), { "length of a text": "780161" }),
  ...refused("non-shortest", list(nat()), { "length of an array": "980100" }),
  ...refused("non-shortest", pair, { "length of a record": "98020000" }),
  ...refused("indefinite", bytes(), { "bytes in pieces": "5f4100ff" }),
  ...refused("indefinite", text(), { "text in pieces": "7f6161ff" }),
  ...refused("indefinite", list(nat()), { "array without a length": "9f00ff" }),
  ...refused("indefinite", nil(), { "a break": "ff" }),
  ...refused("reserved", int(), {
    "information 28": "1c",
    "information 29": "1d",
    "information 30": "3e",
    "indefinite integer": "1f",
  }),
  ...refused("unsupported", nat(), {
    map: "a0",
    tag: "c100",
    "half float 1": "f93c00",
    "float 1": "fa3f800000",
    "double 1": "fb3ff0000000000000",
  }),
  ...refused("unsupported", bigint(), { bignum: "c249010000000000000000" }),
  ...refused("unsupported", bool(), {
    undefined: "f7",
    "simple value 0": "e0",
    "simple value in two bytes": "f8ff",
  }),
  ...refused("type", nat(), { "null for a number": "f6", "text for a number": "6161" }),
  ...refused("type", bool(), { "a number for a boolean": "01", "null for a boolean": "f6" }),
  ...refused("type", nil(), { "false for null": "f4" }),
  ...refused("type", text(), { "bytes for a text": "4161" }),
  ...refused("type", bytes(), { "a text for bytes": "6161" }),
  ...refused("type", nullable(nat()), { "true for a number or null": "f5" }),
  ...refused("range", int(), {
    "2^53": "1b0020000000000000",
    "-2^53": "3b001fffffffffffff",
    "2^64 - 1": "1bffffffffffffffff",
  }),
  ...refused("range", int(-3, 3), { "4": "04", "-4": "23" }),
  ...refused("range", nat(), { "-1": "20" }),
  ...refused("range", bigint(), { "-2^63 - 1": "3b8000000000000000", "-2^64": "3bffffffffffffffff" }),
  ...refused("range", bigint(0n, 5n), { "6": "06" }),
  ...refused("length", pair, { "a field missing": "8100", "a field too many": "83000000" }),
  ...refused("length", either, {
    "no tag": "80",
    "case without its field": "8100",
    "case with a surplus field": "820100",
  }),
  ...refused("tag", either, { "tag 2": "8102" }),
  ...refused("order", sortedSet(nat()), { descending: "820201", twice: "820101" }),
  ...refused("order", sortedSet(int()), { "negative before positive": "822001", "-2 before -1": "822120" }),
  ...refused("order", sortedSet(text()), {
    "long before short": "826261616162",
    "z before a": "82617a6161",
    "by code unit": "8264f09f988063efbfbf",
  }),
  ...refused("order", sortedSet(id("x")), { "the same id twice": "8261616161" }),
  ...refused("order", sortedMap(nat(), nat()), {
    "keys descending": "82820200820100",
    "key twice": "82820100820101",
  }),
  ...refused("length", sortedMap(nat(), nat()), { "entry without a value": "818101" }),
  ...refused("utf8", text(), {
    "overlong slash": "62c0af",
    "overlong in three": "63e080af",
    "overlong in four": "64f08080af",
    "high surrogate": "63eda080",
    "surrogate pair in six bytes": "66eda0bdedb880",
    "beyond U+10FFFF": "64f4908080",
    "first byte f5": "64f5808080",
    "lone continuation": "6180",
    "cut character": "61c3",
    "cut character in a longer text": "7819616161616161616161616161616161616161616161616161e2",
  }),
  ...refused("limit", text(2), { "text too long": "63616161" }),
  ...refused("limit", id("x", 2), { "id too long": "63616161" }),
  ...refused("limit", bytes(2), { "bytes too long": "43000000" }),
  ...refused("limit", list(nat(), 2), { "list too long": "83000000" }),
  ...refused("limit", sortedSet(nat(), 1), { "set too long": "820001" }),
  ...refused("limit", sortedMap(nat(), nat(), 1), { "map too long": "82820000820100" }),
  ...refused("limit", Expression, {
    "nested 300 times": `${"83020181".repeat(300)}82006161`,
  }),
  ...refused("refused", even, { "an odd number": "03" }),
  ...refused("truncated", nat(), {
    nothing: "",
    "one byte of one": "18",
    "one byte of two": "1901",
    "seven bytes of eight": "1b00200000000000",
  }),
  ...refused("truncated", bytes(), {
    "bytes that stop": "4300",
    "2^32 bytes": "5b0000000100000000",
    "2^64 - 1 bytes": "5bffffffffffffffff",
  }),
  ...refused("truncated", text(), { "text that stops": "6361", "2^32 characters": "7b0000000100000000" }),
  ...refused("truncated", list(nil()), {
    "2^32 items": "9b0000000100000000",
    "2^53 items": "9b0020000000000000",
    "2^32 - 1 items": "9affffffff",
  }),
  ...refused("truncated", sortedMap(nat(), nat()), { "2^32 entries": "9b0000000100000000" }),
  ...refused("truncated", pair, { "record of 2^32 fields": "9b0000000100000000" }),
  ...refused("trailing", nat(), { "a second item": "0000" }),
  ...refused("trailing", record({}), { "bytes after": "8000" }),
];

/** Items that mean what they mean in every CBOR: RFC 8949, appendix A, as far as the subset goes, and edges of the ranges. */
export const known: readonly {
  readonly schema: Schema<unknown>;
  readonly value: unknown;
  readonly hex: string;
}[] = [
  ...[
    [0, "00"],
    [1, "01"],
    [10, "0a"],
    [23, "17"],
    [24, "1818"],
    [25, "1819"],
    [100, "1864"],
    [1000, "1903e8"],
    [1_000_000, "1a000f4240"],
    [1_000_000_000_000, "1b000000e8d4a51000"],
    [-1, "20"],
    [-10, "29"],
    [-100, "3863"],
    [-1000, "3903e7"],
    [255, "18ff"],
    [256, "190100"],
    [65_535, "19ffff"],
    [65_536, "1a00010000"],
    [4_294_967_295, "1affffffff"],
    [4_294_967_296, "1b0000000100000000"],
    [9_007_199_254_740_991, "1b001fffffffffffff"],
    [-9_007_199_254_740_991, "3b001ffffffffffffe"],
  ].map(([value, hex]) => ({ schema: int(), value, hex: hex as string })),
  { schema: bigint(), value: 18_446_744_073_709_551_615n, hex: "1bffffffffffffffff" },
  { schema: bigint(), value: -9_223_372_036_854_775_808n, hex: "3b7fffffffffffffff" },
  { schema: bigint(), value: 1000n, hex: "1903e8" },
  { schema: bool(), value: false, hex: "f4" },
  { schema: bool(), value: true, hex: "f5" },
  { schema: nil(), value: null, hex: "f6" },
  { schema: bytes(), value: new Uint8Array(), hex: "40" },
  { schema: bytes(), value: Uint8Array.of(1, 2, 3, 4), hex: "4401020304" },
  { schema: text(), value: "", hex: "60" },
  { schema: text(), value: "IETF", hex: "6449455446" },
  { schema: text(), value: '"\\', hex: "62225c" },
  { schema: text(), value: "ü", hex: "62c3bc" },
  { schema: text(), value: "水", hex: "63e6b0b4" },
  { schema: text(), value: "\ud800\udd51", hex: "64f0908591" },
  {
    schema: list(nat()),
    value: Array.from({ length: 25 }, (_, i) => i + 1),
    hex: "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
  },
  { schema: sortedSet(int()), value: [-2, -1, 0, 30], hex: "8400181e2021" },
  {
    schema: sortedSet(text()),
    value: ["aa", "b", "\u{1f600}", "\uffff"],
    hex: "84616262616163efbfbf64f09f9880",
  },
  {
    schema: sortedMap(int(), bool()),
    value: { keys: [-1, 2], values: [true, false] },
    hex: "828202f48220f5",
  },
  {
    schema: variant({ promise: record({ n: nat() }), probe: record({ nonce: nat() }) }),
    value: { kind: "probe", nonce: 7 },
    hex: "820107",
  },
];
