import { text } from "@eunomia/codec";
import type { AnyEngine, Parcel } from "@eunomia/engine";
import { journalStorage, openMemoryJournal } from "@eunomia/journal/memory";
import { decodeBundle } from "@eunomia/statement-pool";
import { expect, test } from "vitest";
import { hmac, publicKeyOf, seedOf } from "../src/compare/subjects.ts";
import { compareNodes } from "../src/deploy/compare.ts";
import { deployedFor } from "../src/deploy/decide.ts";
import { deploymentTexts } from "../src/deploy/examples.ts";
import { Line } from "../src/deploy/line.ts";
import { signatureVoice } from "../src/deploy/voice.ts";

// A node of an audited deployment between two others that are not there.
const engine = { name: "talk", schema: { message: text() } } as unknown as AnyEngine;
const clock = { now: () => 0, after: () => () => {} };
const random = { next: () => 0 };

function lineOf(self: string, storage = journalStorage()) {
  const sent: { readonly to: string; readonly bytes: Uint8Array }[] = [];
  let arrive: (from: string, bytes: Uint8Array) => void = () => {};
  const faults: Error[] = [];
  const journal = openMemoryJournal({ storage, sync: "pool" });
  const replay = journal.replay();
  const line = new Line(
    {
      deployed: deployedFor(deploymentTexts.auditable, compareNodes),
      self,
      nodes: compareNodes,
      voice: signatureVoice({ self, nodes: compareNodes }, seedOf(self), publicKeyOf),
      authenticator: hmac(self, [...compareNodes, "client"]),
      transport: {
        self,
        send: (to, bytes) => sent.push({ to, bytes }) > 0,
        listen: (receive) => {
          arrive = receive;
        },
        close: async () => {},
      },
      clock,
      random,
      defer: () => {},
      nodeOf: (process) => (compareNodes.includes(process.split("/")[0]!) ? process.split("/")[0]! : null),
      evidence: journal,
      onFault: (error) => faults.push(error),
    },
    replay.kind === "records" ? replay.records : [],
  );
  const heard: { readonly from: string; readonly opened: unknown }[] = [];
  line.ports.transport.listen((from, bytes) =>
    heard.push({ from, opened: line.ports.authenticator.open(bytes) }),
  );
  const say = (message: string, ...to: string[]): void => {
    const said = message as unknown as Parcel["message"];
    for (const node of to)
      line.ports.wire!.send(node, {
        to: node === "client" ? node : `${node}/p`,
        from: `${self}/p`,
        instance: "1",
        engine,
        message: said,
      });
    line.ports.transport.flush!();
  };
  return {
    line,
    faults,
    sent,
    heard,
    journal,
    storage,
    say,
    arrive: (from: string, bytes: Uint8Array) => arrive(from, bytes),
  };
}

const numberOf = (bytes: Uint8Array): unknown => decodeBundle(bytes).core.content.body[0];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("nothing leaves before it is kept, and no number is used for two things across a crash", async () => {
  const first = lineOf("n1");
  first.say("a", "n2", "n3");
  expect(first.sent).toEqual([]);
  await turn();
  expect(first.sent.map(({ to, bytes }) => [to, numberOf(bytes)])).toEqual([
    ["n2", 1],
    ["n3", 1],
  ]);
  first.say("b", "n2");
  // It is written and not yet durable: nobody has seen it, so its number is free.
  first.journal.crash();
  await turn();
  expect([first.sent.length, first.faults.length]).toEqual([2, 1]);
  const second = lineOf("n1", first.storage);
  second.say("c", "n2");
  await turn();
  expect(second.sent.map(({ bytes }) => numberOf(bytes))).toEqual([2]);
});

test("what is said to several is one statement, which each takes for its own part; clients get packets", async () => {
  const from = lineOf("n1");
  from.say("a", "n2", "n3", "client");
  await turn();
  const [packet, ...statements] = from.sent;
  expect(packet!.to).toBe("client");
  expect(new Set(statements.map(({ bytes }) => String(bytes))).size).toBe(1);
  const to = lineOf("n2");
  to.arrive("n1", statements[0]!.bytes);
  expect(to.heard).toEqual([
    { from: "n1", opened: expect.objectContaining({ ok: true, from: "n1", convinces: "anyone" }) },
  ]);
});

test("what does not convince is counted by its reason, kept by nobody, and never thrown", async () => {
  const from = lineOf("n1");
  from.say("a", "n2");
  await turn();
  const { bytes } = from.sent[0]!;
  const to = lineOf("n2");
  const changed = (at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  for (let at = 0; at < bytes.length; at += 1) to.arrive("n1", changed(at));
  for (let length = 0; length < bytes.length; length += 1) to.arrive("n1", bytes.subarray(0, length));
  expect(to.heard).toEqual([]);
  const other = lineOf("n3");
  other.arrive("n1", bytes);
  expect([...other.line.refusals()]).toEqual([["statement: not addressed", 1]]);
  const refused = to.line.refusals();
  expect([...refused.values()].reduce((sum, count) => sum + count, 0)).toBe(2 * bytes.length);
  expect([...refused.keys()]).toEqual(
    expect.arrayContaining(["statement: not convincing", "statement: truncated"]),
  );
  expect(to.storage.records ?? []).toEqual([]);
});
