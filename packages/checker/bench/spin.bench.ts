// Checker against Spin on actor Paxos with 4 acceptors: equal counts, CPU seconds of both, in turns. Then bytes per state on
// the largest golden count. Results go to bench/results of the repository.
//
//   npx tsx --conditions=@eunomia/source bench/spin.bench.ts [pairs]

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goldenCounts } from "@eunomia/conformance/golden";
import { check } from "../src/index.ts";
import { goldenModel } from "../test/support/golden.ts";

interface Measured {
  readonly states: number;
  readonly transitions: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

const self = fileURLToPath(import.meta.url);
const here = fileURLToPath(new URL(".", import.meta.url));

/** One search in a process of its own, with everything that a first search costs. */
function measureHere(acceptors: number, proposers: number, ignored: "consume" | "stay"): Measured {
  const resident = process.memoryUsage().rss;
  const before = process.cpuUsage();
  const { states, transitions } = check(goldenModel(acceptors, proposers, ignored));
  const { user, system } = process.cpuUsage(before);
  const residentBytes = process.memoryUsage().rss - resident;
  return { states, transitions, cpuSeconds: (user + system) / 1e6, residentBytes };
}

function measureChecker(...scope: readonly string[]): Measured {
  const out = execFileSync(process.execPath, [...process.execArgv, self, "child", ...scope], {
    encoding: "utf8",
  });
  return JSON.parse(out) as Measured;
}

const installed = (command: string): boolean => spawnSync(command, ["-h"]).error === undefined;

/** The verifier that Spin makes of the model, compiled. */
function buildSpin(folder: string): void {
  copyFileSync(join(here, "golden.pml"), join(folder, "golden.pml"));
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, stdio: "ignore" });
  run("spin", "-DN=4", "-a", "golden.pml");
  run("gcc", "-O2", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=4096", "-o", "pan", "pan.c");
}

function measureSpin(folder: string): Measured {
  const command = "./pan -m1000000 -w24; times";
  const out = execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
  const number = (pattern: RegExp) => Number(out.match(pattern)?.[1] ?? Number.NaN);
  const spent = [...out.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2);
  return {
    states: number(/(\d+) states, stored/),
    // Spin counts the way into the initial state.
    transitions: number(/(\d+) transitions/) - 1,
    cpuSeconds: spent.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0),
    residentBytes: number(/([\d.]+)\ttotal actual memory/) * 2 ** 20,
  };
}

function mustCount(who: string, { states, transitions }: Measured): void {
  const golden = goldenCounts[1].consumed;
  if (states !== golden.states || transitions !== golden.transitions)
    throw new Error(`${who} counted ${states} states and ${transitions} transitions`);
}

function main(pairs: number): void {
  if (!installed("spin") || !installed("gcc"))
    return console.log("left out: spin or gcc is missing here (Debian: apt install spin gcc)");
  const folder = mkdtempSync(join(tmpdir(), "spin-"));
  const rounds: { spin: Measured; checker: Measured }[] = [];
  try {
    buildSpin(folder);
    for (let pair = 0; pair < pairs; pair++) {
      const round = { spin: measureSpin(folder), checker: measureChecker("4", "2", "consume") };
      mustCount("spin", round.spin);
      mustCount("checker", round.checker);
      rounds.push(round);
      const rate = ({ states, cpuSeconds }: Measured) => `${Math.round(states / cpuSeconds / 1000)} k/s`;
      console.log(
        `spin ${rate(round.spin)}, checker ${rate(round.checker)}: ${(round.spin.cpuSeconds / round.checker.cpuSeconds).toFixed(2)} times spin`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const ratios = rounds
    .map(({ spin, checker }) => spin.cpuSeconds / checker.cpuSeconds)
    .sort((a, b) => a - b);
  const median = ratios[Math.floor(ratios.length / 2)]!;
  const large = measureChecker("3", "3", "stay");
  const bytesPerState = large.residentBytes / large.states;
  console.log(`median ${median.toFixed(2)} times spin's states per CPU second`);
  console.log(
    `${large.states} states of 7 components: ${bytesPerState.toFixed(1)} bytes resident each, ${large.cpuSeconds.toFixed(1)} CPU seconds`,
  );
  const date = new Date().toISOString();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: here,
    encoding: "utf8",
  }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`;
  const results = join(here, "../../../bench/results", `checker-${date.replace(/[:.]/g, "-")}.json`);
  writeFileSync(
    results,
    `${JSON.stringify({ date, commit, machine, median, rounds, large, bytesPerState }, null, 2)}\n`,
  );
}

const [first = "5", ...scope] = process.argv.slice(2);
if (first === "child")
  console.log(
    JSON.stringify(measureHere(Number(scope[0]), Number(scope[1]), scope[2] === "stay" ? "stay" : "consume")),
  );
else main(Number(first));
