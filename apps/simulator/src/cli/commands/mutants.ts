import type { Command } from "commander";
import { type MutantsCommand, mutantsCommand } from "../mutants/command.ts";
import { allWorkers, positiveInteger } from "../options.ts";
import { guarded } from "./guarded.ts";

export function addMutants(program: Command): void {
  program
    .command("mutants")
    .description("break every rule of every engine, one at a time, and see which tool notices")
    .option("--only <text>", "mutants whose name contains this", "")
    .option("--list", "print the mutants", false)
    .option("--workers <n>", "mutants at the same time", positiveInteger, allWorkers())
    .option("--resume", "leave out those that are already in the results", false)
    .option("--out <folder>", "where the results go", "runs")
    .option("--json", "print the results as JSON", false)
    .addHelpText(
      "after",
      `
The cheapest tools come first. A mutant that survives is a missing test, and makes the exit code 1; equivalent mutants, which
change nothing that is promised, must survive.

Examples:
  mutants --only paxos/acceptor
  mutants --resume`,
    )
    .action(guarded((options: MutantsCommand) => mutantsCommand(options)));
}
