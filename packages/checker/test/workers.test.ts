import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goldenCounts } from "@eunomia/conformance/golden";
import { afterAll, describe, expect, test } from "vitest";
import { CheckerError, check, type ModelSource, type Report } from "../src/index.ts";
import { checkInWorkers, type WorkerOptions } from "../src/node.ts";
import { source, wrong } from "./support/sources.ts";

const typescript = fileURLToPath(new URL("support/typescript.mjs", import.meta.url));
const execArgv = ["--import", typescript, "--conditions=@eunomia/source"];
const memory = 2 ** 28;

const run = (from: ModelSource, options: WorkerOptions = {}): Promise<Report> =>
  checkInWorkers(from, { memory, execArgv, ...options });

/** All of a report that must not depend on who searched. */
const same = ({ seconds: _s, bytes: _b, ...rest }: Report) => rest;

async function refusal(what: Promise<Report>): Promise<CheckerError> {
  const error = await what.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CheckerError) return error;
  throw error ?? new Error("expected to be refused");
}

describe("several threads", () => {
  test("one and two find the same as a search without threads", { timeout: 120_000 }, async () => {
    const [one, two] = [await run(source("golden", 3)), await run(source("golden", 3), { workers: 2 })];
    expect({ states: two.states, transitions: two.transitions }).toEqual(goldenCounts[0].consumed);
    expect(same(two)).toEqual(same(one));
  });
  test("the same least counterexample", { timeout: 120_000 }, async () => {
    const alone = check(wrong({ acceptors: 3, proposers: 2, ignored: "stay" }));
    for (const workers of [1, 2]) {
      const report = await run(source("wrong", 3, "stay"), { workers });
      expect(same(report)).toEqual(same(alone));
    }
  });
  test("a reduction comes with its model", { timeout: 120_000 }, async () => {
    const report = await run(source("reduced", 3), { workers: 2 });
    expect({ states: report.states, transitions: report.transitions }).toEqual(goldenCounts[0].inertDropped);
  });
  test("what cannot be is refused", { timeout: 120_000 }, async () => {
    expect(await refusal(run(source("golden", 3), { workers: 0 }))).toMatchObject({ code: "option" });
    expect(await refusal(run(source("golden", 3), { memory: 10_000 }))).toMatchObject({ code: "memory" });
    const { message, code } = await refusal(run(source("notAFunction", 3)));
    expect({ message, code }).toMatchObject({
      code: "worker",
      message: expect.stringMatching(/"export" expected a function/),
    });
    const few = await run(source("golden", 3), { depth: 5 });
    expect(few).toMatchObject({ result: "vacuous", depth: 5, truncated: { why: "depth 5" } });
  });
});

describe("checkpoints", () => {
  const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const engineHash = "engines-1";
  const from = source("golden", 3);
  const resume = { folder, engineHash };

  test("a search that is stopped goes on from its last level, to the same end", {
    timeout: 120_000,
  }, async () => {
    const stopped = await run(from, {
      checkpoint: { folder, engineHash, everyMs: 0 },
      progress: ({ states }) => states > 30_000,
    });
    expect(stopped).toMatchObject({ result: "unknown", truncated: { why: "stopped from outside" } });
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    expect(manifest.states).toBeGreaterThan(20_000);
    expect(manifest.states).toBeLessThan(goldenCounts[0].consumed.states);
    const resumed = await run(from, { resume, workers: 2 });
    expect({ states: resumed.states, transitions: resumed.transitions }).toEqual(goldenCounts[0].consumed);
    expect(resumed).toMatchObject({ result: "holds", depth: 24 });
  });

  test("a checkpoint that nobody resumes is not written over", async () => {
    const before = readFileSync(join(folder, "manifest.json"), "utf8");
    const again = await refusal(run(from, { checkpoint: { folder, engineHash, everyMs: 0 } }));
    expect(again).toMatchObject({ code: "checkpoint" });
    expect(again.message).toMatch(/holds that of an earlier search; resume it, or name another folder/);
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toBe(before);
  });

  test("other engines, another model and damage are refused", async () => {
    const other = await refusal(run(from, { resume: { folder, engineHash: "engines-2" } }));
    expect(other).toMatchObject({ code: "checkpoint" });
    expect(other.message).toMatch(/of engines engines-1, expected engines-2; begin anew/);
    expect((await refusal(run(source("golden", 4), { resume }))).message).toMatch(
      /the checkpoint is of .*expected/,
    );
    const manifest = readFileSync(join(folder, "manifest.json"), "utf8");
    const [, { name }] = JSON.parse(manifest).files;
    const states = readFileSync(join(folder, name));
    const flipped = Uint8Array.from(states);
    flipped[1000]! ^= 1;
    const damages: [string, Uint8Array | string, RegExp][] = [
      [name, flipped, /does not have the checksum/],
      [name, states.subarray(4), /expected \d+ bytes, got/],
      ["manifest.json", manifest.slice(0, 50), /manifest.json in .* is damaged/],
      ["manifest.json", manifest.replace('"version": 1', '"version": 9'), /has version 9, expected 1/],
    ];
    for (const [file, bytes, text] of damages) {
      const before = readFileSync(join(folder, file));
      writeFileSync(join(folder, file), bytes);
      expect((await refusal(run(from, { resume }))).message).toMatch(text);
      writeFileSync(join(folder, file), before);
    }
    rmSync(join(folder, name));
    expect((await refusal(run(from, { resume }))).message).toMatch(/is missing/);
    const nowhere = { folder: join(folder, "nowhere"), engineHash };
    expect((await refusal(run(from, { resume: nowhere }))).message).toMatch(
      /expected a folder with manifest.json/,
    );
  });
});
