import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CryptoProvider, directionalKey, KeyError, macInput, portable } from "../src/index.ts";
import { native } from "../src/native.ts";
import { ed25519Vectors, hkdfVectors, hmacVectors } from "./vectors.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const hashOf = (text: string) => new Uint8Array(createHash("sha256").update(text).digest());

describe.each([portable, native])("$name: public vectors", (provider) => {
  test.each(ed25519Vectors)("RFC 8032 %s", (_name, seed, publicKey, message, signature) => {
    const { ed25519 } = provider;
    expect(toHex(ed25519.publicKey(hex(seed)))).toBe(publicKey);
    expect(toHex(ed25519.sign(hex(seed), hex(message)))).toBe(signature);
    expect(toHex(ed25519.importSigningKey(hex(seed)).sign(hex(message)))).toBe(signature);
    expect(toHex(ed25519.importSigningKey(hex(seed)).publicKey)).toBe(publicKey);
    expect(ed25519.verify(hex(publicKey), hex(message), hex(signature))).toBe(true);
  });

  test.each(hmacVectors)("RFC 4231 %s", (_name, key, data, tag) => {
    expect(toHex(provider.hmacSha256(hex(key), hex(data)))).toBe(tag);
    const prepared = provider.macKey(hex(key));
    // Twice: a prepared key has no memory of what it tagged before.
    expect([toHex(prepared.tag(hex(data))), toHex(prepared.tag(hex(data)))]).toEqual([tag, tag]);
  });

  test.each(hkdfVectors)("RFC 5869 %s", (_name, secret, salt, info, output) => {
    expect(toHex(provider.hkdfSha256(hex(secret), hex(salt), hex(info), output.length / 2))).toBe(output);
  });

  test("FIPS 180-4: SHA-256 of abc", () => {
    expect(toHex(provider.sha256(hex("616263")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  test("the MAC of a statement, by the project's own vector", () => {
    const id = hex("e1468c6b3d4421fe30ee7eb50e2e13b3473a925a77b5f207cbdd033d220aacce");
    const input = macInput(id, hashOf("principal:alice"), hashOf("principal:bob"));
    expect(toHex(provider.hmacSha256(hashOf("key:alice:bob"), input))).toBe(
      "07e1547d0550d387f4266a26bbf2482672733b97fdea6cbf98e8f80b9c6e5d7e",
    );
  });

  test("the two directions of a pair have different keys", () => {
    const [alice, bob] = [hashOf("principal:alice"), hashOf("principal:bob")];
    const shared = hashOf("key:alice:bob");
    expect(directionalKey(provider, shared, alice, bob)).not.toEqual(
      directionalKey(provider, shared, bob, alice),
    );
  });

  test("seeds of a wrong length are the caller's mistake", () => {
    for (const length of [0, 31, 33, 64])
      for (const use of [
        () => provider.ed25519.publicKey(new Uint8Array(length)),
        () => provider.ed25519.sign(new Uint8Array(length), new Uint8Array(0)),
        () => provider.ed25519.importSigningKey(new Uint8Array(length)),
      ])
        expect(use).toThrow(KeyError);
  });
});

/** The suite: where two providers give different bytes. Answers the names of the functions that part. */
function differences(one: CryptoProvider, other: CryptoProvider): Set<string> {
  const found = new Set<string>();
  const compare = (name: string, use: (provider: CryptoProvider) => Uint8Array | boolean) => {
    const [left, right] = [use(one), use(other)];
    const same =
      typeof left === "boolean" || typeof right === "boolean"
        ? left === right
        : Buffer.compare(left, right) === 0;
    if (!same) found.add(name);
  };
  const some = fc.uint8Array({ maxLength: 200, size: "max" });
  fc.assert(
    fc.property(some, some, some, fc.integer({ min: 1, max: 100 }), (a, b, c, length) => {
      compare("sha256", (p) => p.sha256(a));
      compare("hmacSha256", (p) => p.hmacSha256(a, b));
      compare("macKey", (p) => p.macKey(a).tag(b));
      compare("hkdfSha256", (p) => p.hkdfSha256(a, b, c, length));
      compare("equal", (p) => p.equal(a, b));
      compare("equal", (p) => p.equal(a, Uint8Array.from(a)));
      compare("equal", (p) =>
        p.equal(
          a,
          a.map((byte, i) => (i === a.length - 1 ? byte ^ 1 : byte)),
        ),
      );
    }),
    { numRuns: 300, seed: 20261120 },
  );
  return found;
}

describe("the two providers are one", () => {
  test("same bytes for the same input", () => {
    expect(differences(portable, native)).toEqual(new Set());
  });

  test("results are fresh: changing one changes nothing else", () => {
    for (const provider of [portable, native]) {
      const key = provider.macKey(hex("00"));
      const first = key.tag(hex("01"));
      const copy = Uint8Array.from(first);
      first.fill(0);
      expect(Uint8Array.from(key.tag(hex("01")))).toEqual(copy);
    }
  });

  test.each<[string, Partial<CryptoProvider>, string]>([
    ["compares half of it", { equal: (a, b) => native.equal(a.subarray(0, 16), b.subarray(0, 16)) }, "equal"],
    [
      "forgets the salt",
      { hkdfSha256: (secret, _salt, info, length) => native.hkdfSha256(secret, hex(""), info, length) },
      "hkdfSha256",
    ],
    [
      "swaps key and message",
      { hmacSha256: (key, message) => native.hmacSha256(message, key) },
      "hmacSha256",
    ],
  ])("a broken twin that %s is refused", (_name, broken, where) => {
    expect(differences(portable, { ...native, ...broken })).toContain(where);
  });
});
