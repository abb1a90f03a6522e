import type { Evidence } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { ed25519Suite, keyringOf, portable, principalId, signingKey } from "../../src/index.ts";
import { native } from "../../src/native.ts";
import {
  attestId,
  directory,
  macVectorScheme,
  makeSuccession,
  nextDirectory,
  notaryScheme,
  portableHash,
  type Succession,
  signatureScheme,
  signInput,
} from "../../src/schemes.ts";
import { a, b, c, d, e, flip, keyrings, known, made, secretsOf, statement, suite, why } from "./world.ts";

const codeOf = (code: string, field?: string) =>
  expect.objectContaining(field === undefined ? { code } : { code, field }) as Error;
const keyringOfId = (id: string) => keyrings.find((keyring) => keyring.principal === id)!;
const scheme = (self: string, from = suite) =>
  signatureScheme({ self, suite: from, directory: known, key: signingKey(keyringOfId(self), from) });
const reader = signatureScheme({ self: d, suite, directory: known });

describe("a signature", () => {
  const about = statement(a);
  const evidence = made(scheme(a), about) as Evidence & { scheme: "Ed25519" };

  test("convinces anyone, made by either platform", () => {
    const nativeSuite = ed25519Suite(native);
    for (const by of [evidence, made(scheme(a, nativeSuite), about)])
      expect(reader.check(about, by)).toEqual({
        ok: true,
        says: { by: "each", principals: [a] },
        convinces: "anyone",
      });
  });

  test("covers the printed input: domain, scheme, id, signer", () => {
    const input = Buffer.concat([Buffer.from("mommie/sign/v1\0Ed25519\0"), about.id, Buffer.from(a, "hex")]);
    expect(Buffer.compare(signInput("Ed25519", about.id, a), input)).toBe(0);
    expect(native.ed25519.verify(keyringOfId(a).bundle[0]!.publicKey, input, evidence.sig)).toBe(true);
  });

  test("is made for own statements only, and only with a key", () => {
    expect(scheme(a).make(statement(b))).toBeNull();
    expect(reader.make(statement(d))).toBeNull();
  });

  test.each<[string, unknown, string?]>([
    ["other-signer", evidence, b],
    ["other-signer", { ...evidence, signer: b }],
    ["bad-signature", { ...evidence, sig: flip(evidence.sig, 40) }],
    ["non-canonical", { ...evidence, sig: evidence.sig.map((byte, i) => (i > 31 ? 255 : byte)) }],
    ["wrong-length", { ...evidence, sig: evidence.sig.subarray(0, 63) }],
    ["malformed", { ...evidence, sig: "00" }],
    ["malformed", { scheme: "Ed25519" }],
    ["other-scheme", { ...evidence, scheme: "secp256k1" }],
  ])("%s", (fault, bad, issuer = a) => {
    expect(why(reader.check(statement(issuer), bad as Evidence))).toBe(fault);
  });

  test("many at once are checked as one by one", () => {
    const many = [a, b, c, a].map((signer, n) => ({
      statement: statement(signer, n),
      evidence: made(scheme(signer), statement(signer, n === 3 ? 9 : n)),
    }));
    many.push({ statement: statement(b), evidence });
    const findings = many.map((item) => reader.check(item.statement, item.evidence));
    expect(reader.checkAll?.(many)).toEqual(findings);
    expect(findings.map(why)).toEqual(["good", "good", "good", "bad-signature", "other-signer"]);
  });

  test("unknown-signer, no-key, and the wrong statement", () => {
    const stranger = { ...evidence, signer: e };
    expect(why(reader.check(statement(e), stranger))).toBe("unknown-signer");
    expect(why(reader.check(statement(a, 2), evidence))).toBe("bad-signature");
    const keyless = directory({
      epoch: 1,
      bundles: [[{ scheme: "Other", publicKey: new Uint8Array(1) }]],
      suites: [suite],
      provider: portable,
    });
    const [other] = keyless.principals as [string];
    const check = signatureScheme({ self: d, suite, directory: keyless });
    expect(why(check.check(statement(other), { ...evidence, signer: other }))).toBe("no-key");
  });

  test("a key that the directory does not have of its owner is told at the start", () => {
    const key = signingKey(keyringOfId(b), suite);
    expect(() => signatureScheme({ self: a, suite, directory: known, key })).toThrow(
      codeOf("mismatched-key"),
    );
  });
});

describe("a directory", () => {
  const provider = portable;
  const bundle = keyrings[0]!.bundle;
  test.each([
    ["small-order", { bundles: [[{ scheme: "Ed25519", publicKey: new Uint8Array(32) }]] }],
    ["empty-bundle", { bundles: [[]] }],
    ["wrong-shape", { epoch: -1 }],
    ["wrong-shape", { suites: [suite, suite] }],
  ])("%s", (code, change) => {
    expect(() => directory({ epoch: 1, bundles: [bundle], suites: [suite], provider, ...change })).toThrow(
      codeOf(code),
    );
  });
  test("knows each principal once, by the id of its bundle", () => {
    const twice = directory({ epoch: 1, bundles: [bundle, bundle], suites: [suite], provider });
    expect(twice.principals).toEqual([principalId(bundle)]);
  });
});

