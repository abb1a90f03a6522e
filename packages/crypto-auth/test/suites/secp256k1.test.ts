import { createPublicKey, verify as opensslVerify } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { describe, expect, test } from "vitest";
import { KeyError } from "../../src/index.ts";
import { nativeSecp256k1Suite } from "../../src/native.ts";
import type { SignatureSuite, VerifySuite } from "../../src/schemes.ts";
import { bip340Suite, secp256k1Suite } from "../../src/secp256k1.ts";
import { seeded } from "../schemes/world.ts";
import {
  challenge,
  digest,
  G,
  invert,
  N,
  P,
  type Point,
  times,
  verifyEcdsa,
  verifySchnorr,
} from "./secp256k1-reference.ts";
import {
  both,
  bytesOf,
  cut,
  disagreements,
  flipped,
  hex,
  number,
  text,
  type Vector,
  verdictOf,
} from "./vector.ts";

const mod = (value: bigint) => ((value % N) + N) % N;
const compress = ([x, y]: NonNullable<Point>) => both(Uint8Array.of(y % 2n === 0n ? 2 : 3), bytesOf(x));
const keyOf = (d: bigint) => compress(times(d, G)!);
const d = 0x1234567890abcdefn ** 3n % N;
const key = keyOf(d);

/** An ECDSA signature with a chosen nonce. S as it comes, unless `low`. */
function craft(secret: bigint, k: bigint, message: Uint8Array, low = true): Uint8Array {
  const r = times(k, G)![0] % N;
  const s = mod(invert(k, N) * (digest(message) + r * secret));
  return both(bytesOf(r), bytesOf(low && s > N / 2n ? N - s : s));
}

function* ecdsaVectors(): Generator<Vector> {
  const message = text(0);
  const signature = craft(d, 77n, message);
  const good = { name: "honest", key, message, signature, verdict: "good" };
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  yield good;
  yield { ...good, name: "malleable: n - S", signature: both(r, bytesOf(N - number(s))), verdict: "high-s" };
  yield { ...good, name: "S one too high", signature: both(r, bytesOf(N / 2n + 1n)), verdict: "high-s" };
  yield { ...good, name: "highest allowed S", signature: both(r, bytesOf(N / 2n)), verdict: "bad-signature" };
  const edges: [string, bigint, string][] = [
    ["0", 0n, "non-canonical"],
    ["1", 1n, "bad-signature"],
    ["n", N, "non-canonical"],
    ["n + 1", N + 1n, "non-canonical"],
    ["p", P, "non-canonical"],
    ["2^256 - 1", 2n ** 256n - 1n, "non-canonical"],
  ];
  for (const [name, value, verdict] of edges) {
    yield { ...good, name: `r = ${name}`, signature: both(bytesOf(value), s), verdict };
    yield { ...good, name: `S = ${name}`, signature: both(r, bytesOf(value)), verdict };
  }
  for (const length of [0, 1, 32, 63, 65, 70, 128])
    yield { ...good, name: `${length} bytes`, signature: cut(signature, length), verdict: "wrong-length" };
  const der = secp256k1.Signature.fromBytes(signature, "compact").toBytes("der");
  yield { ...good, name: "DER", signature: der, verdict: "wrong-length" };
  yield { ...good, name: "DER and junk", signature: both(der, Uint8Array.of(0, 0)), verdict: "wrong-length" };
  for (let bit = 0; bit < 512; bit += 37) {
    const bent = flipped(signature, bit);
    const high = number(bent.subarray(32)) > N / 2n;
    yield { ...good, name: `bit ${bit}`, signature: bent, verdict: high ? "high-s" : "bad-signature" };
  }
  yield { ...good, name: "other message", message: text(1), verdict: "bad-signature" };
  yield { ...good, name: "other key", key: keyOf(d + 1n), verdict: "bad-signature" };
  yield { ...good, name: "the key's negative", key: flipped(key, 0), verdict: "bad-signature" };
  yield {
    ...good,
    name: "empty message",
    message: text(0).subarray(8),
    signature: craft(d, 5n, text(0).subarray(8)),
  };
  // k = (n + 1) / 2: an r with ten leading zero bytes.
  yield { ...good, name: "small r", signature: craft(d, (N + 1n) / 2n, message) };
  yield { ...good, name: "nonce 1, R = G", signature: craft(d, 1n, message) };
  yield { ...good, name: "key G", key: keyOf(1n), signature: craft(1n, 9n, message) };
  yield { ...good, name: "key -G", key: keyOf(N - 1n), signature: craft(N - 1n, 9n, message) };
  // The two terms cancel out: R would be the point at infinity.
  const z = digest(message);
  const cancelling = mod(-z * invert(5n, N));
  yield {
    ...good,
    name: "R at infinity",
    key: keyOf(cancelling),
    signature: both(bytesOf(5n), bytesOf(7n)),
    verdict: "bad-signature",
  };
  // Both terms are the same point, so that the sum is a doubling.
  const u = 123n;
  const r2 = times(2n * u, G)![0] % N;
  const s2 = mod(z * invert(u, N));
  if (s2 > N / 2n) throw new Error("choose another u");
  yield {
    ...good,
    name: "doubling",
    key: keyOf(mod(z * invert(r2, N))),
    signature: both(bytesOf(r2), bytesOf(s2)),
  };
  yield* badKeys(good);
}

