import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { nodeBodyDigest, readTrace, type TornLine, TraceWriter } from "../src/file.ts";
import { bodyDigest, goodTrace, mergeTraces, parseEvent, type TraceEvent } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(events: AsyncIterable<TraceEvent>): Promise<TraceEvent[]> {
  const out: TraceEvent[] = [];
  for await (const event of events) out.push(event);
  return out;
}

test("what is written is read, across appends and buffers", async () => {
  const path = join(folder, "round.jsonl");
  for (let round = 0; round < 2; round += 1) {
    const writer = new TraceWriter(path, { flushAfterMs: 1000 });
    for (let k = 0; k < 500; k += 1) for (const event of goodTrace) writer.write(event);
    writer.close();
  }
  expect(await all(readTrace(path))).toEqual(Array.from({ length: 1000 }, () => goodTrace).flat());
});

test("a line is handed over at once, after its delay, or when the buffer is full", async () => {
  const path = join(folder, "delay.jsonl");
  const lines = () => readFileSync(path, "utf8").split("\n").length - 1;
  const broadcast = goodTrace[0]!;
  const atOnce = new TraceWriter(path, { flushAfterMs: 0 });
  atOnce.write(broadcast);
  expect(lines()).toBe(1);
  atOnce.close();
  const later = new TraceWriter(path, { flushAfterMs: 1 });
  later.write(broadcast);
  expect(lines()).toBe(1);
  while (lines() < 2) await sleep(1);
  later.write({ kind: "recover", at: 1, who: "r0", slot: 1 });
  expect(lines()).toBe(3);
  later.close();
  const small = new TraceWriter(path, { flushAfterMs: 60_000, bufferChars: 10 });
  small.write(broadcast);
  expect(lines()).toBe(4);
  small.close();
});

test("a torn last line is reported and left out, and cut off by the next writer", async () => {
  const path = join(folder, "torn.jsonl");
  const first = '{"kind":"quiesced","at":1}\n';
  const torn: TornLine[] = [];
  for (const tail of ['{"at":2,"ki', '{"kind":"quiesced","at":2}', "x".repeat(200_000)]) {
    writeFileSync(path, first + tail);
    const read = readTrace(path, { onTorn: (line) => torn.push(line) });
    expect(await all(read)).toEqual([{ kind: "quiesced", at: 1 }]);
    expect(torn.pop()).toEqual({ file: path, line: 2, text: tail });
    const writer = new TraceWriter(path);
    expect(writer.tornBytes).toBe(tail.length);
    writer.write({ kind: "quiesced", at: 3 });
    writer.close();
    expect((await all(readTrace(path))).map(({ at }) => at)).toEqual([1, 3]);
  }
  writeFileSync(path, "no line end at all");
  expect(new TraceWriter(path).tornBytes).toBe(18);
  expect(torn).toEqual([]);
});

test("a damaged line anywhere else is named with its file", async () => {
  const path = join(folder, "damaged.jsonl");
  writeFileSync(path, '{"kind":"quiesced","at":1}\n{"at":2,"ki\n{"kind":"quiesced","at":1}\n');
  await expect(all(readTrace(path))).rejects.toMatchObject({ code: "not-json", file: path, line: 2 });
  await expect(all(readTrace(path))).rejects.toThrow(`${path}, line 2: expected JSON, got`);
  // Also the last line, when its end is there: that is no torn write.
  writeFileSync(path, '{"kind":"quiesced","at":1}\n{"at":2,"ki\n');
  await expect(all(readTrace(path))).rejects.toMatchObject({ code: "not-json", line: 2 });
  writeFileSync(path, `{"kind":"quiesced","at":1}\n${"y".repeat(2_000_000)}`);
  await expect(all(readTrace(path, { lineCharsMax: 1_000_000 }))).rejects.toMatchObject({
    code: "line-too-long",
    line: 2,
  });
});

