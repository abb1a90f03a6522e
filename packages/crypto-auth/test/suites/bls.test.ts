import { bls12_381 } from "@noble/curves/bls12-381.js";
import { describe, expect, test } from "vitest";
import { blsSuite } from "../../src/bls.ts";
import { KeyError } from "../../src/index.ts";
import { seeded } from "../schemes/world.ts";
import { both, bytesOf, cut, disagreements, flipped, number, text, type Vector } from "./vector.ts";

const { G1, G2 } = bls12_381;
const P = G1.Point.Fp.ORDER;
const R = G1.Point.Fn.ORDER;
const secret = bytesOf(0x1234567890abcdefn ** 3n % R);
const signer = blsSuite.importSigningKey(secret);
const message = text(0);
const signature = signer.sign(message);
const good = { name: "honest", key: signer.publicKey, message, signature, verdict: "good" };
const bare = signer.publicKey.subarray(0, 96);
const [infinity1, infinity2] = [new Uint8Array(48), new Uint8Array(96)];
infinity1[0] = infinity2[0] = 0xc0;

/** The first small x of one kind, compressed: of the curve and not of the subgroup, or not of the curve. */
function firstOf<T>(
  field: { sqrt(value: T): T },
  find: (x: bigint) => { square: T; torsionFree(y: T): boolean; bytes: Uint8Array },
) {
  let stray: Uint8Array | null = null;
  let off: Uint8Array | null = null;
  for (let x = 1n; stray === null || off === null; x++) {
    const { square, torsionFree, bytes } = find(x);
    bytes[0] = 0x80;
    try {
      const y = field.sqrt(square);
      if (!torsionFree(y)) stray ??= bytes;
    } catch {
      off ??= bytes;
    }
  }
  return { stray, off };
}
const on1 = firstOf(G1.Point.Fp, (x) => ({
  square: G1.Point.Fp.create(x ** 3n + G1.Point.CURVE().b),
  torsionFree: (y) => G1.Point.fromAffine({ x, y }).isTorsionFree(),
  bytes: bytesOf(x, 48),
}));
const on2 = firstOf(G2.Point.Fp, (x) => {
  const at = G2.Point.Fp.create({ c0: x, c1: 0n });
  return {
    square: G2.Point.Fp.add(G2.Point.Fp.pow(at, 3n), G2.Point.CURVE().b),
    torsionFree: (y) => G2.Point.fromAffine({ x: at, y }).isTorsionFree(),
    bytes: bytesOf(x, 96),
  };
});

/** An honest signature plus a point of small order: a stray point times r. */
function shifted(): Uint8Array {
  const { Fp } = G1.Point;
  const x = number(on1.stray.with(0, 0));
  const stray = G1.Point.fromAffine({ x, y: Fp.sqrt(Fp.create(x ** 3n + G1.Point.CURVE().b)) });
  const small = stray.multiplyUnsafe(R - 1n).add(stray);
  const sum = G1.Point.fromBytes(signature).add(small).toAffine();
  const bytes = bytesOf(sum.x, 48);
  bytes[0] = bytes[0]! | 0x80 | (2n * sum.y > P ? 0x20 : 0);
  return bytes;
}

/** A signature whose x leaves room for x + p below the flags: two spellings of one point. */
function overP(): Vector {
  for (let n = 0; n < 64; n++) {
    const honest = signer.sign(text(n));
    const flags = honest[0]! & 0xe0;
    const sum = number(Uint8Array.from([honest[0]! & 0x1f, ...honest.subarray(1)])) + P;
    if (sum >= 2n ** 381n) continue;
    const bytes = bytesOf(sum, 48);
    bytes[0] = bytes[0]! | flags;
    return { ...good, name: "x + p", message: text(n), signature: bytes, verdict: "non-canonical" };
  }
  throw new Error("no x is small enough");
}