describe("a notary", () => {
  const about = statement(a);
  const macs = (self: string) =>
    macVectorScheme({ self, secrets: secretsOf(self, [a, b, c, d]), provider: portableHash });
  const notary = notaryScheme({ self: d, word: scheme(d), provider: portableHash });
  const auditor = notaryScheme({ self: b, word: reader, provider: portableHash });
  const found = macs(d).check(about, made(macs(a), about));
  const evidence = notary.attest(about, found, 1_700_000_000_000) as Evidence & { scheme: "TTP" };

  test("makes of a MAC what convinces anyone who trusts it", () => {
    expect(auditor.check(about, evidence)).toEqual({
      ok: true,
      says: { by: "notary", notary: d, principal: a, time: 1_700_000_000_000 },
      convinces: "anyone",
    });
    const input = Buffer.concat([
      Buffer.from("mommie/attest/v1\0"),
      about.id,
      Buffer.from(a, "hex"),
      Buffer.alloc(8),
    ]);
    input.writeBigUInt64BE(1_700_000_000_000n, input.length - 8);
    expect(attestId(portableHash, about.id, a, 1_700_000_000_000)).toEqual(portableHash.sha256(input));
  });

  test("may give its word by MACs, to each verifier its own", () => {
    const word = notaryScheme({ self: d, word: macs(d), provider: portableHash });
    const byMac = word.attest(about, found, 5)!;
    const verifier = notaryScheme({ self: b, word: macs(b), provider: portableHash });
    expect(verifier.check(about, byMac)).toMatchObject({ ok: true, convinces: [b] });
    expect(why(auditor.check(about, byMac))).toBe("other-scheme");
  });

  test("says nothing about what it has not found good, nor about itself", () => {
    expect(notary.attest(about, { ok: false, why: "bad-tag" }, 1)).toBeNull();
    expect(notary.attest(statement(b), found, 1)).toBeNull();
    expect(
      notary.attest(statement(d), reader.check(statement(d), made(scheme(d), statement(d))), 1),
    ).toBeNull();
    for (const time of [-1, 0.5, Number.NaN, 2 ** 53]) expect(notary.attest(about, found, time)).toBeNull();
  });

  test.each<[string, unknown, string?]>([
    ["bad-signature", { ...evidence, time: 1 }],
    ["bad-signature", evidence, c],
    ["other-signer", { ...evidence, notary: b }],
    ["self-notary", { ...evidence, notary: a }],
    ["malformed", { ...evidence, time: -1 }],
    ["malformed", { ...evidence, by: null }],
    ["malformed", { ...evidence, notary: "d" }],
    // A notary's word about a notary's word would be a word of another kind.
    ["other-scheme", { ...evidence, by: evidence }],
    ["other-scheme", evidence.by],
  ])("%s", (fault, bad, issuer = a) => {
    expect(why(auditor.check(statement(issuer), bad as Evidence))).toBe(fault);
  });
});

describe("keys move on by epoch", () => {
  const fresh = keyringOf(new Map([["Ed25519", new Uint8Array(32).fill(77)]]), [suite]);
  const old = keyringOfId(a);
  const options = { suites: [suite], provider: portableHash };
  const succession = makeSuccession(
    2,
    a,
    fresh.bundle,
    "Ed25519",
    signingKey(old, suite),
    signingKey(fresh, suite),
  );

  test("the next directory has the new keys and not the old ones; nobody else changes", () => {
    const next = nextDirectory(known, [succession], options);
    expect(next.epoch).toBe(2);
    expect(next.principals).toEqual([b, c, d, fresh.principal].sort());
    expect(next.keyOf(a, "Ed25519")).toBe("unknown-signer");
    const late = made(scheme(a), statement(a));
    expect(why(signatureScheme({ self: b, suite, directory: next }).check(statement(a), late))).toBe(
      "unknown-signer",
    );
    const key = signingKey(fresh, suite);
    const by = signatureScheme({ self: fresh.principal, suite, directory: next, key });
    expect(why(by.check(statement(fresh.principal), made(by, statement(fresh.principal))))).toBe("good");
  });

  test.each<[string, string, readonly Succession[]]>([
    ["bad-succession", "nobody gives another a successor", [{ ...succession, from: b }]],
    [
      "bad-succession",
      "nobody takes over a key that is not its own",
      [{ ...succession, bundle: keyringOfId(e).bundle }],
    ],
    ["bad-succession", "the new key must agree", [{ ...succession, byNew: succession.byOld }]],
    ["bad-succession", "the old key must agree", [{ ...succession, byOld: flip(succession.byOld) }]],
    ["bad-succession", "once", [succession, succession]],
    ["bad-succession", "strangers have no successors", [{ ...succession, from: e }]],
    ["bad-succession", "in a scheme that both have", [{ ...succession, scheme: "BLS" }]],
    ["other-epoch", "for the next epoch only", [{ ...succession, epoch: 3 }]],
  ])("%s: %s", (code, _why, successions) => {
    expect(() => nextDirectory(known, successions, options)).toThrow(codeOf(code));
  });
});
