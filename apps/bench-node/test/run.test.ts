import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { judgeTraces } from "../src/demo/judge.ts";
import type { RunReport } from "../src/demo/report.ts";
import { run } from "../src/demo/run.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("run");
const printed: string[] = [];
let input: string;
let good: string;
let report: RunReport;

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
  vi.spyOn(console, "error").mockImplementation(() => {});
  input = join(directory.path, "input.txt");
  const lines = Array.from({ length: 3000 }, (_, i) => `line ${i} ${"=".repeat(i % 90)}\r\n`);
  writeFileSync(input, `${lines.join("")}\u0000\u00ff no line end`);
  good = join(directory.path, "good");
  report = await run({ input, seconds: 4, directory: good, json: false });
}, 120_000);

afterAll(() => {
  vi.restoreAllMocks();
  directory.remove();
});

test("a whole run is judged ok, with every step taken and no property without evidence", () => {
  expect(report).toMatchObject({
    verdict: "ok",
    input: { commands: 3001, bytes: statSync(input).size },
    alarms: [],
    vacuous: [],
    counts: { commands: 3001, crashes: 2, recoveries: 2, processes: 6 },
  });
  // A swap may be signed again with another number; a killed node loses the last lines of its trace.
  expect(report.counts.controls).toBeGreaterThanOrEqual(2);
  expect(report.counts.deliveredControls).toBeGreaterThanOrEqual(2 * 6 - 2);
  expect(report.outputs.map(({ equal }) => equal)).toEqual([true, true]);
  expect(report.steps.map(({ title }) => title)).toEqual([
    "kill -9 of one replica",
    "restart it",
    "swap two-thirds → paxos",
    "kill -9 of the current leader",
    "restart it",
    "swap paxos → two-thirds",
  ]);
  expect(report.epochs.map(({ protocol }) => protocol)).toEqual(["two-thirds", "paxos", "two-thirds"]);
  expect(report.epochs.reduce((sum, epoch) => sum + epoch.commands, 0)).toBe(3001);
  expect(readFileSync(join(good, "subscriber-a.out")).equals(readFileSync(input))).toBe(true);
  expect(JSON.parse(readFileSync(join(good, "report.json"), "utf8"))).toEqual(
    JSON.parse(JSON.stringify(report)),
  );
  expect(printed.join("\n")).toContain("Verdict: ok");
});

/** The traces of the good run with one file changed. */
async function judgedWith(name: string, change: (lines: string[]) => string[]): Promise<string[]> {
  const files = readdirSync(good)
    .filter((file) => file.endsWith(".trace.jsonl"))
    .map((file) => join(good, file));
  const victim = join(good, `${name}.trace.jsonl`);
  const changed = join(directory.path, `${name}.changed.jsonl`);
  writeFileSync(changed, change(readFileSync(victim, "utf8").split("\n")).join("\n"));
  const { verdicts, ok } = await judgeTraces(
    files.map((file) => (file === victim ? changed : file)),
    ["n1", "n2", "n3", "n4"],
    ["subscriber-a", "subscriber-b"],
  );
  expect(ok).toBe(verdicts.every(({ kind }) => kind === "ok"));
  return verdicts.filter(({ kind }) => kind !== "ok").map(({ property }) => property.split(" ")[0]!);
}
const delivery = (lines: readonly string[]): number =>
  lines.findIndex((line) => line.includes('"deliver"') && /"runs":\[\d/.test(line));

test("the judge refuses traces in which something is missing, doubled or different", async () => {
  expect(await judgedWith("subscriber-a", (lines) => lines)).toEqual([]);
  const without = (lines: string[]): string[] => lines.toSpliced(delivery(lines), 1);
  expect(await judgedWith("subscriber-a", without)).toEqual(expect.arrayContaining(["P5", "P6"]));
  const twice = (lines: string[]): string[] => lines.toSpliced(delivery(lines), 0, lines[delivery(lines)]!);
  expect(await judgedWith("subscriber-b", twice)).toContain("P6");
  const other = (lines: string[]): string[] =>
    lines.with(
      delivery(lines),
      lines[delivery(lines)]!.replace(/"digests":"......../, '"digests":"00000000'),
    );
  expect(await judgedWith("n2", other)).toEqual(expect.arrayContaining(["P1", "P3"]));
  const unasked = (lines: string[]): string[] => lines.filter((line) => !line.includes('"control"'));
  expect(await judgedWith("client", unasked)).toContain("P1");
});

test("an empty file goes through the same story", { timeout: 120_000 }, async () => {
  const empty = join(directory.path, "empty");
  writeFileSync(empty, "");
  const {
    verdict,
    input: read,
    outputs,
    steps,
    counts,
  } = await run({
    input: empty,
    seconds: 1,
    directory: join(directory.path, "nothing"),
    json: true,
  });
  expect({ verdict, commands: read.commands, delivered: counts.deliveredCommands }).toEqual({
    verdict: "ok",
    commands: 0,
    delivered: 0,
  });
  expect(outputs.every(({ bytes, equal }) => bytes === 0 && equal)).toBe(true);
  expect(steps).toHaveLength(6);
});

test("a run whose output somebody changed is judged failed", { timeout: 120_000 }, async () => {
  const folder = join(directory.path, "tampered");
  const output = join(folder, "subscriber-b.out");
  const running = run({ input, seconds: 1, directory: folder, json: false });
  await until("the output to begin", () => (statSync(output, { throwIfNoEntry: false })?.size ?? 0) > 0);
  // The subscriber goes on writing to the file that it opened; the judge finds another one, of which one bit differs.
  renameSync(output, `${output}.true`);
  const changed = readFileSync(input);
  changed[1000]! ^= 1;
  writeFileSync(output, changed);
  const { verdict, outputs, properties } = await running;
  expect(verdict).toBe("failed");
  expect(outputs.map(({ equal }) => equal)).toEqual([true, false]);
  expect(properties.every(({ kind }) => kind === "ok")).toBe(true);
  expect(readFileSync(`${output}.true`).equals(readFileSync(input))).toBe(true);
});
