import { Command, type CommanderError } from "commander";
import { addCheck } from "./commands/check.ts";
import { addExplore } from "./commands/explore.ts";
import { addFuzz } from "./commands/fuzz.ts";
import { addMutants } from "./commands/mutants.ts";
import { addPeriods } from "./commands/periods.ts";
import { addProof } from "./commands/proof.ts";
import { addReplay } from "./commands/replay.ts";
import { addRun } from "./commands/run.ts";
import { addShrink } from "./commands/shrink.ts";
import { addTwins } from "./commands/twins.ts";
import { addWorker } from "./commands/worker.ts";

/**
 * The whole command line.
 *
 * @param end what to do when commander has said what it had to say: help, or how the usage was wrong.
 */
export function simulatorProgram(end: (error: CommanderError) => never): Command {
  const program = new Command("eunomia-simulator")
    .exitOverride(end)
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
  return program;
}
