#!/usr/bin/env node
import { isMainThread } from "node:worker_threads";
import { Command } from "commander";
import { addCheck } from "./cli/commands/check.ts";
import { addExplore } from "./cli/commands/explore.ts";
import { addFuzz } from "./cli/commands/fuzz.ts";
import { addMutants } from "./cli/commands/mutants.ts";
import { addPeriods } from "./cli/commands/periods.ts";
import { addProof } from "./cli/commands/proof.ts";
import { addReplay } from "./cli/commands/replay.ts";
import { addRun } from "./cli/commands/run.ts";
import { addShrink } from "./cli/commands/shrink.ts";
import { addTwins } from "./cli/commands/twins.ts";
import { addWorker } from "./cli/commands/worker.ts";

/** Wrong usage is a command that could not be carried through, not one that found something. */
const program = new Command("eunomia-simulator")
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
  .description(
    "Breaks consensus protocols before users do: seeded simulation, model checking, replay, and the explorer page",
  )
  .addHelpText(
    "after",
    `
Exit codes: 0 nothing wrong; 1 something is violated, vacuous or unknown; 2 could not be carried through.`,
  );

for (const add of [
  addRun,
  addTwins,
  addCheck,
  addReplay,
  addShrink,
  addExplore,
  addMutants,
  addPeriods,
  addFuzz,
  addProof,
  addWorker,
])
  add(program);

// Threads of the checker load this file for the models in it.
export { loadedModel } from "./cli/check/job.ts";

if (isMainThread) await program.parseAsync();