function* badKeys(good: Vector): Generator<Vector> {
  const x = good.key.subarray(1);
  const faulty: [string, Uint8Array, string][] = [
    ["uncompressed", secp256k1.Point.fromBytes(good.key).toBytes(false), "wrong-length"],
    ["hybrid", both(Uint8Array.of(6), x), "non-canonical"],
    ["prefix 4", both(Uint8Array.of(4), x), "non-canonical"],
    ["prefix 0", both(Uint8Array.of(0), x), "non-canonical"],
    ["infinity", Uint8Array.of(0), "wrong-length"],
    ["x = p", both(Uint8Array.of(2), bytesOf(P)), "non-canonical"],
    ["x = p + 1", both(Uint8Array.of(2), bytesOf(P + 1n)), "non-canonical"],
    ["all ones", both(Uint8Array.of(3), new Uint8Array(32).fill(255)), "non-canonical"],
    ["off the curve", both(Uint8Array.of(2), bytesOf(5n)), "not-on-curve"],
    ["x = 0", both(Uint8Array.of(2), bytesOf(0n)), "not-on-curve"],
    ["empty", new Uint8Array(0), "wrong-length"],
  ];
  for (const [name, bytes, fault] of faulty)
    yield { ...good, name: `key: ${name}`, key: bytes, verdict: `key: ${fault}` };
}

const ecdsa = [...ecdsaVectors()];

/** A verifier without rules of its own, behind the checks of keys: what either library alone would say. */
const bare = (
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean,
): VerifySuite => ({
  scheme: "secp256k1",
  importPublicKey: (bytes) => ({
    ...secp256k1Suite.importPublicKey(bytes),
    verdict: (message, signature) => (verify(bytes, message, signature) ? null : "bad-signature"),
  }),
});

describe("ECDSA", () => {
  test.each<[string, SignatureSuite]>([
    ["portable", secp256k1Suite],
    ["native", nativeSecp256k1Suite],
  ])("%s: every trap has its verdict", (_name, suite) => {
    expect(disagreements(suite, ecdsa)).toEqual([]);
  });

  test("a third implementation agrees which are good", () => {
    for (const { name, key: bytes, message, signature, verdict } of ecdsa)
      expect(verifyEcdsa(bytes, message, signature), name).toBe(verdict === "good");
    const good = ecdsa.filter(({ verdict }) => verdict === "good").length;
    console.log(`secp256k1: ${good} of ${ecdsa.length} good`);
    expect(good).toBeGreaterThan(6);
  });

  test.each<[string, VerifySuite]>([
    [
      "OpenSSL alone",
      bare((bytes, message, signature) => {
        const der = Buffer.concat([
          Buffer.from("3036301006072a8648ce3d020106052b8104000a032200", "hex"),
          bytes,
        ]);
        const opened = createPublicKey({ key: der, format: "der", type: "spki" });
        return opensslVerify("sha256", message, { key: opened, dsaEncoding: "ieee-p1363" }, signature);
      }),
    ],
    [
      "the library without low S",
      bare((bytes, message, signature) => {
        return signature.length === 64 && secp256k1.verify(signature, message, bytes, { lowS: false });
      }),
    ],
  ])("the vectors refuse %s, which takes the other S", (_name, suite) => {
    const malleable = ecdsa.find(({ name }) => name === "malleable: n - S")!;
    expect(verdictOf(suite, malleable)).toBe("good");
  });

  test("what one signs the other takes, always with the low S", () => {
    const random = seeded(20261127);
    let nativeSigned = 0;
    for (let n = 0; n < 12; n++) {
      const secret = secp256k1Suite.generate(random);
      const [one, other] = [secp256k1Suite, nativeSecp256k1Suite].map((suite) =>
        suite.importSigningKey(secret),
      );
      expect(other!.publicKey).toEqual(one!.publicKey);
      for (const signer of [one!, other!]) {
        const signature = Uint8Array.from(signer.sign(text(n)));
        const vector = { name: "", key: one!.publicKey, message: text(n), signature, verdict: "good" };
        expect(disagreements(secp256k1Suite, [vector])).toEqual([]);
        expect(disagreements(nativeSecp256k1Suite, [vector])).toEqual([]);
        if (signer === other) nativeSigned++;
      }
    }
    expect(nativeSigned).toBe(12);
  });

  test.each([0n, N, N + 1n])("a secret of %s is none", (value) => {
    for (const suite of [secp256k1Suite, nativeSecp256k1Suite, bip340Suite])
      expect(() => suite.importSigningKey(bytesOf(value))).toThrow(KeyError);
  });
});

