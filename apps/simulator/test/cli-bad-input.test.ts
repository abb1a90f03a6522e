import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calmProfile, recordRun, replayText } from "@eunomia/simulation";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type CheckJob, checkModel, fullHeap } from "../src/cli/check/job.ts";
import { engineHash } from "../src/cli/engine-hash.ts";
import { freshState, readState, writeState } from "../src/cli/fuzz/campaign.ts";
import { invocation } from "../src/cli/invocation.ts";
import { changedParams, modelNamed, modelsOfTier, mutantNamed } from "../src/cli/models.ts";
import { replayCommand } from "../src/cli/replay/command.ts";
import { shrinkCommand } from "../src/cli/replay/shrink-command.ts";
import { readCampaign, writeCampaign } from "../src/cli/run/state.ts";
import { noTotals } from "../src/cli/run/totals.ts";
import { partsOf } from "../src/cli/systems.ts";

const folder = mkdtempSync(join(tmpdir(), "bad-input-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const engines = engineHash();

const job: CheckJob = {
  model: "paxos/2a2b-flexible",
  params: modelNamed("paxos/2a2b-flexible").params,
  mutant: null,
  mode: "bfs",
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

describe("impossible scopes are refused", () => {
  const paxos = modelNamed("paxos/3a2b");
  const cases: Readonly<Record<string, RegExp>> = {
    "acceptors=0": /there must be at least one/,
    "acceptors=-1": /give something like 3/,
    "acceptors=many": /give something like 3/,
    "ballots=[]": /there must be at least one/,
    "ballots=2": /give something like \[1,1\]/,
    "order=heap": /choose among bag, fifo, soup/,
    "acceptor=4": /choose among acceptors, ballots/,
    acceptors: /write name=value/,
  };
  for (const [word, says] of Object.entries(cases))
    test(word, () => expect(() => changedParams(paxos, [word])).toThrow(says));
  test("but not possible ones", () => {
    expect(changedParams(paxos, ["acceptors=4", "ballots=[2,1]", "order=soup"])).toMatchObject({
      acceptors: 4,
      ballots: [2, 1],
      order: "soup",
    });
  });
  test("such as quorums that do not meet", async () => {
    const params = changedParams(paxos, ["q1=1", "q2=1"]);
    await expect(checkModel({ ...job, model: "paxos/3a2b", params })).rejects.toThrow(
      expect.objectContaining({ name: "PaxosConfigError" }),
    );
  });
});

test("too little memory is refused before the search", async () => {
  await expect(checkModel({ ...job, memory: 1000 })).rejects.toThrow(/expected room for .*; give more/);
});

test("a search that comes to the end of its memory says so, and is no proof", async () => {
  const params = changedParams(modelNamed("paxos/3a2b"), ["acceptors=5"]);
  const { report } = await checkModel({ ...job, model: "paxos/3a2b", params, memory: 4 * 2 ** 20 });
  expect(report.truncated?.why).toMatch(/memory/);
  expect(report.result).not.toBe("holds");
});

test("names that are not there are refused with those that are", async () => {
  expect(() => modelNamed("paxos/3a")).toThrow(/choose among paxos\/3a2b/);
  expect(() => mutantNamed("paxos/acceptor/acc")).toThrow(/choose among paxos\/acceptor\/acc/);
  expect(() => modelsOfTier("weekly")).toThrow(/choose among pull, main, nightly, endless/);
  expect(() => partsOf("raft", null)).toThrow(/choose among paxos, two-thirds/);
  await expect(checkModel({ ...job, reductions: ["magic"] })).rejects.toThrow(/choose among inert, symmetry/);
});

describe("a replay file of a run", () => {
  let text = "";
  beforeAll(async () => {
    const plan = {
      ...partsOf("paxos", null),
      seed: "small",
      profile: calmProfile,
      limits: { mode: "safety", virtualMs: 300, maxSteps: 5000 } as const,
    };
    text = replayText(await recordRun(plan, { engines, node: process.version }));
  });
  const shown = { as: "listing", anyway: false, json: true } as const;

  test("replays, and violates nothing", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    expect(await replayCommand(file("sound.jsonl", text), shown)).toBe(0);
    expect(JSON.parse(String(log.mock.lastCall)).difference).toBeNull();
  });

  test("is refused if it is of other engines, with what to do", async () => {
    const other = file("engines.jsonl", text.replace(engines, "0".repeat(64)));
    await expect(replayCommand(other, shown)).rejects.toThrow(/check out the sources that wrote it/);
    vi.spyOn(console, "log").mockReturnValue();
    expect(await replayCommand(other, { ...shown, anyway: true })).toBe(0);
  });

  test("is refused if it is of another version, cut off, damaged, or absent", async () => {
    const lines = text.trimEnd().split("\n");
    const cases: Readonly<Record<string, RegExp>> = {
      [text.replace('"v":1', '"v":9')]: /replay it with the version that wrote it/,
      [`${lines.slice(0, -1).join("\n")}\n`]: /the file was cut off/,
      [text.slice(0, -20)]: /damaged/,
      [text.replace(/"fired":\[\{/, '"fired":[{"also":1,')]: /record \d+ differs/,
      "no replay": /expected JSON lines/,
    };
    for (const [at, [damaged, says]] of Object.entries(cases).entries())
      await expect(replayCommand(file(`damaged-${at}.jsonl`, damaged), shown)).rejects.toThrow(says);
    await expect(replayCommand(join(folder, "absent.jsonl"), shown)).rejects.toThrow(/cannot read .*ENOENT/);
  });

  test("has nothing to shrink if it violates nothing", async () => {
    const options = { replays: 5, out: folder, json: true };
    await expect(shrinkCommand(file("sound.jsonl", text), options)).rejects.toThrow(/find a failure first/);
  });
});

describe("the state of a campaign", () => {
  const campaign = {
    v: 2,
    kind: "simulate",
    engines,
    seed: "1",
    systems: ["paxos"],
    profile: "swarm",
    mutant: null,
    byzantine: null,
    virtualMs: 1,
    maxSteps: 1,
    done: 3,
    totals: noTotals(),
    features: [1, 2],
  } as const;

  test("comes back as it was written", () => {
    writeCampaign(folder, { ...campaign });
    expect(readCampaign(folder, engines)).toEqual(campaign);
    const state = freshState(engines, 1, "");
    writeState(join(folder, "fuzz.json"), state);
    expect(readState(join(folder, "fuzz.json"), engines)).toEqual(state);
  });

  test("is refused for other engines, damaged, of another kind, or absent", () => {
    expect(() => readCampaign(folder, "other")).toThrow(/begin again in another folder/);
    expect(() => readState(join(folder, "fuzz.json"), "other")).toThrow(
      /the same blocks read other bytes now/,
    );
    file("campaign.json", "{");
    expect(() => readCampaign(folder, engines)).toThrow(/is damaged/);
    file("campaign.json", readFileSync(join(folder, "fuzz.json"), "utf8"));
    expect(() => readCampaign(folder, engines)).toThrow(/not a campaign of this version/);
    expect(() => readCampaign(join(folder, "nowhere"), engines)).toThrow(/leave out --resume/);
  });
});

test("the program answers wrong usage with 2 and says what it expected", { timeout: 120_000 }, () => {
  const main = new URL("../src/main.ts", import.meta.url).pathname;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "--conditions=@eunomia/source", main, ...args], {
      encoding: "utf8",
    });
  const wrong = run("check", "--memory", "lots");
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringContaining("expected a size such as 512M or 4G"),
  ]);
  const help = run("--help");
  expect([help.status, help.stdout]).toEqual([0, expect.stringContaining("Exit codes: 0 nothing wrong")]);
});