const vectors: Vector[] = [
  good,
  { ...good, name: "key without its proof", key: bare },
  { ...good, name: "other message", message: text(1), verdict: "bad-signature" },
  { ...good, name: "negated", signature: flipped(signature, 5), verdict: "bad-signature" },
  { ...good, name: "generator", signature: G1.Point.BASE.toBytes(), verdict: "bad-signature" },
  { ...good, name: "infinity", signature: infinity1, verdict: "infinity" },
  { ...good, name: "infinity with the sign", signature: flipped(infinity1, 5), verdict: "non-canonical" },
  { ...good, name: "infinity with junk", signature: flipped(infinity1, 383), verdict: "non-canonical" },
  { ...good, name: "infinity flag on a point", signature: flipped(signature, 6), verdict: "non-canonical" },
  { ...good, name: "not compressed", signature: flipped(signature, 7), verdict: "non-canonical" },
  { ...good, name: "all zero", signature: new Uint8Array(48), verdict: "non-canonical" },
  { ...good, name: "all ones", signature: new Uint8Array(48).fill(255), verdict: "non-canonical" },
  { ...good, name: "x = p", signature: flipped(bytesOf(P, 48), 7), verdict: "non-canonical" },
  overP(),
  { ...good, name: "outside the subgroup", signature: on1.stray, verdict: "wrong-subgroup" },
  { ...good, name: "good plus a point of small order", signature: shifted(), verdict: "wrong-subgroup" },
  {
    ...good,
    name: "off the curve",
    signature: on1.off,
    verdict: "not-on-curve",
  },
  ...[0, 47, 49, 96].map((length) => ({
    ...good,
    name: `${length} bytes`,
    signature: cut(signature, length),
    verdict: "wrong-length",
  })),
  { ...good, name: "key: infinity", key: infinity2, verdict: "key: infinity" },
  { ...good, name: "key: outside the subgroup", key: on2.stray, verdict: "key: wrong-subgroup" },
  {
    ...good,
    name: "key: off the curve",
    key: on2.off,
    verdict: "key: not-on-curve",
  },
  { ...good, name: "key: not compressed", key: flipped(bare, 7), verdict: "key: non-canonical" },
  {
    ...good,
    name: "key: coordinate = p",
    key: both(bare.subarray(0, 48), bytesOf(P, 48)),
    verdict: "key: non-canonical",
  },
  { ...good, name: "key: a point of G1", key: G1.Point.BASE.toBytes(), verdict: "key: wrong-length" },
  { ...good, name: "key: 143 bytes", key: cut(signer.publicKey, 143), verdict: "key: wrong-length" },
];

test("every trap has its verdict", () => {
  expect(disagreements(blsSuite, vectors)).toEqual([]);
});

test("the library alone reads the point at infinity as a signature: hence the rule", () => {
  expect(() => bls12_381.shortSignatures.Signature.fromBytes(infinity1)).not.toThrow();
});

describe("proofs of possession", () => {
  const other = blsSuite.importSigningKey(blsSuite.generate(seeded(3)));
  test.each<[string, Uint8Array]>([
    ["that of another key", both(bare, other.publicKey.subarray(96))],
    // A signature of the key as a message: proofs have a domain of their own.
    ["a signature of the key", both(bare, signer.sign(bare))],
    ["none", both(bare, new Uint8Array(48))],
    ["infinity", both(bare, infinity1)],
    ["a bent one", flipped(signer.publicKey, 96 * 8 + 5)],
  ])("%s is no proof", (_name, key) => {
    expect(() => blsSuite.importPublicKey(key)).toThrow(
      expect.objectContaining({ code: "bad-proof" }) as Error,
    );
  });

  test("only a key with one may be used", () => {
    expect(blsSuite.importPublicKey(bare).usable).toBe(false);
    expect(blsSuite.importPublicKey(signer.publicKey).usable).toBe(true);
  });
});

test.each([0n, R, R + 1n])("a secret of %s is none", (value) => {
  expect(() => blsSuite.importSigningKey(bytesOf(value))).toThrow(KeyError);
});

describe("many at once", () => {
  const random = seeded(8);
  const signers = [0, 1, 2].map(() => blsSuite.importSigningKey(blsSuite.generate(random)));
  const keys = signers.map(({ publicKey }) => blsSuite.importPublicKey(publicKey));
  const items = Array.from({ length: 6 }, (_, n) => ({
    key: keys[n % 3]!,
    message: text(n),
    signature: signers[n % 3]!.sign(text(n)),
  }));
  const oneByOne = (all: typeof items) => all.map((item) => item.key.verdict(item.message, item.signature));
  const sumOf = (...parts: Uint8Array[]) =>
    parts.map((part) => G1.Point.fromBytes(part)).reduce((sum, point) => sum.add(point));

  test("have the verdicts of one by one, also where errors would cancel out in a plain sum", () => {
    const shift = G1.Point.BASE;
    const cancelling = items.map((item, n) => {
      if (n === 2) return { ...item, signature: sumOf(item.signature).add(shift).toBytes() };
      if (n === 5) return { ...item, signature: sumOf(item.signature).subtract(shift).toBytes() };
      return item;
    });
    // The attack is real: the sum of all signatures is the honest one.
    expect(
      sumOf(...cancelling.map(({ signature: s }) => s)).equals(sumOf(...items.map(({ signature: s }) => s))),
    ).toBe(true);
    const swapped = items.map((item, n) => (n === 0 ? { ...item, signature: items[3]!.signature } : item));
    const odd = items.map((item, n) => (n === 1 ? { ...item, signature: on1.stray } : item));
    for (const all of [items, cancelling, swapped, odd, items.slice(0, 1), []])
      expect(blsSuite.verdicts!(all)).toEqual(oneByOne(all));
    expect(oneByOne(cancelling)).toContain("bad-signature");
  });
});
