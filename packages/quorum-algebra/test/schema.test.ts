import { compareBytes, DecodeError, decode, EncodeError, encode, id, rename } from "@eunomia/codec";
import {
  compareExpr,
  constant,
  type Expr,
  exprSchema,
  exprSchemaOf,
  node,
  parse,
  sameExpr,
} from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyExpr, seeded } from "./naive.ts";

/** CBOR of arrays, small integers, short texts and booleans, written from RFC 8949 and nothing else. */
function cbor(value: unknown): Uint8Array {
  if (Array.isArray(value))
    return Uint8Array.from([0x80 + value.length, ...value.flatMap((v) => [...cbor(v)])]);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === "number") return Uint8Array.of(value < 0 ? 0x20 - value - 1 : value);
  const text = new TextEncoder().encode(value as string);
  return Uint8Array.of(0x60 + text.length, ...text);
}

const ids = ["a", "b", "n9", "n10", "é", "\uffff", "😀"];

describe("value schema", () => {
  test("what is decoded is what was encoded", () => {
    fc.assert(
      fc.property(anyExpr(ids), (e) => {
        expect(decode(exprSchema, encode(exprSchema, e))).toEqual(e);
      }),
      seeded(500),
    );
  });

  test("children without order compare as their bytes do", () => {
    fc.assert(
      fc.property(anyExpr(ids), anyExpr(ids), (left, right) => {
        const bytes = compareBytes(encode(exprSchema, left), encode(exprSchema, right));
        expect(Math.sign(compareExpr(left, right))).toBe(Math.sign(bytes));
      }),
      seeded(800),
    );
  });

  test.each<[string, unknown]>([
    ["a", [0, "a"]],
    [
      "{b, a, c} >= 2",
      [
        1,
        2,
        [
          [0, "a"],
          [0, "b"],
          [0, "c"],
        ],
      ],
    ],
    [
      "{b*3, a*3, c} >= 4",
      [
        2,
        4,
        [
          [1, [0, "c"]],
          [3, [0, "a"]],
          [3, [0, "b"]],
        ],
      ],
    ],
    ["true", [3, true]],
  ])("%s is encoded as arrays", (text, arrays) => {
    expect(encode(exprSchema, parse(text))).toEqual(cbor(arrays));
    expect(decode(exprSchema, cbor(arrays))).toEqual(parse(text));
  });

  test.each<[string, unknown]>([
    [
      "children out of order",
      [
        1,
        1,
        [
          [0, "b"],
          [0, "a"],
        ],
      ],
    ],
    [
      "weighted children out of order",
      [
        2,
        1,
        [
          [3, [0, "a"]],
          [1, [0, "b"]],
        ],
      ],
    ],
    ["no weighted children", [2, 1, []]],
    ["an empty id", [0, ""]],
    ["a negative threshold", [1, -1, [[0, "a"]]]],
    ["a negative weight", [2, 1, [[-1, [0, "a"]]]]],
    ["an unknown kind", [4, 1]],
    ["too deep", Array.from({ length: 80 }).reduce((inner) => [1, 1, [inner]], [0, "a"] as unknown)],
  ])("bytes of a peer are refused: %s", (_, arrays) => {
    expect(() => decode(exprSchema, cbor(arrays))).toThrow(DecodeError);
  });

  test("values that do not fit are refused before they leave", () => {
    const unordered: Expr = { t: "thr", k: 1, of: [node("b"), node("a")] };
    expect(() => encode(exprSchema, unordered)).toThrow(EncodeError);
    expect(() => encode(exprSchema, { t: "wthr", k: 2n ** 64n, of: [[1n, node("a")]] })).toThrow(EncodeError);
    for (const odd of [
      null,
      7,
      {},
      { t: "wthr", of: 3 },
      { t: "thr", k: 1 },
      { t: "wthr", k: 1n, of: [[1n]] },
    ])
      expect(() => encode(exprSchema, odd as unknown as Expr)).toThrow(EncodeError);
  });

  test("renaming ids keeps the order of the children", () => {
    const acceptors = exprSchemaOf(id("acceptor"));
    const swapped = rename(acceptors, parse("{a, b*2, c} >= 2"), "acceptor", (name) =>
      name === "a" ? "z" : name,
    );
    expect(sameExpr(swapped, parse("{z, b*2, c} >= 2"))).toBe(true);
    expect(encode(acceptors, constant(true))).toEqual(encode(exprSchema, constant(true)));
  });
});
