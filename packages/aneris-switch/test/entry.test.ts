import {
  bytes,
  DecodeError,
  decode,
  encode,
  list,
  mutateBytes,
  nat,
  record,
  text,
  variant,
} from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  controlSigningBytes,
  type Entry,
  emptyBatch,
  encodeCommand,
  encodeControl,
  encodeRegistration,
  entriesPerSlotMax,
  joinBatch,
  Operation,
  readBatch,
  readOperation,
} from "../src/messages.ts";
import { command, protocol, swap } from "./support/lab.ts";

/** The same format by way of a schema: slow, copying, and written down a second time. */
const Written = list(
  variant({
    command: record({ client: nat(), seq: nat(), ack: nat(), body: bytes() }),
    control: record({
      n: nat(),
      notAfter: nat(),
      operation: bytes(),
      signatures: list(record({ principal: text(), signature: bytes() }), 1024),
    }),
    register: record({ nonce: bytes(32) }),
    owned: record({ nonce: bytes(32), owner: text(128) }),
  }),
  entriesPerSlotMax,
);

function naive(batch: Uint8Array): unknown {
  try {
    const entries = decode(Written, batch).map((entry) => {
      if (entry.kind === "register") return { ...entry, owner: "" };
      return entry.kind === "owned" ? { ...entry, kind: "register" } : entry;
    });
    return decode(Written, batch).some((entry) => entry.kind === "owned" && entry.owner === "")
      ? null
      : entries;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** What the reader found, in the words of the schema. */
const spelled = (batch: Uint8Array, entries: readonly Entry[] | null): unknown =>
  entries?.map((entry) => {
    const { start, end, ...rest } = entry;
    if (entry.kind !== "command") return rest;
    const { kind, client, seq, ack } = entry;
    return { kind, client, seq, ack, body: batch.subarray(entry.bodyStart, end) };
  }) ?? null;

const anyBytes = fc.uint8Array({ maxLength: 40 });
const anyNat = fc.oneof(fc.nat(30), fc.nat(), fc.maxSafeNat());
const anyEntry = fc.oneof(
  fc
    .tuple(anyNat, anyNat, anyNat, anyBytes)
    .map(([client, seq, ack, body]) => encodeCommand(client, seq, ack, body)),
  fc
    .tuple(
      anyNat,
      anyNat,
      fc.array(fc.record({ principal: fc.string({ maxLength: 9, unit: "grapheme" }), signature: anyBytes }), {
        maxLength: 3,
      }),
    )
    .map(([n, notAfter, signatures]) =>
      encodeControl(n, notAfter, { kind: "swap", protocol: protocol("paxos") }, signatures),
    ),
  fc
    .tuple(fc.uint8Array({ maxLength: 32 }), fc.string({ unit: "grapheme", maxLength: 20 }))
    .map(([nonce, owner]) => encodeRegistration(nonce, owner)),
);
const runs = { numRuns: 500, seed: 20261120 };

test("what was joined is read, each entry in its place and without a copy", () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 12 }), (parts) => {
      const batch = joinBatch(parts);
      const entries = readBatch(batch)!;
      expect(entries).toHaveLength(parts.length);
      for (const [i, { start, end }] of entries.entries())
        expect(batch.subarray(start, end)).toEqual(parts[i]);
      for (const entry of entries)
        if (entry.kind === "control") expect(entry.operation.buffer).toBe(batch.buffer);
      expect(spelled(batch, entries)).toEqual(naive(batch));
    }),
    runs,
  );
});

test("damaged batches never throw, and are read as the schema reads them", () => {
  const random = new SeededRandom(7);
  let sound = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 6 }), (parts) => {
      const batch = mutateBytes(joinBatch(parts), random);
      const entries = readBatch(batch);
      expect(spelled(batch, entries)).toEqual(naive(batch));
      if (entries === null) refused += 1;
      else {
        sound += 1;
        // Canonical: the entries, joined again, are the bytes.
        expect(joinBatch(entries.map(({ start, end }) => batch.subarray(start, end)))).toEqual(batch);
      }
    }),
    { ...runs, numRuns: 3000 },
  );
  console.log(`damaged batches: ${sound} still sound, ${refused} refused`);
  expect(sound).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(500);
});

