import {
  constants,
  createHash,
  generateKeyPairSync,
  privateEncrypt,
  publicDecrypt,
  sign,
  verify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { KeyError } from "../../src/index.ts";
import { nativeRsaSuite } from "../../src/native.ts";
import { rsaKeyFault, rsaVerifySuite } from "../../src/rsa.ts";
import type { VerifySuite } from "../../src/schemes.ts";
import { seeded } from "../schemes/world.ts";
import {
  both,
  bytesOf,
  cut,
  disagreements,
  flipped,
  number,
  text,
  type Vector,
  verdictOf,
} from "./vector.ts";

// OpenSSL takes no seed for keys; no verdict depends on which key it is.
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const modulus = Uint8Array.from(Buffer.from(publicKey.export({ format: "jwk" }).n!, "base64url"));
const k = modulus.length;
const message = text(0);
const sha = (hash: string, ...parts: readonly Uint8Array[]) => {
  const state = createHash(hash);
  for (const part of parts) state.update(part);
  return Uint8Array.from(state.digest());
};

interface Bend {
  readonly salt?: Uint8Array;
  readonly hash?: string;
  readonly maskHash?: string;
  readonly trailer?: number;
  readonly separator?: number;
  readonly padding?: number;
  readonly prefix?: number;
}

/** EMSA-PSS-ENCODE by hand, so that each part can be bent, then the private operation on it. */
function craft(bend: Bend = {}): Uint8Array {
  const { salt = new Uint8Array(32).fill(5), hash = "sha256", maskHash = hash } = bend;
  const inner = sha(hash, new Uint8Array(8).fill(bend.prefix ?? 0), sha(hash, message), salt);
  const data = new Uint8Array(k - inner.length - 1);
  data[data.length - salt.length - 1] = bend.separator ?? 1;
  data.set(salt, data.length - salt.length);
  if (bend.padding !== undefined) data[3] = bend.padding;
  const mask: number[] = [];
  for (let counter = 0; mask.length < data.length; counter++)
    mask.push(...sha(maskHash, inner, Uint8Array.of(0, 0, 0, counter)));
  const masked = data.map((byte, i) => byte ^ mask[i]!);
  masked[0] = masked[0]! & 0x7f;
  const encoded = both(masked, inner, Uint8Array.of(bend.trailer ?? 0xbc));
  return Uint8Array.from(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded));
}

function* vectors(): Generator<Vector> {
  const signature = craft();
  const good = { name: "by hand", key: modulus, message, signature, verdict: "good" };
  const bent = (name: string, bend: Bend) => ({
    ...good,
    name,
    signature: craft(bend),
    verdict: "bad-signature",
  });
  yield good;
  yield { ...good, name: "other salt", signature: craft({ salt: new Uint8Array(32).fill(200) }) };
  for (const length of [0, 8, 20, 31, 33, 48, 64])
    yield bent(`salt of ${length} bytes`, { salt: new Uint8Array(length).fill(1) });
  yield bent("SHA-1", { hash: "sha1" });
  yield bent("SHA-1 with a salt of 20", { hash: "sha1", salt: new Uint8Array(20) });
  yield bent("SHA-512", { hash: "sha512" });
  yield bent("SHA-384", { hash: "sha384" });
  yield bent("mask by SHA-1", { maskHash: "sha1" });
  yield bent("trailer cc", { trailer: 0xcc });
  yield bent("trailer 0", { trailer: 0 });
  yield bent("separator 0", { separator: 0 });
  yield bent("separator 2", { separator: 2 });
  yield bent("padding not zero", { padding: 1 });
  yield bent("prefix not zero", { prefix: 1 });
  const pkcs1 = Uint8Array.from(sign("sha256", message, privateKey));
  yield { ...good, name: "PKCS #1 v1.5", signature: pkcs1, verdict: "bad-signature" };
  for (const [name, value] of [
    ["0", 0n],
    ["1", 1n],
    ["n - 1", number(modulus) - 1n],
  ] as const)
    yield { ...good, name: `s = ${name}`, signature: bytesOf(value, k), verdict: "bad-signature" };
  yield { ...good, name: "s = n", signature: modulus, verdict: "non-canonical" };
  yield { ...good, name: "all ones", signature: new Uint8Array(k).fill(255), verdict: "non-canonical" };
  yield smallPlusModulus(good);
  for (const length of [0, k - 1, k + 1, 384])
    yield { ...good, name: `${length} bytes`, signature: cut(signature, length), verdict: "wrong-length" };
  yield {
    ...good,
    name: "leading zero",
    signature: both(Uint8Array.of(0), signature),
    verdict: "wrong-length",
  };
  for (let bit = 9; bit < 8 * k; bit += 211) {
    const bent = flipped(signature, bit);
    const verdict = number(bent) < number(modulus) ? "bad-signature" : "non-canonical";
    yield { ...good, name: `bit ${bit}`, signature: bent, verdict };
  }
  yield { ...good, name: "other message", message: text(1), verdict: "bad-signature" };
  yield* badKeys(good);
}

