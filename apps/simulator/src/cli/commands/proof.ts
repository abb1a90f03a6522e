import type { Command } from "commander";
import { checkCommand } from "../check/command.ts";
import { fuzz } from "../fuzz/command.ts";
import { allWorkers, duration, positiveInteger } from "../options.ts";
import { runCommand } from "../run/command.ts";
import { guarded } from "./guarded.ts";

interface Given {
  readonly seed: string;
  readonly time: number;
  readonly workers: number;
  readonly out: string;
}

/** The smallest scopes of every model, clusters for a while, and some bytes for every decoder. */
async function proof({ seed, time, workers, out }: Given): Promise<number> {
  const common = { workers, out, json: false, mutant: null };
  console.log("models of the tier pull");
  const checked = await checkCommand([], {
    ...common,
    tier: "pull",
    list: false,
    set: [],
    mode: "bfs",
    memory: 2 ** 30,
    states: null,
    depth: null,
    walks: 1,
    steps: 1,
    seed: 1,
    reduce: null,
    checkpoint: null,
    everyMs: 0,
    resume: false,
    eventually: [],
    inputs: "must",
  });
  console.log("\nsimulated clusters");
  const simulated = await runCommand([], {
    ...common,
    seed,
    count: null,
    seconds: time,
    least: 12,
    profile: "swarm",
    virtualMs: 10_000,
    maxSteps: 200_000,
    byzantine: null,
    twiceEvery: 50,
    floor: 0.05,
    feedback: false,
    keepGoing: false,
    shrink: 200,
    folder: null,
    resume: false,
  });
  console.log("\ndecoders");
  const fuzzed = await fuzz({
    seed: 1,
    count: null,
    seconds: Math.max(1, time / 12),
    only: "",
    workers,
    state: null,
    resume: false,
    json: false,
    list: false,
  });
  return Math.max(checked, simulated, fuzzed);
}

export function addProof(program: Command): void {
  program
    .command("proof")
    .description(
      "what every change must pass, in about 90 s on two processors: smallest scopes, simulation, decoders",
    )
    .option("--seed <text>", "of the simulated clusters", "1")
    .option("--time <t>", "of the simulation", duration, 60)
    .option("--workers <n>", "processes", positiveInteger, allWorkers())
    .option("--out <folder>", "where reports and failures go", "runs")
    .action(guarded(proof));
}