test("random bytes never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (batch) => {
      expect(spelled(batch, readBatch(batch))).toEqual(naive(batch));
      readOperation(batch);
    }),
    { ...runs, numRuns: 3000 },
  );
});

describe("limits", () => {
  const one = command(1, 1, "");
  test("65,536 entries are read, one more is not", () => {
    const most = joinBatch(Array.from({ length: entriesPerSlotMax }, () => one));
    expect(readBatch(most)).toHaveLength(entriesPerSlotMax);
    expect(readBatch(joinBatch(Array.from({ length: entriesPerSlotMax + 1 }, () => one)))).toBeNull();
  });

  test("a length that promises more than there is costs nothing", () => {
    expect(readBatch(Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff))).toBeNull();
    expect(readBatch(Uint8Array.of(0x81, 0x85, 0, 1, 1, 0, 0x5a, 0xff, 0xff, 0xff, 0xff))).toBeNull();
  });

  test.each([
    ["nothing", []],
    ["no array", [0x00]],
    ["a map", [0xa0]],
    ["bytes behind the end", [0x80, 0x80]],
    ["a length that is not the shortest", [0x98, 0x00]],
    ["an unknown kind of entry", [0x81, 0x82, 0x03, 0x40]],
    ["a command with four fields", [0x81, 0x84, 0x00, 0x01, 0x01, 0x40]],
    ["a nonce of 33 bytes", [0x81, 0x82, 0x02, 0x58, 33, ...new Array(33).fill(1)]],
    ["an indefinite length", [0x9f, 0xff]],
  ])("malformed: %s", (_name, given) => expect(readBatch(Uint8Array.from(given))).toBeNull());

  test("a control with 1,025 signatures is none", () => {
    const signatures = (count: number) =>
      Array.from({ length: count }, () => ({ principal: "p", signature: new Uint8Array(1) }));
    const operation: Operation = { kind: "mode", mode: { kind: "cut" } };
    expect(readBatch(joinBatch([encodeControl(1, 1, operation, signatures(1024))]))).toHaveLength(1);
    expect(readBatch(joinBatch([encodeControl(1, 1, operation, signatures(1025))]))).toBeNull();
  });
});

test("the empty batch is the empty array", () => {
  expect(joinBatch([])).toEqual(emptyBatch);
  expect(readBatch(emptyBatch)).toEqual([]);
  expect(encode(Written, [])).toEqual(emptyBatch);
});

test("what principals sign tells clusters, numbers, deadlines and operations apart", () => {
  const operation = encode(Operation, { kind: "swap", protocol: protocol("paxos") });
  const other = encode(Operation, { kind: "swap", protocol: protocol("two-thirds") });
  const all = [
    controlSigningBytes("a", 1, 2, operation),
    controlSigningBytes("b", 1, 2, operation),
    controlSigningBytes("a", 2, 2, operation),
    controlSigningBytes("a", 1, 1, operation),
    controlSigningBytes("a", 1, 2, other),
  ].map((one) => Buffer.from(one).toString("hex"));
  expect(new Set(all).size).toBe(all.length);
  const [control] = readBatch(joinBatch([swap(1, "paxos")]))!;
  expect(control?.kind === "control" && readOperation(control.operation)).toEqual({
    kind: "swap",
    protocol: protocol("paxos"),
  });
});

test("a batch that lies whole in its memory is handed on; taken apart or reordered it is copied", () => {
  const entries = [1, 2, 3].map((seq) => encodeCommand(70_000, seq, 0, new Uint8Array(100).fill(seq)));
  const sent = joinBatch(entries);
  const views = (readBatch(sent) ?? []).map((entry) => sent.subarray(entry.start, entry.end));
  expect(joinBatch(views).buffer).toBe(sent.buffer);
  expect(joinBatch(views)).toEqual(sent);
  for (const some of [views.slice(1), views.slice(0, 2), [views[1]!, views[0]!, views[2]!]]) {
    expect(joinBatch(some).buffer).not.toBe(sent.buffer);
    expect((readBatch(joinBatch(some)) ?? []).length).toBe(some.length);
  }
});
