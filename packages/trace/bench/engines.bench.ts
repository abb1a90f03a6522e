import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "@eunomia/engine";
import { EngineTraceFile, nodeBodyDigest, nodeTextDigest, readEngineTrace } from "../src/file.ts";
import { EngineRecorder, EngineReplay, formatReplay } from "../src/index.ts";
import { adder } from "../test/toy-engine.ts";

// A toy engine takes `steps` frames of one small command: alone, written down, and again from the file.
const steps = Number(process.argv[2] ?? 100_000);
const engine = adder();
const config = { self: "a", others: ["b", "c"] };
const cpuMs = (): number => (({ user, system }) => (user + system) / 1000)(process.cpuUsage());
const said = (name: string, ms: number): void =>
  console.log(`${name}: ${((1000 * ms) / steps).toFixed(2)} µs of CPU per step`);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const path = join(folder, "engines.jsonl");

type Take = (event: Parameters<EngineRecorder["step"]>[4], state: unknown) => unknown;
function run(take: Take): number {
  const state = engine.init(config);
  const from = cpuMs();
  take({ kind: "start", records: [] }, state);
  for (let k = 1; k < steps; k += 1)
    take({ kind: "commands", commands: [{ add: k, note: Uint8Array.of(k & 255) }] }, state);
  return cpuMs() - from;
}

said(
  "steps alone",
  run((event, state) => step(engine, config, state as never, event as never)),
);
const file = new EngineTraceFile(path);
const recorder = new EngineRecorder("bench", {
  now: () => 0,
  write: (record) => file.write(record),
  digest: nodeBodyDigest,
  textDigest: nodeTextDigest,
});
said(
  "written down",
  run((event, state) => recorder.step({ process: "a", instance: "" }, engine, config, state, event)),
);
recorder.end();
file.close();
console.log(`${(statSync(path).size / steps).toFixed(0)} bytes per step`);
const replay = new EngineReplay({
  engineOf: () => engine,
  digest: nodeBodyDigest,
  textDigest: nodeTextDigest,
});
const from = cpuMs();
for await (const record of readEngineTrace(path)) if (!replay.feed(record)) break;
said("read and taken again", cpuMs() - from);
console.log(formatReplay(replay.report()));
if (!replay.report().ok) throw new Error("a good trace was refused");
rmSync(folder, { recursive: true });