test("a command line can be copied as it stands", () => {
  expect(invocation(["replay", "runs/a b.jsonl"])).toMatch(/replay 'runs\/a b\.jsonl'$/);
});

test("a search stops before the heap of its process is full, and says what to do", () => {
  expect(fullHeap(3 * 2 ** 30, 4 * 2 ** 30)).toBeUndefined();
  expect(fullHeap(3.3 * 2 ** 30, 4 * 2 ** 30)).toBe(
    "memory: the heap of 4096 MiB is nearly full; NODE_OPTIONS=--max-old-space-size=8192 gives more",
  );
});

test("a search goes on from its checkpoint, and from none of other engines or of another model", async () => {
  const checkpoint = join(folder, "checkpoint");
  const cut = { ...job, threads: 2, checkpoint, states: 1000 };
  expect((await checkModel(cut)).report.truncated).not.toBeNull();
  const resumed = { ...cut, states: null, resume: true };
  expect((await checkModel(resumed)).report.states).toBe((await checkModel(job)).report.states);
  await expect(checkModel({ ...resumed, engines: "0" })).rejects.toThrow(/engines/);
  const other = modelNamed("paxos/1a-crash-leader");
  await expect(checkModel({ ...resumed, model: other.name, params: other.params })).rejects.toThrow(
    /expected/,
  );
  await expect(checkModel({ ...resumed, mode: "dfs" })).rejects.toThrow(/breadth-first search, not for dfs/);
}, 60_000);