describe("BIP-340", () => {
  const x = (secret: bigint) => bytesOf(times(secret, G)![0]);
  /** Signs without making the nonce's y even: good half of the time. */
  function craftSchnorr(secret: bigint, k: bigint, message: Uint8Array, evenNonce: boolean): Uint8Array {
    const even = times(secret, G)![1] % 2n === 0n ? secret : N - secret;
    const R = times(k, G)!;
    const nonce = (R[1] % 2n === 0n) === evenNonce ? k : N - k;
    const encoded = bytesOf(R[0]);
    return both(encoded, bytesOf(mod(nonce + challenge(encoded, x(secret), message) * even)));
  }
  const message = text(0);
  const signature = craftSchnorr(d, 77n, message, true);
  const good = { name: "honest", key: x(d), message, signature, verdict: "good" };
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const vectors: Vector[] = [
    good,
    {
      ...good,
      name: "test vector 0 of the BIP",
      key: hex("f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"),
      message: new Uint8Array(32),
      signature: hex(
        "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215" +
          "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0",
      ),
    },
    { ...good, name: "odd nonce", signature: craftSchnorr(d, 77n, message, false), verdict: "bad-signature" },
    { ...good, name: "negated S", signature: both(r, bytesOf(N - number(s))), verdict: "bad-signature" },
    { ...good, name: "S = n", signature: both(r, bytesOf(N)), verdict: "non-canonical" },
    { ...good, name: "R = p", signature: both(bytesOf(P), s), verdict: "non-canonical" },
    { ...good, name: "R off the curve", signature: both(bytesOf(5n), s), verdict: "bad-signature" },
    { ...good, name: "R = 0", signature: both(bytesOf(0n), s), verdict: "bad-signature" },
    { ...good, name: "S = 0", signature: both(r, bytesOf(0n)), verdict: "bad-signature" },
    { ...good, name: "63 bytes", signature: signature.subarray(1), verdict: "wrong-length" },
    { ...good, name: "65 bytes", signature: cut(signature, 65), verdict: "wrong-length" },
    { ...good, name: "other message", message: text(1), verdict: "bad-signature" },
    { ...good, name: "ECDSA key", key, verdict: "key: wrong-length" },
    { ...good, name: "key off the curve", key: bytesOf(5n), verdict: "key: not-on-curve" },
    { ...good, name: "key = p", key: bytesOf(P), verdict: "key: non-canonical" },
  ];

  test("every trap has its verdict, and the reference agrees", () => {
    expect(disagreements(bip340Suite, vectors)).toEqual([]);
    for (const vector of vectors)
      expect(verifySchnorr(vector.key, vector.message, vector.signature), vector.name).toBe(
        vector.verdict === "good",
      );
  });

  test("signing gives the BIP's vector, and what the reference takes", () => {
    const three = bip340Suite.importSigningKey(bytesOf(3n));
    expect(three.sign(new Uint8Array(32))).toEqual(vectors[1]!.signature);
    const random = seeded(7);
    for (let n = 0; n < 12; n++) {
      const signer = bip340Suite.importSigningKey(bip340Suite.generate(random));
      expect(verifySchnorr(signer.publicKey, text(n), signer.sign(text(n)))).toBe(true);
    }
  });
});
