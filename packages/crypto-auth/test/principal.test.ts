import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  formatKeyFile,
  generateKeys,
  KeyError,
  type Keys,
  keysOfSeed,
  parseKeyFile,
  portable,
  principalId,
  signInDomain,
  verifyInDomain,
} from "../src/index.ts";
import { native, systemRandom } from "../src/native.ts";

const seed = new Uint8Array(32).fill(7);
const codeOf = (code: string, field?: string) =>
  expect.objectContaining(field === undefined ? { code } : { code, field }) as Error;

describe("principals", () => {
  test("the id is the hash of the domain and of the encoded bundle, laid by hand", () => {
    const publicKey = portable.ed25519.publicKey(seed);
    const cbor = Buffer.concat([
      Buffer.from([0x81, 0x82, 0x67]),
      Buffer.from("Ed25519"),
      Buffer.from([0x58, 32]),
      publicKey,
    ]);
    const expected = createHash("sha256").update("mommie/principal/v1\0").update(cbor).digest("hex");
    expect(principalId([{ scheme: "Ed25519", publicKey }])).toBe(expected);
    expect(keysOfSeed(seed).principal).toBe(expected);
    expect(keysOfSeed(seed, native)).toEqual(keysOfSeed(seed));
  });

  test.each([
    ["empty-bundle", []],
    [
      "unsorted-bundle",
      [
        ["RSA-PSS", 4],
        ["Ed25519", 32],
      ],
    ],
    [
      "unsorted-bundle",
      [
        ["RSA-PSS", 4],
        ["RSA-PSS", 4],
      ],
    ],
    ["wrong-length", [["Ed25519", 31]]],
    ["short-modulus", [["RSA-PSS", 255]]],
    // All zeros: y = 0 is a point of order 4.
    ["small-order", [["Ed25519", 32]]],
  ])("%s: no id", (code, entries) => {
    const bundle = entries.map(([scheme, length]) => ({
      scheme: scheme as string,
      publicKey: new Uint8Array(length as number),
    }));
    expect(() => principalId(bundle)).toThrow(codeOf(code));
  });

  test("a bundle may hold keys of schemes that this package does not check", () => {
    const publicKey = portable.ed25519.publicKey(seed);
    const more = [
      { scheme: "Ed25519", publicKey },
      { scheme: "Other-1", publicKey: new Uint8Array(384) },
    ];
    expect(principalId(more)).toMatch(/^[0-9a-f]{64}$/);
    expect(principalId(more)).not.toBe(principalId(more.slice(0, 1)));
  });

  test("generated keys follow the given randomness, and the system's never repeats", () => {
    const fixed = (start: number) => {
      let state = start;
      return { next: () => state++ };
    };
    expect(generateKeys(fixed(1))).toEqual(generateKeys(fixed(1), native));
    expect([...generateKeys(fixed(1)).seed.subarray(0, 8)]).toEqual([0, 0, 0, 1, 0, 0, 0, 2]);
    const random = systemRandom();
    const principals = Array.from({ length: 20 }, () => generateKeys(random, native).principal);
    expect(new Set(principals).size).toBe(20);
  });
});

describe("key files", () => {
  const keys: Keys = keysOfSeed(seed);
  const text = formatKeyFile(keys);
  const changed = (change: object) => JSON.stringify({ ...(JSON.parse(text) as object), ...change });

  test("reading what was written", () => {
    expect(parseKeyFile(text)).toEqual(keys);
    expect(formatKeyFile(parseKeyFile(text))).toBe(text);
  });

  test.each([
    ["not JSON", "not-json", "text", text.slice(0, -5)],
    ["nothing", "not-json", "text", ""],
    ["an array", "wrong-shape", "text", "[]"],
    ["null", "wrong-shape", "text", "null"],
    ["another format", "wrong-shape", "format", changed({ format: "other" })],
    ["another version", "other-version", "version", changed({ version: 2 })],
    ["no version", "other-version", "version", changed({ version: undefined })],
    ["another scheme", "wrong-shape", "scheme", changed({ scheme: "RSA" })],
    ["no seed", "wrong-shape", "seed", changed({ seed: undefined })],
    ["a seed that is a number", "wrong-shape", "seed", changed({ seed: 7 })],
    ["a seed too short", "wrong-seed-length", "seed", changed({ seed: "07".repeat(31) })],
    ["a seed too long", "wrong-seed-length", "seed", changed({ seed: "07".repeat(33) })],
    ["an odd number of digits", "bad-hex", "seed", changed({ seed: `${"07".repeat(31)}0` })],
    ["a seed that is no hex", "bad-hex", "seed", changed({ seed: "zz".repeat(32) })],
    ["upper case", "bad-hex", "seed", changed({ seed: "AA".repeat(32) })],
    ["the seed of someone else", "mismatch", "publicKey", changed({ seed: "08".repeat(32) })],
    ["the public key of someone else", "mismatch", "publicKey", changed({ publicKey: "08".repeat(32) })],
    ["the principal of someone else", "mismatch", "principal", changed({ principal: "08".repeat(32) })],
    ["a surplus field", "wrong-shape", "comment", changed({ comment: "" })],
    ["a surplus __proto__", "wrong-shape", "__proto__", text.replace("{", '{ "__proto__": {},')],
  ])("%s", (_name, code, field, file) => {
    expect(() => parseKeyFile(file)).toThrow(KeyError);
    expect(() => parseKeyFile(file)).toThrow(codeOf(code, field));
  });

  test("no message tells the seed", () => {
    for (const file of [
      text.slice(0, -5),
      changed({ principal: "00" }),
      changed({ seed: `${"07".repeat(32)}zz` }),
    ]) {
      let message = "";
      try {
        parseKeyFile(file);
      } catch (error) {
        message = String(error);
      }
      expect(message).not.toBe("");
      expect(message).not.toContain("070707");
    }
  });

  test("keys that do not belong together are not written", () => {
    expect(() => formatKeyFile({ ...keys, principal: "00".repeat(32) })).toThrow(codeOf("mismatch"));
  });
});

describe.each([portable, native])("$name: signing in a domain", ({ ed25519 }) => {
  const key = ed25519.importSigningKey(seed);
  const publicKey = ed25519.importPublicKey(key.publicKey);
  const command = Uint8Array.from([1, 2, 3]);
  const signature = signInDomain(key, "app/control/v1", command);

  test("verifies in its domain, for its bytes, and nowhere else", () => {
    expect(verifyInDomain(publicKey, "app/control/v1", command, signature)).toBe(true);
    expect(verifyInDomain(publicKey, "app/control/v2", command, signature)).toBe(false);
    expect(verifyInDomain(publicKey, "app/control/v1", command.subarray(1), signature)).toBe(false);
    expect(verifyInDomain(publicKey, "app/control/v1", command, signature.subarray(1))).toBe(false);
    expect(publicKey.verify(command, signature)).toBe(false);
  });

  test("the border between domain and bytes cannot be moved", () => {
    const shifted = signInDomain(key, "app", Uint8Array.from([0x2f, 0x78, 1]));
    expect(verifyInDomain(publicKey, "app/x", Uint8Array.from([1]), shifted)).toBe(false);
    for (const domain of ["", "app\0", "\0"]) {
      expect(() => signInDomain(key, domain, command)).toThrow(codeOf("bad-domain"));
      expect(() => verifyInDomain(publicKey, domain, command, signature)).toThrow(codeOf("bad-domain"));
    }
  });
});
