import { createPublicKey, verify as opensslVerify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { KeyError, portable, publicKeyFault } from "../src/index.ts";
import { native } from "../src/native.ts";
import {
  add,
  BASE,
  bytesOf,
  challenge,
  craft,
  decodePoint,
  encodePoint,
  L,
  numberOf,
  P,
  type Point,
  referenceVerify,
  smallOrderEncodings,
  smallOrderPoints,
  times,
} from "./reference.ts";

interface Attempt {
  readonly name: string;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const a = 0x1234567890abcdefn ** 3n % L;
const r = 0xfedcba987654321n ** 3n % L;
const A = times(a, BASE);
const R = times(r, BASE);
const honestKey = encodePoint(A);
const honestNonce = encodePoint(R);
const torsion = smallOrderPoints();
const text = (n: number) => new TextEncoder().encode(`message ${n}`);
const withSign = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, i) => (i === 31 ? byte | 0x80 : byte));
const both = (R: Uint8Array, S: Uint8Array) => Uint8Array.from([...R, ...S]);

/** Every spelling with y >= p: nineteen values of y, both signs. */
const nonCanonical = Array.from({ length: 38 }, (_, i) =>
  bytesOf((P + BigInt(i >> 1)) | (BigInt(i & 1) << 255n)),
);

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

/** The attempt, its S + L twin, and the same with the highest bits of S set. */
function* spellingsOfS(attempt: Attempt): Generator<Attempt> {
  const S = numberOf(attempt.signature.subarray(32));
  const head = attempt.signature.subarray(0, 32);
  for (let n = 1n; n < 16n; n++)
    if (S + n * L < 2n ** 256n)
      yield { ...attempt, name: `${attempt.name}, S + ${n}L`, signature: both(head, bytesOf(S + n * L)) };
  for (const bit of [253, 254, 255])
    yield {
      ...attempt,
      name: `${attempt.name}, S bit ${bit}`,
      signature: flipped(attempt.signature, 256 + bit),
    };
}

function honest(message: Uint8Array, name = "honest"): Attempt {
  return { name, key: honestKey, message, signature: craft(a, honestKey, r, honestNonce, message) };
}

function* honestAndDamaged(): Generator<Attempt> {
  yield honest(new Uint8Array(0), "empty message");
  yield honest(new Uint8Array(1 << 20).fill(9), "1 MiB message");
  const good = honest(text(0));
  yield good;
  yield* spellingsOfS(good);
  for (let bit = 0; bit < 512; bit += 7)
    yield { ...good, name: `signature bit ${bit}`, signature: flipped(good.signature, bit) };
  for (let bit = 0; bit < 256; bit += 5)
    yield { ...good, name: `key bit ${bit}`, key: flipped(good.key, bit) };
  yield { ...good, name: "other message", message: text(1) };
  for (const length of [0, 31, 33, 63, 65]) {
    const cut = (bytes: Uint8Array) => Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0);
    yield { ...good, name: `signature of ${length}`, signature: cut(good.signature) };
    yield { ...good, name: `key of ${length}`, key: cut(good.key) };
  }
}

/** Nonce points that the owner of an honest key chooses: identity, small order, shifted, and all odd spellings. */
function* oddNonces(): Generator<Attempt> {
  for (const [i, nonce] of [...smallOrderEncodings(), ...nonCanonical].entries())
    for (let n = 0; n < 4; n++)
      yield {
        name: `odd R ${i}`,
        key: honestKey,
        message: text(n),
        signature: craft(a, honestKey, 0n, nonce, text(n)),
      };
  for (const [i, T] of torsion.entries()) {
    const nonce = encodePoint(add(R, T));
    yield {
      name: `R + T${i}`,
      key: honestKey,
      message: text(i),
      signature: craft(a, honestKey, r, nonce, text(i)),
    };
  }
}

