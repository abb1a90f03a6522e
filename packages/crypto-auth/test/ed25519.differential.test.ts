import { createPublicKey, verify as opensslVerify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { KeyError, portable, publicKeyFault } from "../src/index.ts";
import { native } from "../src/native.ts";
import { A, type Attempt, both, groups, honest, honestKey, text, torsion, withSign } from "./attempts.ts";
import {
  add,
  bytesOf,
  decodePoint,
  encodePoint,
  L,
  numberOf,
  P,
  type Point,
  referenceVerify,
  smallOrderEncodings,
} from "./reference.ts";

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
