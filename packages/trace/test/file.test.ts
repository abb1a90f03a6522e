import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  type BroadcastEvent,
  goodTrace,
  mergeTraces,
  parseEvent,
  readTrace,
  runsOf,
  TraceWriter,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(events: AsyncIterable<BroadcastEvent>): Promise<BroadcastEvent[]> {
  const out: BroadcastEvent[] = [];
  for await (const event of events) out.push(event);
  return out;
}

test("what is written is read, across appends and buffers", async () => {
  const path = join(folder, "round.jsonl");
  for (let round = 0; round < 2; round += 1) {
    const writer = new TraceWriter(path);
    for (let k = 0; k < 500; k += 1) for (const event of goodTrace) writer.write(event);
    writer.close();
  }
  expect(await all(readTrace(path))).toEqual(Array.from({ length: 1000 }, () => goodTrace).flat());
});

test("a torn last line is left out; a damaged line in the middle is named", async () => {
  const path = join(folder, "torn.jsonl");
  writeFileSync(path, '{"at":1,"k":"quiesced"}\n{"at":2,"k":"cra');
  expect(await all(readTrace(path))).toEqual([{ at: 1, k: "quiesced" }]);
  appendFileSync(path, "\n");
  await expect(all(readTrace(path))).rejects.toMatchObject({ code: "not-json", line: 2 });
});

test("anything that is not an event is refused with what was expected", () => {
  const deliver = { at: 1, k: "deliver", who: "r", slot: 1, epoch: 0, proto: "p" };
  for (const wrong of [
    null,
    7,
    [],
    {},
    { at: "1", k: "quiesced" },
    { at: 1, k: "other" },
    { at: 1, k: "crash" },
    { at: 1, k: "install", who: "r", slot: -1 },
    { at: 1, k: "broadcast", who: "c", seq: 0, bodies: "0123456789abcdef" },
    { at: 1, k: "broadcast", who: "c", seq: 1, bodies: "" },
    { at: 1, k: "control", n: 1, by: "m", body: "zz" },
    { ...deliver, vec: { runs: ["c", 1], bodies: "" } },
    { ...deliver, vec: { runs: ["c", 1, 1], bodies: "" } },
    { ...deliver, vec: { runs: ["c", 1, 1], digest: "00" } },
    { ...deliver, slot: 0, vec: { runs: [], bodies: "" } },
    { ...deliver, vec: { runs: [1, 1, 1], bodies: "0123456789abcdef" } },
  ])
    expect(() => parseEvent(JSON.stringify(wrong), 3), JSON.stringify(wrong)).toThrow(/^line 3: /);
});

test("sources are merged by time and keep their own order", async () => {
  async function* source(who: string, ...times: number[]): AsyncGenerator<BroadcastEvent> {
    for (const at of times) yield { at, k: "crash", who };
  }
  const merged = await all(mergeTraces([source("a", 1, 5, 3), source("b", 2, 4), source("c")]));
  expect(merged.map((event) => `${"who" in event ? event.who : ""}${event.at}`)).toEqual([
    "a1",
    "b2",
    "b4",
    "a5",
    "a3",
  ]);
});

test("a slot with a thousand commands of one client is one small line", () => {
  const runs = runsOf(Array.from({ length: 1000 }, (_, k) => ({ client: "c1", seq: k + 1 })));
  const line = JSON.stringify({
    at: 1,
    k: "deliver",
    who: "r0",
    slot: 1,
    epoch: 0,
    proto: "paxos",
    vec: { runs, digest: "0".repeat(32) },
  });
  expect(line.length).toBeLessThan(150);
});