/** Keys of small order, odd spellings of keys, and keys with a small-order part, each with what its owner could sign. */
function* oddKeys(): Generator<Attempt> {
  const identity = encodePoint(torsion[0] as Point);
  for (const [i, key] of [...smallOrderEncodings(), ...nonCanonical].entries())
    for (let n = 0; n < 4; n++) {
      yield { name: `odd A ${i}`, key, message: text(n), signature: both(identity, new Uint8Array(32)) };
      if (n < 2)
        yield {
          name: `odd A ${i}, r`,
          key,
          message: text(n),
          signature: craft(0n, key, r, honestNonce, text(n)),
        };
    }
  for (const T of torsion.slice(1)) {
    const key = encodePoint(add(A, T));
    for (let n = 0, exact = 0; exact < 2; n++) {
      const fits = challenge(honestNonce, key, text(n)) % 8n === 0n;
      if (fits) exact++;
      if (fits || n < 2)
        yield {
          name: fits ? "A + T, k divisible by 8" : "A + T",
          key,
          message: text(n),
          signature: craft(a, key, r, honestNonce, text(n)),
        };
    }
  }
  yield {
    name: "key not on the curve",
    key: bytesOf(2n),
    message: text(0),
    signature: honest(text(0)).signature,
  };
}

function* random(): Generator<Attempt> {
  let state = 0x2545f491n;
  const bytes = (length: number) =>
    Uint8Array.from({ length }, () => {
      state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
      return Number(state >> 56n);
    });
  for (let n = 0; n < 60; n++) {
    const seed = bytes(32);
    const message = bytes(n);
    yield { name: "random bytes", key: bytes(32), message, signature: bytes(64) };
    yield {
      name: "signed by the other provider",
      key: portable.ed25519.publicKey(seed),
      message,
      signature: (n % 2 ? portable : native).ed25519.sign(seed, message),
    };
  }
}

/** What `node:crypto` alone says. */
function bare({ key, message, signature }: Attempt): boolean {
  if (key.length !== 32) return false;
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
  return opensslVerify(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
}

/** What the portable library alone says in its strict mode. */
function bareNoble({ key, message, signature }: Attempt): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  return ed25519.verify(signature, message, key, { zip215: false });
}

type Verifier = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** The suite: one verdict per attempt. Answers the attempts where the verifier and the reference part. */
function disagreements(attempts: readonly Attempt[], verify: Verifier): string[] {
  return attempts
    .filter(({ key, message, signature }, i) => verify(key, message, signature) !== expected(attempts, i))
    .map((attempt) => attempt.name);
}

const verdicts = new Map<Attempt, boolean>();
function expected(attempts: readonly Attempt[], i: number): boolean {
  const attempt = attempts[i] as Attempt;
  const known = verdicts.get(attempt);
  if (known !== undefined) return known;
  const verdict = referenceVerify(attempt.key, attempt.message, attempt.signature);
  verdicts.set(attempt, verdict);
  return verdict;
}

const groups: [string, Attempt[]][] = [
  ["honest and damaged", [...honestAndDamaged()]],
  ["odd nonce points", [...oddNonces()]],
  ["odd keys", [...oddKeys()]],
  ["random", [...random()]],
];

describe.each(groups)("%s", (name, attempts) => {
  test.each([portable, native])("$name agrees with the reference everywhere", ({ ed25519: scheme }) => {
    expect(disagreements(attempts, scheme.verify)).toEqual([]);
  });

  test("both verdicts occur where both can", () => {
    const accepted = attempts.filter((_, i) => expected(attempts, i)).length;
    console.log(`${name}: ${accepted} of ${attempts.length} accepted`);
    if (name === "odd keys") expect(accepted).toBe(0);
    else expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(attempts.length);
  });
});

test("there are 14 spellings of the 8 points of small order, and the suite has them all", () => {
  const found = smallOrderEncodings().filter((bytes) => decodePoint(bytes, true) !== null);
  expect(found).toHaveLength(14);
});

