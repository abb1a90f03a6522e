import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyEngine } from "@eunomia/engine";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { EngineTraceFile, nodeBodyDigest, nodeTextDigest, readEngineTrace } from "../src/file.ts";
import {
  type EngineRecord,
  EngineRecorder,
  EngineReplay,
  formatReplay,
  fromJson,
  NotPlainError,
  RecordReader,
  RecordSealer,
  type ReplayReport,
  textOf,
  toJson,
} from "../src/index.ts";
import { adder } from "./toy-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two lives of three adders in one process, with messages between them and some that nobody takes. */
function records(engine: AnyEngine, stateEvery = 4): EngineRecord[] {
  const out: EngineRecord[] = [];
  const names = ["a", "b", "c"];
  let durable: unknown[] = [];
  let now = 0;
  for (let life = 0; life < 2; life += 1) {
    const recorder = new EngineRecorder("n1", {
      now: () => now,
      write: (one) => out.push(one),
      stateEvery,
      digest: nodeBodyDigest,
    });
    const states = new Map(
      names.map((self) => {
        const config = { self, others: names.filter((other) => other !== self) };
        return [self, { config, state: engine.init(config) }] as const;
      }),
    );
    const queue: { to: string; event: Parameters<typeof recorder.step>[4] }[] = names.map((to) => ({
      to,
      event: { kind: "start", records: durable },
    }));
    for (let k = 0; k < 10; k += 1) {
      queue.push({
        to: names[k % 3]!,
        event: { kind: "commands", commands: [{ add: k + 1, note: Uint8Array.of(k, life) }] },
      });
      if (k % 5 === 0) queue.push({ to: names[k % 3]!, event: { kind: "timeout", timer: "tick" } });
      if (k % 4 === 0)
        queue.push({ to: "a", event: { kind: "message", from: "b", message: { kind: "odd" } } });
    }
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      now += 1;
      const { config, state } = states.get(next.to)!;
      const { effects } = recorder.step(
        { process: next.to, instance: "0" },
        engine,
        config,
        state,
        next.event,
      );
      for (const effect of effects)
        if (effect.kind === "persist") durable = [effect.record];
        else if (effect.kind === "send")
          for (const to of effect.to)
            queue.push({ to, event: { kind: "message", from: next.to, message: effect.message } });
    }
    recorder.end();
  }
  return out;
}
const trace = records(adder());

function replayed(list: readonly EngineRecord[], engine: AnyEngine = adder()): ReplayReport {
  const replay = new EngineReplay({
    engineOf: ({ engine: name }) => (name === "adder" ? engine : null),
    digest: nodeBodyDigest,
  });
  for (const record of list) if (!replay.feed(record)) break;
  return replay.report();
}
const seal = (list: readonly EngineRecord[]): string[] => {
  const sealer = new RecordSealer(nodeTextDigest);
  return list.map((record) => sealer.seal(record));
};
function isRead(lines: readonly string[]): boolean {
  const reader = new RecordReader(nodeTextDigest);
  try {
    for (const line of lines) reader.read(line);
  } catch {
    return false;
  }
  reader.finish();
  return reader.cutLives === 0;
}

