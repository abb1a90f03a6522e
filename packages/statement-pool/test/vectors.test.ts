import { fromHex, sha256, toHex, utf8Encode } from "@eunomia/codec";
import {
  type Core,
  contentId,
  decodeBundle,
  encodeBundle,
  encodeContent,
  encodeCore,
  statementId,
  type Value,
} from "@eunomia/statement-pool";
import fc from "fast-check";
import { expect, test } from "vitest";

// The vectors of the definition, section A3, made there with cborg and with an encoder in Python.
const contentHex =
  "8364566f746583582005b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f0146736c6f742d3982074158";
const cid = "1601a0ba739f7e4ed7b930f068a519547bbd014155f93fca38753dc9cf2fe224";
const ids = {
  alice: "e1468c6b3d4421fe30ee7eb50e2e13b3473a925a77b5f207cbdd033d220aacce",
  bob: "dfcf68c9d16ae6c82f02e797df6a521b8cd5259c7bdf13e736f2e848385f71cb",
};

const principal = (name: string): string => toHex(sha256(utf8Encode(`principal:${name}`)));
const core = (issuer: string): Core => ({
  v: 1,
  issuer: principal(issuer),
  verifiers: [principal("bob"), principal("carol")].sort(),
  auditors: [],
  content: {
    type: "Vote",
    ctx: { manifest: toHex(sha256(utf8Encode("manifest"))), epoch: 1, instance: utf8Encode("slot-9") },
    body: [7, utf8Encode("X")],
  },
  cert: [],
});

test("content, its id, and the ids of two issuers are those of the definition", () => {
  expect(toHex(encodeContent(core("alice").content))).toBe(contentHex);
  expect(contentId(core("alice").content)).toBe(cid);
  for (const [name, id] of Object.entries(ids)) expect(statementId(core(name))).toBe(id);
});

test("certificates and evidence: the first is part of the id, but not of the content; the second of neither", () => {
  const justified = { ...core("alice"), cert: [ids.bob] };
  expect(statementId(justified)).not.toBe(ids.alice);
  expect(contentId(justified.content)).toBe(cid);
  const signer = principal("alice");
  const sealed = decodeBundle(
    encodeBundle({ core: core("alice"), evidence: [{ scheme: "Ed25519", signer, sig: new Uint8Array(64) }] }),
  );
  expect(statementId(sealed.core)).toBe(ids.alice);
});

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
})).value;
const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const ascending = (array: fc.Arbitrary<string[]>) => array.map((list) => [...new Set(list)].sort());
const cores: fc.Arbitrary<Core> = fc.record({
  v: fc.constant(1 as const),
  issuer: hex,
  verifiers: fc.oneof(fc.constant("ANYONE" as const), ascending(fc.array(hex, { maxLength: 3 }))),
  auditors: fc.oneof(fc.constant("ANYONE" as const), ascending(fc.array(hex, { maxLength: 3 }))),
  content: fc.record({
    type: fc.constantFrom("Vote", "@says"),
    ctx: fc.record({ manifest: hex, epoch: fc.nat(), instance: fc.uint8Array({ maxLength: 4 }) }),
    body: fc.array(values, { maxLength: 3 }),
  }),
  cert: ascending(fc.array(hex, { maxLength: 2 })),
});

test("what is encoded is decoded to the same, and re-encodes to the same bytes", () => {
  fc.assert(
    fc.property(cores, (one) => {
      const bytes = encodeBundle({ core: one, evidence: [] });
      const again = decodeBundle(bytes);
      expect(again.core).toEqual(one);
      expect(encodeBundle(again)).toEqual(bytes);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("damaged bytes are either refused or another bundle's only encoding", () => {
  let accepted = 0;
  const good = encodeBundle({ core: core("alice"), evidence: [] });
  for (let at = 0; at < good.length; at++)
    for (const change of [1, 2, 32, 64, 128]) {
      const bytes = good.slice();
      bytes[at] = bytes[at]! ^ change;
      try {
        const bundle = decodeBundle(bytes);
        accepted++;
        expect(encodeBundle(bundle)).toEqual(bytes);
      } catch (error) {
        expect((error as Error).name).toBe("DecodeError");
      }
    }
  // Bits inside of ids, instance and body make other statements.
  expect(accepted).toBeGreaterThan(100);
});

test.each([
  ["an integer in two bytes", contentHex.replace("0146736c", "180146736c"), "non-shortest"],
  ["addressees that descend", null, "order"],
  ["a false in the place of ANYONE", null, "type"],
])("%s is refused", (_name, content, code) => {
  const encoded = toHex(encodeCore(core("alice")));
  const [bob, carol] = [principal("bob"), principal("carol")].sort() as [string, string];
  const bad =
    content !== null
      ? encoded.replace(contentHex, content)
      : code === "order"
        ? encoded.replace(`5820${bob}5820${carol}`, `5820${carol}5820${bob}`)
        : encoded.replace(`825820${bob}5820${carol}`, "f4");
  expect(() => decodeBundle(fromHex(`82${bad}80`))).toThrow(expect.objectContaining({ code }));
});
