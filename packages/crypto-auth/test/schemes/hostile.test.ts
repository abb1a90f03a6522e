import { type Evidence, evidenceBytes, type Scheme, schemeRow, schemeRows } from "@eunomia/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blsAggregateScheme } from "../../src/bls.ts";
import { signingKey } from "../../src/index.ts";
import {
  groupMacScheme,
  localScheme,
  macMatrixScheme,
  macVectorScheme,
  notaryScheme,
  portableHash,
  signatureScheme,
  thresholdScheme,
} from "../../src/schemes.ts";
import { a, b, c, d, keyrings, known, secretsOf, statement, suite } from "./world.ts";

const provider = portableHash;
const secrets = secretsOf(b, [a, b, c, d]);
const group = "99".repeat(32);
const signatures = signatureScheme({ self: b, suite, directory: known });
const groups = new Map([[group, suite.importPublicKey(signingKey(keyrings[0]!, suite).publicKey)]]);
const schemes: readonly Scheme[] = [
  macVectorScheme({ self: b, secrets, provider }),
  macVectorScheme({ self: b, secrets, provider, name: "HMAC-SHA1", allowLegacy: true }),
  groupMacScheme({
    self: b,
    groups: new Map([[group, { members: [a, b, c, d], key: new Uint8Array(32) }]]),
    provider,
  }),
  macMatrixScheme({ self: b, servers: [a, b, c, d], f: 1, secrets, provider }),
  localScheme(b),
  signatures,
  notaryScheme({ self: b, word: signatures, provider }),
  blsAggregateScheme({ self: b, directory: known }),
  thresholdScheme({ self: b, name: "BLS-THRESHOLD", groups }),
  thresholdScheme({ self: b, name: "FROST-ED25519", groups }),
];

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  ...[32, 48, 64, 512].map((length) => fc.uint8Array({ minLength: length, maxLength: length })),
);
const id = fc.constantFrom(a, b, c, d, group, "00".repeat(32), "x");
const ids = fc.oneof(fc.constant([a, b, c, d]), fc.array(id, { maxLength: 5 }));
const tags = fc.array(fc.tuple(id, fc.oneof(bytes, fc.anything()))).map((entries) => new Map(entries));
/** What should stand in a field, most of the time. */
const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  tags: fc.oneof(tags, bytes),
  tag: bytes,
  sig: bytes,
  bitmap: fc.oneof(fc.constant(Uint8Array.of(7)), bytes),
  group: id,
  signer: id,
  notary: id,
  from: id,
  members: ids,
  servers: ids,
  time: fc.oneof(fc.nat(), fc.double()),
};
const shape = fc.record(
  Object.fromEntries(
    Object.entries(fields).map(([name, fit]) => [
      name,
      fc.oneof({ arbitrary: fit, weight: 8 }, { arbitrary: fc.anything(), weight: 1 }),
    ]),
  ),
);
const name = fc.constantFrom(...schemeRows.map((row) => row.name));
const evidence = fc
  .tuple(shape, name, shape, name, fc.boolean())
  .map(([outer, scheme, inner, by, nested]) => ({
    ...outer,
    scheme,
    by: nested ? { ...inner, scheme: by } : inner.sig,
  }));

/** What the suite is: nobody throws at anything, and nobody is convinced by junk. */
function survey(checks: readonly Pick<Scheme, "name" | "check">[]) {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.constantFrom(...checks), evidence, id, fc.boolean(), (one, drawn, issuer, own) => {
      // Junk for another scheme is refused at the door: half of the time it is for this one, and by the issuer.
      const junk = own ? { ...drawn, scheme: one.name, signer: issuer, group: issuer } : drawn;
      const finding = one.check(statement(issuer), junk as unknown as Evidence);
      const outcome = finding.ok ? "good" : finding.why;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }),
    { numRuns: 2000, seed: 20261127 },
  );
  return seen;
}

test("nothing that a peer could send makes a check throw or convinces it", () => {
  const seen = survey(schemes);
  console.log(Object.fromEntries(seen));
  expect(seen.get("good")).toBeUndefined();
  const reached = ["malformed", "wrong-length", "not-addressed", "other-signer", "unknown-signer", "bad-tag"];
  for (const fault of [...reached, "bad-signature", "non-canonical", "reflected", "self-notary"])
    expect(seen.get(fault), fault).toBeGreaterThan(0);
});

test("the suite refuses a check that trusts the shape of what it is given", () => {
  const trusting: Pick<Scheme, "name" | "check"> = {
    name: "HMAC-SHA256",
    check: (about, given) => {
      if (given.scheme !== "HMAC-SHA256") return { ok: false, why: "other-scheme" };
      return { ok: false, why: given.tags.get(about.issuer) ? "bad-tag" : "not-addressed" };
    },
  };
  expect(() => survey([trusting])).toThrow();
});

test("evidence has the size that the row of its scheme says", () => {
  const sizeOf = (scheme: Scheme) => {
    const made = scheme.make(statement(b, 1, [a, c, d]));
    if (made === null) return null;
    if ("tags" in made && made.tags instanceof Map)
      return [...made.tags.values()].reduce((sum, tag) => sum + tag.length, 0);
    return "tag" in made ? made.tag.length : "sig" in made ? made.sig.length : 0;
  };
  const key = signingKey(keyrings.find(({ principal }) => principal === b)!, suite);
  const makers = [
    ...schemes.slice(0, 3),
    localScheme(b),
    signatureScheme({ self: b, suite, directory: known, key }),
  ];
  for (const scheme of makers)
    expect(sizeOf(scheme), scheme.name).toBe(evidenceBytes(schemeRow(scheme.name)!, 3));
});
