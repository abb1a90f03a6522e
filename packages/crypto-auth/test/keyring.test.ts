import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { blsSuite } from "../src/bls.ts";
import {
  ed25519Suite,
  formatKeyringFile,
  generateKeyring,
  KeyError,
  keyringOf,
  parseKeyringFile,
  portable,
  principalId,
  signingKey,
} from "../src/index.ts";
import {
  native,
  nativeRsaSuite,
  nativeSecp256k1Suite,
  readSecretFile,
  SecretFileError,
  writeSecretFile,
} from "../src/native.ts";
import { rsaVerifySuite } from "../src/rsa.ts";
import { directory, signatureScheme } from "../src/schemes.ts";
import { bip340Suite, secp256k1Suite } from "../src/secp256k1.ts";
import { made, seeded, statement, why } from "./schemes/world.ts";

const suites = [nativeRsaSuite, ed25519Suite(native), nativeSecp256k1Suite, bip340Suite, blsSuite];
const keyring = generateKeyring(seeded(42), suites);
const text = formatKeyringFile({ keyring, epoch: 3 });
const folder = mkdtempSync(join(tmpdir(), "keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a principal with a key of every scheme", () => {
  test("has one id, and a bundle sorted by the encoded names", () => {
    expect(keyring.bundle.map(({ scheme }) => scheme)).toEqual([
      "BLS",
      "BIP-340",
      "Ed25519",
      "RSA-PSS",
      "secp256k1",
    ]);
    expect(principalId(keyring.bundle)).toBe(keyring.principal);
  });

  test("is checked alike by portable and native suites, in every scheme", () => {
    const others = [rsaVerifySuite, ed25519Suite(portable), secp256k1Suite, bip340Suite, blsSuite];
    const directories = [suites, others].map((own) =>
      directory({ epoch: 3, bundles: [keyring.bundle], suites: own, provider: portable }),
    );
    const about = statement(keyring.principal);
    for (const suite of suites)
      for (const known of directories) {
        const key = signingKey(keyring, suite);
        const scheme = signatureScheme({ self: keyring.principal, suite, directory: known, key });
        expect([suite.scheme, why(scheme.check(about, made(scheme, about)))]).toEqual([suite.scheme, "good"]);
        const cross = made(scheme, statement(keyring.principal, 2));
        expect(why(scheme.check(about, cross))).toBe("bad-signature");
      }
  });

  test("has no key of a scheme that it was not given", () => {
    const small = generateKeyring(seeded(1), [ed25519Suite(native)]);
    expect(() => signingKey(small, blsSuite)).toThrow(KeyError);
    expect(() => keyringOf(small.secrets, [blsSuite])).toThrow(KeyError);
  });
});

describe("its file", () => {
  test("is read back as it was written", () => {
    const read = parseKeyringFile(text, suites);
    expect(read.epoch).toBe(3);
    expect(read.keyring.principal).toBe(keyring.principal);
    expect(formatKeyringFile(read)).toBe(text);
  });

  const file = JSON.parse(text) as { keys: { scheme: string; publicKey: string; secret: string }[] };
  const [first, second] = file.keys as [(typeof file.keys)[0], (typeof file.keys)[0]];
  const withKey = (change: object) => ({ ...file, keys: [{ ...first, ...change }] });
  test.each<[string, string, unknown]>([
    ["not-json", "text", "{"],
    ["wrong-shape", "text", []],
    ["wrong-shape", "format", { ...file, format: "eunomia-keys" }],
    ["other-version", "version", { ...file, version: 2 }],
    ["wrong-shape", "epoch", { ...file, epoch: -1 }],
    ["wrong-shape", "keys", { ...file, keys: {} }],
    ["wrong-shape", "keys", { ...file, keys: [first, first] }],
    ["wrong-shape", "note", { ...file, note: "" }],
    ["wrong-shape", "note", withKey({ note: "" })],
    ["unknown-scheme", "scheme", withKey({ scheme: "DSA" })],
    ["bad-hex", "secret", withKey({ secret: "xx" })],
    ["wrong-secret", "secret", withKey({ secret: "00" })],
    ["mismatch", "publicKey", withKey({ publicKey: second.publicKey })],
    ["mismatch", "principal", { ...file, principal: "00" }],
    ["empty-bundle", "bundle", { ...file, keys: [] }],
  ])("%s in %s is told, and no secret with it", (code, field, damaged) => {
    let thrown: unknown;
    try {
      parseKeyringFile(typeof damaged === "string" ? damaged : JSON.stringify(damaged), suites);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, field });
    for (const { secret } of file.keys) expect((thrown as Error).message).not.toContain(secret.slice(0, 16));
  });
});

describe("files for secrets", () => {
  const path = (name: string) => join(folder, name);
  const codeOf = (code: string) => expect.objectContaining({ code }) as Error;

  test("are readable by their owner alone, and never written over by accident", () => {
    writeSecretFile(path("a"), text);
    expect(readSecretFile(path("a"))).toBe(text);
    if (process.platform !== "win32") expect(statSync(path("a")).mode & 0o777).toBe(0o600);
    expect(() => writeSecretFile(path("a"), "other")).toThrow(codeOf("exists"));
    writeSecretFile(path("a"), "other", true);
    expect(readSecretFile(path("a"))).toBe("other");
  });

  test("are refused when others can read them, or when they are no files", () => {
    writeFileSync(path("b"), text, { mode: 0o644 });
    if (process.platform !== "win32") {
      chmodSync(path("b"), 0o640);
      expect(() => readSecretFile(path("b"))).toThrow(codeOf("exposed"));
    }
    expect(() => readSecretFile(path("missing"))).toThrow(codeOf("unreadable"));
    expect(() => readSecretFile(folder)).toThrow(SecretFileError);
  });
});
