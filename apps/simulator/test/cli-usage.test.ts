import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommanderError } from "commander";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { engineHash } from "../src/cli/engine-hash.ts";
import { servePage } from "../src/cli/explore/server.ts";
import { freshState, writeState } from "../src/cli/fuzz/campaign.ts";
import { simulatorProgram } from "../src/cli/program.ts";
import { readCampaign } from "../src/cli/run/state.ts";

const folder = mkdtempSync(join(tmpdir(), "usage-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});
const engines = engineHash();
/** A place in which no folder can be made. */
const file = join(folder, "file");
writeFileSync(file, "");
const nowhere = join(file, "out");

/** Runs one command line in this process; answers the exit code and what it says on either stream. */
async function called(args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  for (const name of ["log", "error"] as const)
    vi.spyOn(console, name).mockImplementation((line) => void said.push(String(line)));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const program = simulatorProgram((end) => {
    throw end;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return { code: Number(process.exitCode), said: said.join("\n") };
  } catch (error) {
    return { code: (error as CommanderError).exitCode === 0 ? 0 : 2, said: said.join("\n") };
  }
}

const commands = [
  "run",
  "twins",
  "check",
  "replay x",
  "shrink x",
  "explore",
  "mutants",
  "periods",
  "fuzz",
  "proof",
];
const rows: readonly (readonly [string, RegExp])[] = [
  ["dance", /unknown command 'dance'/],
  ...commands.map((command) => [`${command} --louder`, /unknown option '--louder'/] as const),
  ...["run", "check", "mutants", "periods", "fuzz", "proof"].map(
    (command) => [`${command} --workers 0`, /--workers <n>.* expected a positive integer, got "0"/] as const,
  ),
  ["run --count -5", /--count <n>.* expected a positive integer, got "-5"/],
  ["run --count many", /got "many"/],
  ["run --time 0s", /--time <t>.* expected a time such as 90s, 10m or 2h, got "0s"/],
  ["run --time -3m", /expected a time/],
  ["run --virtual soon", /expected a time/],
  ["run --max-steps 0", /--max-steps <n>.* expected a positive integer/],
  ["run --twice -1", /--twice <n>.* expected an integer from 0/],
  ["run --floor lots", /--floor <percent>.* expected an integer from 0/],
  ["run --shrink 1.5", /--shrink <n>.* expected an integer from 0 on, got "1.5"/],
  ["run --profile sunny", /Allowed choices are swarm/],
  ["run --byzantine politics", /Allowed choices are/],
  ["run --byzantine-nodes 2", /add --byzantine <strategy>/],
  [
    "run raft",
    /there is no system "raft"; choose among paxos, two-thirds, two-thirds-byzantine, hetero-paxos, aneris/,
  ],
  ["run --mutant paxos/acceptor/sings", /there is no mutant .*; choose among .*; mutants --list prints all/],
  ["run --resume", /name it: --folder <folder>/],
  [`run --count 1 --out ${nowhere}`, /cannot write .*out \(ENOTDIR\); name a place where you may write/],
  [`run --count 1 --folder ${nowhere}`, /cannot write .*out \(ENOTDIR\)/],
  ["check paxos/9a", /there is no model "paxos\/9a"; choose among .*; check --list prints all/],
  ["check --tier weekly", /choose among pull, main, nightly, endless/],
  ["check --memory lots", /--memory <size>.* expected a size such as 512M or 4G, got "lots"/],
  ["check --memory -1", /expected a size/],
  ["check --states 0", /--states <n>.* expected a positive integer/],
  ["check --depth -1", /--depth <n>.* expected a positive integer/],
  ["check --mode sideways", /Allowed choices are bfs, dfs, walk/],
  ["check golden/3a2p --mode dfs --depth 3", /"depth" expected the mode "bfs", got "dfs"/],
  ["check golden/3a2p --reduce magic", /there is no reduction "magic"; choose among inert/],
  ["check golden/3a2p --set acceptors", /write name=value/],
  ["check golden/3a2p --set acceptors=1000000000", /cannot be 1000000000; .* go up to 64/],
  ["check golden/3a2p --set voters=3", /golden\/3a2p has no parameter "voters"; choose among .*acceptors/],
  ["check golden/3a2p --memory 1000", /"memory" expected room for .*; give more/],
  ["check golden/3a2p --mutant paxos/leader/q1-one-short", /is one of paxos; name a model of paxos/],
  ["check golden/3a2p --resume", /name its folder: --checkpoint <folder>/],
  [`check golden/3a2p --out ${nowhere}`, /cannot write .*out \(ENOTDIR\)/],
  ["check --eventually x", /name one: check <model> --eventually <witness>/],
  ["check golden/3a2p --eventually x", /has no witness "x"; choose among "decides 0", "decides 1"/],
  ["check golden/3a2p --eventually x --inputs can", /Allowed choices are must, may/],
  ["check golden/3a2p --eventually x --mode dfs", /leave --mode and --depth out/],
  ["check golden/3a2p --eventually x --workers 2", /leave --workers and --checkpoint out/],
  ["replay", /missing required argument 'file'/],
  ["replay absent.jsonl", /cannot read absent.jsonl \(ENOENT\); name a replay file/],
  [`replay ${folder}`, /cannot read .* \(EISDIR\)/],
  [`replay ${file}`, /expected JSON lines as `run` and `check` write them/],
  ["replay x --as-test --svg", /cannot be used with option/],
  [`shrink ${folder}`, /cannot read .* \(EISDIR\)/],
  ["shrink x --replays 0", /--replays <n>.* expected a positive integer/],
  ["explore --port 70000", /--port <n>.* expected a port from 0 to 65535, got "70000"/],
  ["explore --port door", /expected a port/],
  [`explore ${file}`, /expected JSON lines/],
  ["mutants --only sings", /no mutant contains "sings"; see them with --list/],
  [`mutants --resume --out ${folder}`, /leave out --resume to begin/],
  [`mutants --only paxos --out ${nowhere}`, /cannot write .*out \(ENOTDIR\)/],
  ["periods paxos/9a", /there is no scope "paxos\/9a"; choose among paxos/],
  [`periods paxos/3a1l --out ${nowhere}`, /cannot write .*out \(ENOTDIR\)/],
  ["fuzz --resume", /name its file: --state <file>/],
  ["fuzz --seed -1", /--seed <n>.* expected an integer from 0/],
  [`fuzz --count 1 --state ${join(nowhere, "state")}`, /cannot write .*state \(ENOTDIR\)/],
  ["proof --time never", /--time <t>.* expected a time/],
];

test.each(rows)(
  "%s: exit code 2, what was wrong and what to do, no stack",
  { timeout: 60_000 },
  async (line, says) => {
    const { code, said } = await called(line.split(" "));
    expect(code).toBe(2);
    expect(said).toMatch(says);
    expect(said).not.toMatch(/^ {4}at /m);
    expect(said.length).toBeLessThan(1200);
  },
);

describe("what has cost hours is not written over", () => {
  test("a campaign in the folder, a fuzz campaign in the file", async () => {
    const held = join(folder, "campaign.json");
    writeFileSync(held, "{}");
    expect((await called(["run", "--folder", folder])).said).toMatch(
      /holds a campaign already; go on with it/,
    );
    const state = join(folder, "fuzz.json");
    writeState(state, freshState(engines, 1, ""));
    expect((await called(["fuzz", "--state", state])).said).toMatch(/is there already; go on with it/);
  });
  test("states that are damaged are refused, whatever in them is", async () => {
    const broken: readonly unknown[] = [null, 3, [], { v: 2, kind: "simulate", engines }];
    for (const value of broken) {
      writeFileSync(join(folder, "campaign.json"), JSON.stringify(value));
      expect(() => readCampaign(folder, engines)).toThrow(/damaged|not a campaign of this version/);
      writeFileSync(join(folder, "fuzz.json"), JSON.stringify(value));
      const { code, said } = await called(["fuzz", "--resume", "--state", join(folder, "fuzz.json")]);
      expect([code, said]).toEqual([2, expect.stringMatching(/damaged|not the state/)]);
      writeFileSync(join(folder, "mutants.json"), JSON.stringify(value));
      expect((await called(["mutants", "--resume", "--out", folder])).said).toMatch(/damaged|other engines/);
    }
  });
});

test("a port that somebody has is refused", async () => {
  const other = createServer();
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
  const { port } = other.address() as { port: number };
  await expect(servePage({ page: "", replay: null }, port)).rejects.toThrow(
    /EADDRINUSE.*give another --port/,
  );
  await new Promise((closed) => other.close(closed));
});

test("liveness by fair cycles has honest verdicts", { timeout: 120_000 }, async () => {
  const check = (...args: string[]) => called(["check", ...args, "--out", join(folder, "runs")]);
  const something = ["--eventually", "decides 0", "--eventually", "decides 1"];
  const holds = await check("golden/3a2p", "--set", "acceptors=2", ...something);
  expect([holds.code, holds.said]).toEqual([
    0,
    expect.stringMatching(/eventually decides 0 or decides 1: holds/),
  ]);
  const violated = await check("golden/3a2p", "--set", "acceptors=2", "--eventually", "decides 0");
  expect([violated.code, violated.said]).toEqual([1, expect.stringMatching(/violated[\s\S]*for ever:/)]);
  const nobody = await check("golden/3a2p", "--set", "acceptors=2", "--inputs", "may", ...something);
  expect([nobody.code, nobody.said]).toEqual([1, expect.stringMatching(/stays for ever in one state/)]);
  const timers = await check("paxos/2a2b-flexible", "--eventually", "l0 decides v0");
  expect([timers.code, timers.said]).toEqual([
    1,
    expect.stringMatching(/unknown[\s\S]*`periods` is the command/),
  ]);
});
