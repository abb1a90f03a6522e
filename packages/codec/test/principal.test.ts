import { describe, expect, test } from "vitest";
import {
  DecodeError,
  decode,
  EncodeError,
  encode,
  generate,
  KeyBundle,
  mutate,
  PrincipalBytes,
  PrincipalRef,
  toHex,
} from "../src/index.ts";

const key = (scheme: string, byte = 1) => ({ scheme, publicKey: new Uint8Array([byte, byte]) });

describe("key bundles", () => {
  test("are a list of pairs, sorted by the encoded scheme", () => {
    expect(toHex(encode(KeyBundle, [key("BLS", 1), key("Ed25519", 2)]))).toBe(
      "828263424c534201018267456432353531394202" + "02",
    );
  });

  test.each([
    ["none", []],
    ["twice the same scheme", [key("BLS", 1), key("BLS", 2)]],
    ["descending", [key("Ed25519"), key("BLS")]],
    ["a longer name before a shorter one", [key("AAAA"), key("ZZZ")]],
  ])("%s: refused both ways", (_name, bundle) => {
    expect(() => encode(KeyBundle, bundle)).toThrow(EncodeError);
    const pairs = bundle.map((one) => [
      0x82,
      0x60 + one.scheme.length,
      ...Buffer.from(one.scheme),
      0x42,
      ...one.publicKey,
    ]);
    expect(() => decode(KeyBundle, Uint8Array.from([0x80 + bundle.length, ...pairs.flat()]))).toThrow(
      DecodeError,
    );
  });

  test("generated ones round-trip, with several keys now and then", () => {
    let state = 1;
    const source = { next: () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) };
    const sizes = Array.from({ length: 200 }, () => {
      const bundle = generate(KeyBundle, source);
      expect(decode(KeyBundle, encode(KeyBundle, bundle))).toEqual(bundle);
      return bundle.length;
    });
    expect(Math.max(...sizes)).toBeGreaterThan(1);
  });
});

test("a principal travels as 32 bytes, no fewer and no more", () => {
  expect(decode(PrincipalBytes, encode(PrincipalBytes, new Uint8Array(32)))).toEqual(new Uint8Array(32));
  expect(() => encode(PrincipalBytes, new Uint8Array(31))).toThrow(EncodeError);
  expect(() => decode(PrincipalBytes, Uint8Array.from([0x58, 31, ...new Uint8Array(31)]))).toThrow(
    DecodeError,
  );
  expect(() => decode(PrincipalBytes, Uint8Array.from([0x58, 33, ...new Uint8Array(33)]))).toThrow(
    DecodeError,
  );
});

test("a principal that is text in memory is the same 32 bytes on the wire", () => {
  const id = "0f".repeat(32);
  expect(encode(PrincipalRef, id)).toEqual(encode(PrincipalBytes, new Uint8Array(32).fill(15)));
  expect(decode(PrincipalRef, encode(PrincipalRef, id))).toBe(id);
  for (const wrong of ["0F".repeat(32), "0f".repeat(31), 15, new Uint8Array(32)])
    expect(() => encode(PrincipalRef, wrong as string)).toThrow(EncodeError);
  expect(() => decode(PrincipalRef, Uint8Array.from([0x58, 31, ...new Uint8Array(31)]))).toThrow(DecodeError);
  let state = 7;
  const source = { next: () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) };
  for (let run = 0; run < 100; run++) {
    const made = generate(PrincipalRef, source);
    expect(decode(PrincipalRef, encode(PrincipalRef, made))).toBe(made);
    expect(mutate(PrincipalRef, made, source)).not.toBe(made);
  }
});
