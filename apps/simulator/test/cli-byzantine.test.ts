import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdversaryPlan, readReplay, type StrategyName, strategies } from "@eunomia/simulation";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { engineHash } from "../src/cli/engine-hash.ts";
import { replayCommand } from "../src/cli/replay/command.ts";
import { shrinkCommand } from "../src/cli/replay/shrink-command.ts";
import { adversaryAt, systemsWith } from "../src/cli/run/byzantine.ts";
import { byzantineLines } from "../src/cli/run/byzantine-totals.ts";
import { keepFailure } from "../src/cli/run/failure.ts";
import { type RunJob, Runner, type RunSummary } from "../src/cli/run/job.ts";
import { addRun, noTotals } from "../src/cli/run/totals.ts";
import { type TwinsCommand, twinsCommand } from "../src/cli/twins/command.ts";
import { runTest } from "../src/replay/run-test.ts";

const folder = mkdtempSync(join(tmpdir(), "byzantine-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());
const engines = engineHash();

const jobOf = (system: string, seed: string, adversary: AdversaryPlan): RunJob => ({
  system,
  seed,
  profile: "swarm",
  mutant: null,
  adversary,
  virtualMs: 1000,
  maxSteps: 20_000,
  twice: false,
  feedback: false,
});

const acted = ({ counts }: RunSummary): boolean =>
  Object.keys(counts).some((name) => name.startsWith("byzantine: "));

const names = Object.keys(strategies) as StrategyName[];
const harmless = names.filter((name) => !strategies[name].lies);

test("protocols for crash faults bear whoever does what a network could do", {
  timeout: 120_000,
}, async () => {
  const runner = new Runner();
  let did = 0;
  for (const system of ["paxos", "two-thirds"])
    for (const [at, strategy] of harmless.entries()) {
      // Odd seeds heal a core in the end, which must then make progress.
      for (const seed of [`h-${at}1`, `h-${at}2`]) {
        const summary = await runner.run(jobOf(system, seed, { strategy, nodes: null }));
        expect([system, strategy, seed, summary.outcome]).toEqual([system, strategy, seed, { kind: "ok" }]);
        expect([summary.promised, summary.excused]).toEqual([true, false]);
        if (acted(summary)) did += 1;
      }
    }
  expect(did).toBeGreaterThanOrEqual(harmless.length * 3);
});

test("what liars break is counted beside the failures, and told as what nobody promised", {
  timeout: 120_000,
}, async () => {
  const runner = new Runner();
  const totals = noTotals();
  for (const system of ["paxos", "two-thirds"])
    for (let seed = 0; seed < 12; seed += 1) {
      const job = jobOf(system, `l-${seed}`, {
        strategy: seed % 2 === 0 ? "collusion" : "adaptive",
        nodes: 1,
      });
      addRun(totals, job, await runner.run(job), 0);
    }
  expect(totals.failures).toEqual([]);
  expect(totals.excused.map(({ job }) => job.system)).toEqual(["paxos", "two-thirds"]);
  const lines = byzantineLines(totals.systems.paxos!.byzantine).join("\n");
  expect(lines).toMatch(/does not promise to bear it \(6 runs\): broke .*(agreement|validity)/);
});

describe("the file of a run with liars", () => {
  const kept = async (): Promise<string> => {
    const runner = new Runner();
    for (let seed = 0; ; seed += 1) {
      const job = jobOf("two-thirds", `f-${seed}`, { strategy: "collusion", nodes: null });
      const { recipe, excused } = await runner.run(job);
      if (recipe === null) continue;
      expect(excused).toBe(true);
      const failure = await keepFailure(job, recipe, { engines, out: folder, replays: 20, quiet: true });
      return failure!.file;
    }
  };

  test("replays, shrinks, and becomes a test, by the adversary in it", { timeout: 120_000 }, async () => {
    const file = await kept();
    const log = vi.spyOn(console, "log").mockReturnValue();
    expect(await replayCommand(file, { as: "listing", anyway: false, json: true })).toBe(1);
    expect(JSON.parse(String(log.mock.lastCall))).toMatchObject({ difference: null, excused: true });
    expect(await shrinkCommand(file, { replays: 10, out: folder, json: true })).toBe(1);
    const smaller = JSON.parse(String(log.mock.lastCall)).file as string;
    expect(await replayCommand(smaller, { as: "listing", anyway: false, json: true })).toBe(1);
    const text = readFileSync(file, "utf8");
    expect(runTest(readReplay(text, engines))).toMatch(
      /adversary: \{\s*"strategy": "collusion",\s*"nodes": null/,
    );
    const other = join(folder, "flattery.jsonl");
    writeFileSync(other, text.replace('"strategy":"collusion"', '"strategy":"flattery"'));
    await expect(replayCommand(other, { as: "listing", anyway: false, json: true })).rejects.toThrow(
      /expected a strategy among silence, .* got "flattery": replay it with the version that wrote it/,
    );
  });
});

test("all strategies get their turns, with and without a core that is healed; those that see nothing are refused", () => {
  const all = { strategy: "all", nodes: null } as const;
  const seen = new Set<string>();
  for (let n = 0; n < 2 * names.length; n += 1) seen.add(`${adversaryAt(all, "paxos", n).strategy} ${n % 2}`);
  expect(seen.size).toBe(2 * names.length);
  expect(["forging", "twins"]).toContain(adversaryAt(all, "aneris", 0).strategy);
  const systems = ["paxos", "two-thirds", "aneris"];
  const silence = { strategy: "silence", nodes: 1 } as const;
  expect(systemsWith(silence, systems, false)).toEqual(["paxos", "two-thirds"]);
  expect(() => systemsWith(silence, systems, true)).toThrow(/leave aneris out, or use forging or twins/);
});

describe("scenarios of twins", () => {
  const command: TwinsCommand = {
    twins: 1,
    rounds: 2,
    partitions: 2,
    timeouts: 1,
    scenarios: 300,
    seed: "1",
    mutant: null,
    scenario: null,
    json: true,
  };
  const run = (protocol: string, over: Partial<TwinsCommand>) => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const code = twinsCommand(protocol, { ...command, ...over });
    return { code, told: JSON.parse(String(log.mock.lastCall)) };
  };

  test("without twins no scenario splits a protocol, and many decide", () => {
    for (const protocol of ["paxos", "two-thirds"]) {
      const { code, told } = run(protocol, { twins: 0 });
      expect([code, told.wrong]).toEqual([0, 0]);
      expect(told.decided).toBeGreaterThan(50);
    }
  });

  test("a threshold that is one short is split by partitions alone: a failure, with the command that shows it", () => {
    const broken = { twins: 0, scenarios: null, mutant: "two-thirds/member/e-one-short" };
    const { code, told } = run("two-thirds", broken);
    expect([code, told.excused]).toEqual([1, false]);
    expect(told.replay).toContain(`--mutant ${broken.mutant} --scenario ${told.first.scenario}`);
    const again = run("two-thirds", { ...broken, scenario: told.first.scenario });
    expect([again.code, again.told.wrong]).toEqual([1, told.first.detail]);
  });

  test("two of four split 2/3-consensus, which nobody promised: no failure", () => {
    const { code, told } = run("two-thirds", { twins: 2, scenarios: 4000 });
    expect([code, told.excused]).toEqual([0, true]);
    expect(told.wrong).toBeGreaterThan(0);
    expect(run("two-thirds", { twins: 2, scenario: told.first.scenario }).told).toMatchObject({
      wrong: told.first.detail,
      excused: true,
    });
  });

  test("what cannot be is refused", () => {
    expect(() => run("raft", {})).toThrow(/choose among paxos, two-thirds/);
    expect(() => run("two-thirds", { rounds: 6, scenarios: null })).toThrow(/draw some of them/);
    expect(() => run("two-thirds", { scenario: "1.x" })).toThrow(/expected 2 numbers below/);
    expect(() => run("paxos", { twins: 3 })).toThrow(/expected 10 at most/);
  });
});