/** A good signature and the same plus n, where that fits: two spellings of one value. */
function smallPlusModulus(good: Vector): Vector {
  for (let n = 0; n < 256; n++) {
    const signature = craft({ salt: new Uint8Array(32).fill(n) });
    const sum = number(signature) + number(modulus);
    if (sum < 2n ** BigInt(8 * k))
      return { ...good, name: "s + n", signature: bytesOf(sum, k), verdict: "non-canonical" };
  }
  return { ...good, name: "s + n (fits for no salt)", signature: modulus, verdict: "non-canonical" };
}

function* badKeys(good: Vector): Generator<Vector> {
  const even = Uint8Array.from(modulus);
  even[k - 1] = even[k - 1]! & 0xfe;
  const threefold = bytesOf(3n * ((2n ** 2048n - 1n) / 3n), 256);
  const low = Uint8Array.from(modulus);
  low[0] = 0x7f;
  const faulty: [string, Uint8Array, string][] = [
    ["1024 bits", modulus.subarray(0, 128), "short-modulus"],
    ["2047 bits", low, "short-modulus"],
    ["leading zero", both(Uint8Array.of(0), modulus), "non-canonical"],
    ["3071 bits in 384 bytes", both(low, modulus.subarray(0, 128)), "weak-modulus"],
    ["even", even, "weak-modulus"],
    ["a multiple of 3", threefold, "weak-modulus"],
    ["4104 bits", both(modulus, modulus, Uint8Array.of(1)), "wrong-length"],
    ["empty", new Uint8Array(0), "wrong-length"],
  ];
  for (const [name, bytes, fault] of faulty)
    yield { ...good, name: `key: ${name}`, key: bytes, verdict: `key: ${fault}` };
}

const all = [...vectors()];

describe("RSA-PSS", () => {
  test.each<[string, VerifySuite]>([
    ["portable", rsaVerifySuite],
    ["native", nativeRsaSuite],
  ])("%s: every trap has its verdict", (_name, suite) => {
    console.log(`RSA-PSS: ${all.filter(({ verdict }) => verdict === "good").length} of ${all.length} good`);
    expect(disagreements(suite, all)).toEqual([]);
  });

  test("what is crafted is what OpenSSL understands", () => {
    const encoded = publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, craft());
    expect(encoded.at(-1)).toBe(0xbc);
  });

  test("the twin that takes any salt is refused by the vectors", () => {
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
    const lax: VerifySuite = {
      scheme: "RSA-PSS",
      importPublicKey: (bytes) => ({
        ...nativeRsaSuite.importPublicKey(bytes),
        verdict: (about, signature) =>
          verify("sha256", about, { key: publicKey, ...padding }, signature) ? null : "bad-signature",
      }),
    };
    const salted = all.find(({ name }) => name === "salt of 20 bytes")!;
    expect(verdictOf(lax, salted)).toBe("good");
  });

  test("new keys have 3072 bits, sign natively, and are good for both", () => {
    const secret = nativeRsaSuite.generate(seeded(1));
    const signer = nativeRsaSuite.importSigningKey(secret);
    expect([signer.publicKey.length, signer.sign(message).length]).toEqual([384, 384]);
    expect(rsaKeyFault(signer.publicKey)).toBeNull();
    for (let n = 0; n < 5; n++) {
      const vector = {
        name: "",
        key: signer.publicKey,
        message: text(n),
        signature: signer.sign(text(n)),
        verdict: "good",
      };
      expect(disagreements(rsaVerifySuite, [vector])).toEqual([]);
      expect(disagreements(nativeRsaSuite, [vector])).toEqual([]);
    }
  });

  test.each([
    ["no DER", Uint8Array.of(1, 2, 3)],
    ["DER and junk before", both(Uint8Array.of(0), nativeDer())],
    ["an exponent of 3", otherExponent()],
    ["a modulus of 1024 bits", shortDer()],
  ])("a secret that is %s is refused, and the message repeats nothing of it", (_name, secret) => {
    expect(() => nativeRsaSuite.importSigningKey(secret)).toThrow(KeyError);
  });
});

function nativeDer(): Uint8Array {
  return Uint8Array.from(privateKey.export({ format: "der", type: "pkcs8" }));
}
function otherExponent(): Uint8Array {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
  return Uint8Array.from(pair.privateKey.export({ format: "der", type: "pkcs8" }));
}
function shortDer(): Uint8Array {
  const pair = generateKeyPairSync("rsa", { modulusLength: 1024 });
  return Uint8Array.from(pair.privateKey.export({ format: "der", type: "pkcs8" }));
}
