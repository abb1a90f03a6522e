import { expect, test } from "vitest";
import {
  bytes,
  concat,
  decode,
  encode,
  fromHex,
  list,
  nat,
  record,
  sha256,
  text,
  toHex,
  utf8Encode,
  Writer,
} from "../src/index.ts";

// The statement of the test vectors in the specification of the statement pool, section A3 ("Encoding"): manifest =
// SHA-256("manifest"), epoch 1, instance "slot-9", type Vote, body [7, bytes "X"]. Made there with cborg and with an
// independent encoder in Python.
const contentHex =
  "8364566f746583582005b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f0146736c6f742d3982074158";
const contentId = "1601a0ba739f7e4ed7b930f068a519547bbd014155f93fca38753dc9cf2fe224";
const statementIds = {
  alice: "e1468c6b3d4421fe30ee7eb50e2e13b3473a925a77b5f207cbdd033d220aacce",
  bob: "dfcf68c9d16ae6c82f02e797df6a521b8cd5259c7bdf13e736f2e848385f71cb",
};

const Content = record({
  type: text(),
  context: record({ manifest: bytes(32), epoch: nat(), instance: bytes() }),
  body: record({ number: nat(), value: bytes() }),
});
const content = {
  type: "Vote",
  context: { manifest: sha256(utf8Encode("manifest")), epoch: 1, instance: utf8Encode("slot-9") },
  body: { number: 7, value: utf8Encode("X") },
};
const Core = record({
  version: nat(),
  issuer: bytes(32),
  verifiers: list(bytes(32)),
  auditors: list(bytes(32)),
  content: Content,
  cert: list(bytes(32)),
});

const principal = (name: string) => sha256(utf8Encode(`principal:${name}`));
const tagged = (domain: string, item: Uint8Array) =>
  toHex(sha256(concat(utf8Encode(domain), Uint8Array.of(0), item)));

test("content of the statement vectors", () => {
  expect(toHex(encode(Content, content))).toBe(contentHex);
  expect(decode(Content, fromHex(contentHex))).toEqual(content);
  expect(tagged("mommie/content/v1", fromHex(contentHex))).toBe(contentId);
});

test("ids of the statement vectors", () => {
  const verifiers = ["bob", "carol"].map(principal).sort(Buffer.compare);
  for (const [name, id] of Object.entries(statementIds)) {
    const core = { version: 1, issuer: principal(name), verifiers, auditors: [], content, cert: [] };
    expect(tagged("mommie/statement/v1", encode(Core, core))).toBe(id);
  }
});

test("the same content laid by hand", () => {
  const writer = new Writer(1);
  writer.arrayHeader(3);
  writer.text("Vote");
  writer.arrayHeader(3);
  writer.bytes(content.context.manifest);
  writer.uint(1);
  writer.bytes(content.context.instance);
  writer.arrayHeader(2);
  writer.int(7);
  writer.bytes(content.body.value);
  expect(toHex(writer.finish())).toBe(contentHex);
});