test("every value comes back from its JSON, and each has one text", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, undefined, true, 0, -0, Number.NaN, 1.5, "", "#bytes", 12n, -3n),
      fc.uint8Array({ maxLength: 4 }),
      fc.uint32Array({ maxLength: 3 }),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "#bytes", "__proto__", "10", "9"), tie("any"), { maxKeys: 3 }),
      fc.array(tie("any"), { maxLength: 2 }).map((items) => new Set(items)),
      fc.array(fc.tuple(fc.nat(3), tie("any")), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    ),
  })).any;
  fc.assert(
    fc.property(value, (one) => {
      const text = textOf(one);
      expect(textOf(fromJson(JSON.parse(text)))).toBe(text);
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect(textOf({ b: 1, a: 2n })).toBe(textOf({ a: 2n, b: 1 }));
  expect(fromJson(toJson({ n: -0, bytes: Uint8Array.of(7) }))).toEqual({ n: -0, bytes: Uint8Array.of(7) });
  for (const wrong of [() => 1, new Date(0), { a: Symbol("s") }])
    expect(() => toJson(wrong)).toThrow(NotPlainError);
  expect(() => fromJson({ "#other": 1 })).toThrow(TypeError);
});

test("a trace is written, read and taken again; states and lives are counted", async () => {
  const path = join(folder, "good.jsonl");
  const file = new EngineTraceFile(path);
  for (const record of trace) file.write(record);
  file.close();
  const read: EngineRecord[] = [];
  for await (const record of readEngineTrace(path)) read.push(record);
  expect(read).toEqual(trace);
  const report = replayed(read);
  expect(report).toMatchObject({ ok: true, lives: 2, cutLives: 0, difference: null });
  expect(report.steps).toBeGreaterThan(90);
  expect(report.states).toBeGreaterThan(report.steps / 5);
  expect(formatReplay(report)).toMatch(/^accepted: \d+ steps/);
});

test("an engine that goes another way is found at its first step that differs", () => {
  const report = replayed(trace, adder(true));
  expect(report.ok).toBe(false);
  expect(report.difference).toMatchObject({ process: "a", engine: "adder", part: "effects" });
  expect(formatReplay(report)).toMatch(/^refused at record \d+, adder at a: another effects/);
});

test("a life without its end is not accepted, and one that was killed is counted", () => {
  expect(replayed(trace.slice(0, -1))).toMatchObject({ ok: false, cutLives: 1, difference: null });
  const half = trace.findIndex(({ kind }) => kind === "end");
  expect(replayed(trace.filter((_, at) => at !== half))).toMatchObject({ ok: false, cutLives: 1 });
  expect(isRead(seal(trace.slice(0, -1)))).toBe(false);
  expect(replayed([])).toMatchObject({ ok: false });
});

type Corruption = (list: readonly EngineRecord[], at: number) => EngineRecord[];
/** One field of a step, a little changed. */
const change =
  (field: "event" | "fired" | "effects", by: (text: string) => string): Corruption =>
  (list, at) =>
    list.map((record, place) =>
      place === at && record.kind === "step"
        ? { ...record, [field]: JSON.parse(by(JSON.stringify(record[field]))) }
        : record,
    );
const corruptions: Readonly<Record<string, Corruption>> = {
  dropped: (list, at) => list.filter((_, place) => place !== at),
  repeated: (list, at) => list.flatMap((record, place) => (place === at ? [record, record] : [record])),
  swapped: (list, at) =>
    list.map((record, place) => (place === at ? list[at + 1]! : place === at + 1 ? list[at]! : record)),
  "another event": change("event", (text) =>
    text
      .replace(/"add":(\d+)/, (_, n) => `"add":${Number(n) + 1}`)
      .replace(/"#bigint":"(\d+)"/, (_, n) => `"#bigint":"${Number(n) + 1}"`)
      .replace('"kind":"ack"', '"kind":"added","sum":{"#bigint":"3"}'),
  ),
  "another action": change("fired", (text) => text.replace('"action":"', '"action":"x')),
  "an effect left out": change("effects", (text) => JSON.stringify(JSON.parse(text).slice(1))),
  "another effect": change("effects", (text) =>
    text.replace(/"#bigint":"(\d+)"/, (_, n) => `"#bigint":"${Number(n) + 1}"`).replace('"of":', '"of":1'),
  ),
};

test("every corruption of one event is rejected by the chain, and by the replay wherever it means anything", {
  timeout: 120_000,
}, () => {
  const good = seal(trace);
  expect(isRead(good)).toBe(true);
  const seen: Record<string, string> = {};
  for (const [name, corrupt] of Object.entries(corruptions)) {
    let tried = 0;
    let byReplay = 0;
    let silent = 0;
    for (let at = 0; at < trace.length - 1; at += 1) {
      const spoiled = corrupt(trace, at);
      if (JSON.stringify(spoiled) === JSON.stringify(trace)) continue;
      tried += 1;
      // The lines as they stand in the file, each with the digest that it was written with.
      const lines = spoiled.map((record) => {
        const place = trace.indexOf(record);
        return place >= 0 ? good[place]! : `${JSON.stringify(record).slice(0, -1)}${good[at]!.slice(-28)}`;
      });
      expect(isRead(lines), `${name} at ${at}`).toBe(false);
      if (!replayed(spoiled).ok) byReplay += 1;
      else if (name === "dropped" || name === "repeated" || name === "swapped") silent += 1;
      else throw new Error(`${name} at ${at} was accepted by the replay`);
    }
    seen[name] = `${tried} tried, the chain rejected all, the replay ${byReplay}`;
    expect(tried, name).toBeGreaterThan(40);
    // What a replay alone cannot see: steps that commute, and events that nobody took.
    expect(silent + byReplay, name).toBe(tried);
  }
  console.log(seen);
});

test("a damaged file is refused with its line", async () => {
  const path = join(folder, "damaged.jsonl");
  const lines = seal(trace);
  const read = async (): Promise<number> => {
    let count = 0;
    for await (const _ of readEngineTrace(path)) count += 1;
    return count;
  };
  writeFileSync(path, "");
  await expect(read()).rejects.toMatchObject({ code: "broken-chain", file: path });
  writeFileSync(path, lines.slice(1).join("\n"));
  await expect(read()).rejects.toMatchObject({ code: "broken-chain", line: 1 });
  lines[3] = lines[3]!.replace('"at":', '"at":1');
  writeFileSync(path, `${lines.join("\n")}\n`);
  await expect(read()).rejects.toMatchObject({ code: "broken-chain", file: path, line: 4 });
  expect(readFileSync(path, "utf8").length).toBeGreaterThan(10_000);
});
