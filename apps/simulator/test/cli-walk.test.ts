import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { simulate } from "@eunomia/simulation";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { checkModel } from "../src/cli/check/job.ts";
import { engineHash } from "../src/cli/engine-hash.ts";
import { modelNamed } from "../src/cli/models.ts";
import { replayCommand } from "../src/cli/replay/command.ts";
import { keepFailure } from "../src/cli/run/failure.ts";
import { planOf, type RunJob, Runner } from "../src/cli/run/job.ts";

const folder = mkdtempSync(join(tmpdir(), "walk-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());
const engines = engineHash();

/** What a command prints. */
async function printed(
  command: () => Promise<number>,
): Promise<{ readonly code: number; readonly text: string }> {
  const log = vi.spyOn(console, "log").mockReturnValue();
  const code = await command();
  const text = log.mock.calls.map(([line]) => String(line)).join("\n");
  log.mockRestore();
  return { code, text };
}

/** Runs the body of a unit test that was printed; what it throws, or null. */
async function outcomeOf(text: string, name: string): Promise<Error | null> {
  const here = new URL(`${name}-${process.pid}.tmp.ts`, import.meta.url);
  const held =
    'import { expect } from "vitest";\nexport let body = async () => {};\nconst test = (_name, given) => { body = given; };';
  writeFileSync(here, text.replace('import { expect, test } from "vitest";', held));
  try {
    const { body } = await import(/* @vite-ignore */ fileURLToPath(here));
    await body();
    return null;
  } catch (error) {
    return error as Error;
  } finally {
    rmSync(here);
  }
}

const job: RunJob = {
  system: "aneris",
  seed: "walk-0",
  profile: "swarm",
  mutant: "aneris/replica/swap-not-told",
  adversary: null,
  virtualMs: 2000,
  maxSteps: 50_000,
  twice: true,
  feedback: false,
};

test("a fixed bug that is back fails, shrinks, replays, and becomes a unit test that fails as long as it is there", async () => {
  const { outcome, recipe } = await new Runner().run(job);
  expect(outcome.kind).toBe("violated");
  const kept = await keepFailure(job, recipe!, { engines, out: folder, replays: 12, quiet: true });
  expect(kept!.after.steps).toBeLessThanOrEqual(kept!.before.steps);
  const shown = { anyway: false, json: false } as const;
  const listing = await printed(() => replayCommand(kept!.file, { ...shown, as: "listing" }));
  expect(listing.code).toBe(1);
  expect(listing.text).toContain("see it in the browser");
  const { text } = await printed(() => replayCommand(kept!.file, { ...shown, as: "test" }));
  expect((await outcomeOf(text, "run"))?.message).toContain("violated");
  expect(await outcomeOf(text.replace(`"${job.mutant}"`, "null"), "run-mended")).toBeNull();
}, 60_000);

test("a path of the checker replays and becomes a unit test, too", async () => {
  const mutant = "paxos/acceptor/accepts-below-promise";
  const { params } = modelNamed("paxos/3a2b");
  const options = {
    memory: 2 ** 28,
    states: null,
    depth: null,
    walks: null,
    reductions: [],
    threads: 1,
    checkpoint: null,
    everyMs: 0,
    resume: false,
    engines,
  };
  const answer = await checkModel({ model: "paxos/3a2b", params, mutant, mode: "bfs", ...options });
  expect(answer.report.result).toBe("violated");
  const file = join(folder, "path.jsonl");
  writeFileSync(file, answer.replay!);
  const { code, text } = await printed(() => replayCommand(file, { as: "test", anyway: false, json: false }));
  expect(code).toBe(1);
  expect(await outcomeOf(text, "path")).not.toBeNull();
  expect(await outcomeOf(text.replace(`,"mutant":"${mutant}"`, ""), "path-mended")).toBeNull();
}, 60_000);

test("profiles: swarm runs alternate, beyond goes beyond", async () => {
  const modeOf = (over: Partial<RunJob>) => planOf({ ...job, mutant: null, ...over }).limits?.mode;
  expect([modeOf({ seed: "a-0" }), modeOf({ seed: "a-1" })]).toEqual(["safety", "liveness"]);
  expect(modeOf({ seed: "a-0", profile: "liveness" })).toBe("liveness");
  expect(planOf({ ...job, profile: "beyond" }).profile?.beyond).toBe(true);
  const plan = planOf({ ...job, system: "paxos", mutant: null, virtualMs: 200, profile: "safety" });
  expect((await simulate(plan)).outcome.kind).toBe("ok");
});
