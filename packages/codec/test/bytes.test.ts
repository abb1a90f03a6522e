import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareBytes,
  concat,
  DecodeError,
  EncodeError,
  equalBytes,
  fromHex,
  Reader,
  sha256,
  toHex,
  utf8Decode,
  utf8Encode,
  Writer,
} from "../src/index.ts";
import { compareEncodedText } from "../src/utf8.ts";

const some = fc.uint8Array({ maxLength: 80 });
const word = fc.string({ unit: "binary", maxLength: 40 });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

test("bytes: order, equality, concatenation, hexadecimal and SHA-256 are those of Node", () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(b));
      expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
      expect(toHex(concat(a, b))).toBe(Buffer.concat([a, b]).toString("hex"));
      expect(fromHex(toHex(a))).toEqual(a);
      expect(toHex(sha256(a))).toBe(createHash("sha256").update(a).digest("hex"));
    }),
    { seed: 59, numRuns: 500 },
  );
  for (const text of ["0", "0g", "AB", "0x"]) expect(() => fromHex(text)).toThrow(DecodeError);
});

test("UTF-8 is that of TextEncoder and of the fatal TextDecoder", () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(utf8Encode(a)).toEqual(new TextEncoder().encode(a));
      expect(utf8Decode(utf8Encode(a))).toBe(a);
      const [x, y] = [a, b].map((one) => {
        const writer = new Writer();
        writer.text(one);
        return writer.finish();
      });
      expect(Math.sign(compareEncodedText(a, b))).toBe(Math.sign(compareBytes(x!, y!)));
    }),
    { seed: 61, numRuns: 1000 },
  );
  const long = "aé€😀".repeat(5000);
  expect(utf8Decode(utf8Encode(long))).toBe(long);
  for (const lone of ["\ud800", "\udc00", "a\ud83d", "\ude00\ud83d"])
    expect(() => utf8Encode(lone)).toThrow(EncodeError);
});

test("UTF-8 refuses what the fatal TextDecoder refuses", () => {
  const verdicts = { accepted: 0, refused: 0 };
  // Heads and tails of characters come up often, so that valid and nearly valid ones do.
  const byte = fc.oneof(
    fc.constantFrom(0x61, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x90, 0x9f, 0xa0, 0xbf),
    fc.nat(255),
  );
  fc.assert(
    fc.property(fc.array(byte, { minLength: 1, maxLength: 6 }), (units) => {
      const input = Uint8Array.from(units);
      let expected: string | null = null;
      try {
        expected = strict.decode(input);
      } catch {
        verdicts.refused++;
        expect(() => utf8Decode(input)).toThrow(expect.objectContaining({ code: "utf8" }) as Error);
        return;
      }
      verdicts.accepted++;
      expect(utf8Decode(input)).toBe(expected);
    }),
    { seed: 67, numRuns: 20_000 },
  );
  expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(500);
});

test("what a Writer lays, a Reader takes: mixed items, long byte strings, growth, reuse", () => {
  const item = fc.oneof(
    fc.record({ kind: fc.constant("int" as const), value: fc.maxSafeInteger() }),
    fc.record({ kind: fc.constant("uint" as const), value: fc.maxSafeNat() }),
    fc.record({
      kind: fc.constant("bigint" as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    }),
    fc.record({
      kind: fc.constant("bytes" as const),
      value: fc.uint8Array({ maxLength: 2100, size: "max" }),
    }),
    fc.record({ kind: fc.constant("text" as const), value: word }),
    fc.record({ kind: fc.constant("bool" as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant("nil" as const), value: fc.constant(null) }),
  );
  const writer = new Writer(1);
  let long = 0;
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), (items) => {
      writer.arrayHeader(items.length);
      for (const one of items) {
        if (one.kind === "bytes" && one.value.length >= 1024) long++;
        (writer[one.kind] as (value: unknown) => void).call(writer, one.value === 0 ? 0 : one.value);
      }
      const whole = writer.finish();
      const reader = new Reader(whole);
      reader.arrayOf(items.length);
      const copy = new Writer();
      copy.arrayHeader(items.length);
      for (const one of items) {
        const start = reader.offset;
        expect(reader[one.kind]()).toEqual(one.value === 0 ? 0 : one.value);
        const skipper = new Reader(whole);
        skipper.offset = start;
        expect(skipper.skip()).toEqual({ start, end: reader.offset });
        copy.raw(whole.subarray(start, reader.offset));
      }
      reader.end();
      expect(equalBytes(copy.finish(), whole)).toBe(true);
    }),
    { seed: 71, numRuns: 400 },
  );
  expect(long).toBeGreaterThan(50);
});

test("a Writer refuses what has no encoding", () => {
  const writer = new Writer();
  for (const n of [-1, 1.5, 2 ** 53, -0, Number.NaN]) expect(() => writer.uint(n)).toThrow(EncodeError);
  for (const n of [1.5, 2 ** 53, -(2 ** 53), -0]) expect(() => writer.int(n)).toThrow(EncodeError);
  for (const n of [2n ** 64n, -(2n ** 63n) - 1n]) expect(() => writer.bigint(n)).toThrow(EncodeError);
  expect(() => writer.text("\udfff")).toThrow(EncodeError);
  expect(writer.finish()).toEqual(new Uint8Array());
});

test("skip stops at its depth, not at the end of the stack", () => {
  const deep = (levels: number) => Uint8Array.from([...new Array<number>(levels).fill(0x81), 0x00]);
  expect(new Reader(deep(64)).skip()).toEqual({ start: 0, end: 65 });
  expect(() => new Reader(deep(65)).skip()).toThrow(expect.objectContaining({ code: "limit" }) as Error);
  expect(() => new Reader(deep(1_000_000)).skip()).toThrow(DecodeError);
});

test("bytes of more than one block of digits", () => {
  for (const length of [4095, 4096, 4097, 10_000]) {
    const long = Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8));
    expect(toHex(long)).toBe(Buffer.from(long).toString("hex"));
  }
});