describe("broken twins are refused by the suite", () => {
  const all = groups.flatMap(([, attempts]) => attempts);
  test.each<[string, Verifier, string]>([
    ["node:crypto alone", (key, message, signature) => bare({ name: "", key, message, signature }), "odd A"],
    [
      "the library's strict mode (cofactored)",
      (key, message, signature) => bareNoble({ name: "", key, message, signature }),
      "R + T",
    ],
    [
      "no check that the order is prime",
      (key, message, signature) =>
        (publicKeyFault(key) ?? "mixed-order") === "mixed-order" &&
        bare({ name: "", key, message, signature }),
      "A + T",
    ],
    [
      "S reduced instead of refused",
      (key, message, signature) =>
        signature.length === 64 &&
        portable.ed25519.verify(
          key,
          message,
          both(signature.subarray(0, 32), bytesOf(numberOf(signature.subarray(32)) % L)),
        ),
      "S +",
    ],
  ])("%s", (_name, verify, where) => {
    expect(disagreements(all, verify).some((name) => name.includes(where))).toBe(true);
  });
});

describe("the two forgeries (one signature for every message)", () => {
  const identity = encodePoint(torsion[0] as Point);
  const signature = both(identity, new Uint8Array(32));
  test.each([
    ["identity key", identity],
    ["key of order 8", encodePoint(torsion[1] as Point)],
  ])("%s: refused at registration, and in every verification", (_name, key) => {
    let accepted = 0;
    for (let n = 0; n < 400; n++) {
      if (bare({ name: "", key, message: text(n), signature })) accepted++;
      if (portable.ed25519.verify(key, text(n), signature)) throw new Error("portable accepted a forgery");
      if (native.ed25519.verify(key, text(n), signature)) throw new Error("native accepted a forgery");
    }
    // The attack is real: without the check some or all of the 400 messages pass.
    expect(accepted).toBeGreaterThan(10);
    for (const provider of [portable, native])
      expect(() => provider.ed25519.importPublicKey(key)).toThrow(
        expect.objectContaining({ code: "small-order" }) as Error,
      );
  });
});

describe("registration says why", () => {
  const offCurve = Array.from({ length: 20 }, (_, i) => bytesOf(BigInt(i))).find(
    (bytes) => decodePoint(bytes) === null,
  ) as Uint8Array;
  test.each([
    ["wrong-length", new Uint8Array(31)],
    ["wrong-length", new Uint8Array(33)],
    ["wrong-length", new Uint8Array(0)],
    ["non-canonical", bytesOf(P)],
    ["non-canonical", bytesOf(P + 18n)],
    ["non-canonical", withSign(bytesOf(1n))],
    ["non-canonical", withSign(bytesOf(P - 1n))],
    ["not-on-curve", offCurve],
    ["small-order", bytesOf(1n)],
    ["small-order", bytesOf(P - 1n)],
    ["small-order", bytesOf(0n)],
    ["mixed-order", encodePoint(add(A, torsion[4] as Point))],
    ["mixed-order", encodePoint(add(A, torsion[1] as Point))],
    [null, honestKey],
  ])("%s", (fault, bytes) => {
    expect(publicKeyFault(bytes)).toBe(fault);
    for (const { ed25519: scheme } of [portable, native]) {
      if (fault === null) expect(scheme.importPublicKey(bytes).bytes).toEqual(bytes);
      else {
        let thrown: unknown;
        try {
          scheme.importPublicKey(bytes);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(KeyError);
        expect((thrown as KeyError).code).toBe(fault);
      }
    }
  });

  test("a registered key does not change when the caller's bytes do", () => {
    for (const { ed25519: scheme } of [portable, native]) {
      const bytes = Uint8Array.from(honestKey);
      const key = scheme.importPublicKey(bytes);
      bytes.fill(0);
      key.bytes.fill(0);
      const { message, signature } = honest(text(3));
      expect(key.verify(message, signature)).toBe(true);
    }
  });
});
