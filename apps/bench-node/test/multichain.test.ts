import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { decodeBase, encodeBase } from "@eunomia/joint-slots";
import { judgeAssets } from "@eunomia/joint-slots/assets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChainLogError, provenLog } from "../src/multichain/chain-log.ts";
import { judgeRun } from "../src/multichain/judge.ts";
import { schemeOf } from "../src/multichain/keys.ts";
import type { MultichainReport } from "../src/multichain/report.ts";
import { slotsOf } from "../src/multichain/schedule.ts";
import { readSetup } from "../src/multichain/setup.ts";
import { Shell } from "./support/shell.ts";

let shell: Shell;
let directory: string;
let report: MultichainReport;
beforeAll(async () => {
  shell = await Shell.open("multichain");
  directory = join(shell.path, "run");
  const ran = await shell.run(
    ...["multichain", "--transfers", "8", "--seconds", "240", "--seed", "1"],
    ...["--directory", directory, "--json"],
  );
  expect(ran.code, ran.stderr).toBe(0);
  report = JSON.parse(ran.stdout);
}, 400_000);
afterAll(() => shell?.close());

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("assets move between two chains of processes, none is lost or doubled, and the traitor is proved guilty", () => {
  const { judgement, roles, transfers } = report;
  expect(report).toMatchObject({ verdict: "ok", troubles: [] });
  expect(transfers.length).toBeGreaterThanOrEqual(8);
  expect(judgement.assets).toMatchObject({ ok: true, minted: 8, lost: [], doubled: [], wrongClaims: [] });
  expect(judgement.assets.slots.some(({ moves }) => moves > 0)).toBe(true);
  expect(new Set(judgement.audit.convicted.map(({ signer }) => signer))).toEqual(new Set([roles.traitor]));
  const titles = report.steps.map(({ title }) => title).join("\n");
  for (const part of [`${roles.sleeper} is killed`, `${roles.sleeper} is back`, `${roles.traitor} is caught`])
    expect(titles).toContain(part);
});

test("no process is left, and the report lies there as text and as a page", () => {
  const pids = [...report.steps[0]!.title.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids.length).toBe(report.validators.length);
  expect(pids.filter(alive)).toEqual([]);
  const page = readFileSync(join(directory, "report.html"), "utf8");
  for (const part of ["Proved guilty", "Joint slots", "Judged from the logs on disk"])
    expect(page).toContain(part);
  expect(readFileSync(join(directory, "report.txt"), "utf8")).toContain("Verdict: ok");
});

test("the judge needs nothing but the folder, and refuses one in which a log or the evidence is missing", async () => {
  const setup = readSetup(directory);
  expect(await judgeRun(directory, setup)).toMatchObject({ ok: true, heights: report.judgement.heights });
  const hidden = setup.validators.map(({ id }) => join(directory, id, "evidence.jsonl"));
  for (const file of hidden) renameSync(file, `${file}.hidden`);
  expect((await judgeRun(directory, setup)).troubles).toEqual([
    `nobody can prove that ${report.roles.traitor} lied`,
  ]);
  for (const file of hidden) renameSync(`${file}.hidden`, file);
});

test("a chain that does not take what the other takes is found out", async () => {
  const setup = readSetup(directory);
  const scheme = schemeOf(setup.publicKeys);
  const id = report.roles.traitor;
  const [red, blue] = await Promise.all(
    (["red", "blue"] as const).map((chain) => provenLog(directory, setup, scheme, { id, chain })),
  );
  const config = slotsOf(setup.laws, id);
  expect(judgeAssets(config, { red: red!, blue: blue! }).ok).toBe(true);
  const deaf = blue!.map((value) => {
    const { entries } = decodeBase(value)!;
    const emptied = entries.map((entry) =>
      entry.kind === "joint" ? { ...entry, block: { moves: [], next: null } } : entry,
    );
    return encodeBase({ entries: emptied });
  });
  const verdict = judgeAssets(config, { red: red!, blue: deaf });
  expect(verdict.ok).toBe(false);
  expect(verdict.slots.some(({ split }) => split)).toBe(true);
});

test("a log whose certificates are of other keys is none", async () => {
  const setup = readSetup(directory);
  const { traitor, sleeper } = setup.roles;
  const swapped = {
    ...setup.publicKeys,
    [traitor]: setup.publicKeys[sleeper]!,
    [sleeper]: setup.publicKeys[traitor]!,
  };
  const proven = provenLog(directory, setup, schemeOf(swapped), { id: traitor, chain: "red" });
  await expect(proven).rejects.toThrow(ChainLogError);
});