test("anything that is not an event is refused with what was expected", () => {
  const digest = "0123456789abcdef";
  const deliver = {
    kind: "deliver",
    at: 1,
    who: "r",
    slot: 1,
    epoch: 0,
    protocol: "p",
    runs: [1, 1, 1],
    digests: digest,
  };
  const broadcast = { kind: "broadcast", at: 1, who: "c", client: 1, seq: 1, digests: digest };
  expect(parseEvent(JSON.stringify(deliver))).toEqual(deliver);
  expect(parseEvent(JSON.stringify(broadcast))).toEqual(broadcast);
  for (const wrong of [
    null,
    7,
    [],
    {},
    { at: "1", kind: "quiesced" },
    { at: 1, kind: "other" },
    { at: 1, kind: "crash" },
    { at: 1, kind: "install", who: "r", slot: -1 },
    { ...broadcast, seq: 0 },
    { ...broadcast, client: "c1" },
    { ...broadcast, digests: "" },
    { ...broadcast, digests: digest.slice(1) },
    { ...broadcast, digests: digest.toUpperCase() },
    { at: 1, kind: "control", who: "m", n: 1, digest: "zz" },
    { at: 1, kind: "control", who: "m", n: 0, digest },
    { ...deliver, runs: [1, 1] },
    { ...deliver, runs: [1, 1, 2] },
    { ...deliver, runs: [1, 0, 1] },
    { ...deliver, runs: [1, Number.MAX_SAFE_INTEGER, 1] },
    { ...deliver, runs: ["c", 1, 1] },
    { ...deliver, digests: "" },
    { ...deliver, slot: 0 },
    { ...deliver, protocol: 1 },
    { ...deliver, controls: [1] },
    { ...deliver, runs: [], controls: [0] },
    { ...deliver, registrations: -1 },
    { ...deliver, chain: "x" },
    { at: 1, kind: "toString", who: "r" },
    { at: 1, kind: "faulty", who: "r", fault: "late" },
    { at: 1, kind: "faulty", fault: "crash" },
    { at: 1, kind: "propose", who: "r", epoch: 0, slot: 1 },
    { at: 1, kind: "propose", who: "r", epoch: -1, slot: 1, value: "x" },
    { at: 1, kind: "decide", who: "r", epoch: 0, slot: 1, value: 7 },
    { at: 1, kind: "decide", epoch: 0, slot: 1, value: "x" },
    { at: 1, kind: "undecided", who: "r", epoch: 0 },
    { at: 1, kind: "persist", who: "r", life: 1, record: 0 },
    { at: 1, kind: "durable", who: "r", life: 0, record: 1 },
    { at: 1, kind: "release", who: "r", life: 1 },
    { at: 1, kind: "release", who: "r", life: 1, record: 1, what: 5 },
    { at: 1, kind: "size", who: "r", name: "known", value: 1 },
    { at: 1, kind: "invoke", who: "c", op: 1, key: "k" },
    { at: 1, kind: "invoke", who: "c", op: -1, key: "k", call: "read" },
    { at: 1, kind: "invoke", who: "c", op: 1, key: "k", call: "write", value: 7 },
    { at: 1, kind: "return", who: "c", op: 1, position: 0 },
    { at: 1, kind: "return", who: "c", op: 1, values: [1] },
    { at: 1, kind: "return", op: 1 },
    { at: 1, kind: "unknown", who: "c" },
    { at: 1, kind: "size", who: "r", name: "known", value: 1.5, limit: 2 },
  ])
    expect(() => parseEvent(JSON.stringify(wrong), "f", 3), JSON.stringify(wrong)).toThrow(/^f, line 3: /);
});

test("sources are merged by time, keep their own order, and are closed when one fails", async () => {
  let closed = 0;
  async function* source(who: string, ...times: number[]): AsyncGenerator<TraceEvent> {
    try {
      for (const at of times) yield { kind: "crash", at, who };
    } finally {
      closed += 1;
    }
  }
  const merged = await all(mergeTraces([source("a", 1, 5, 3), source("b", 2, 4), source("c")]));
  expect(merged.map((event) => `${"who" in event ? event.who : ""}${event.at}`)).toEqual([
    "a1",
    "b2",
    "b4",
    "a5",
    "a3",
  ]);
  closed = 0;
  for await (const event of mergeTraces([source("a", 1, 2), source("b", 1, 2)])) if (event.at === 1) break;
  expect(closed).toBe(2);
});

test("events of every kind are read", () => {
  const at = 1;
  const who = "r";
  const events: readonly TraceEvent[] = [
    { kind: "stable", at },
    { kind: "faulty", at, who, fault: "amnesia" },
    { kind: "propose", at, who, epoch: 0, slot: 1, value: "x" },
    { kind: "decide", at, who, epoch: 0, slot: 1, value: "" },
    { kind: "undecided", at, who, epoch: 0, slot: 0 },
    { kind: "persist", at, who, life: 1, record: 1 },
    { kind: "durable", at, who, life: 1, record: 1 },
    { kind: "release", at, who, life: 1, record: 0, what: "2b" },
    { kind: "size", at, who, name: "known", value: 0, limit: 0 },
    { kind: "invoke", at, who, op: 0, key: "k", call: "cas", value: "x", expected: null },
    { kind: "return", at, who, op: 0, ok: false },
    { kind: "return", at, who, op: 0, value: null, values: ["x"], position: 1 },
    { kind: "unknown", at, who, op: 0 },
  ];
  for (const event of events) expect(parseEvent(JSON.stringify(event))).toEqual(event);
});

test("both digests of a body are the same", () => {
  for (const length of [0, 1, 55, 56, 64, 1000]) {
    const body = Uint8Array.from({ length }, (_, at) => at);
    expect(nodeBodyDigest(body)).toBe(bodyDigest(body));
  }
});
