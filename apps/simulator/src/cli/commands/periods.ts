import type { Command } from "commander";
import { allWorkers, memory, positiveInteger } from "../options.ts";
import { type PeriodsCommand, periodsCommand } from "../periods/command.ts";
import { guarded } from "./guarded.ts";

export function addPeriods(program: Command): void {
  program
    .command("periods")
    .description(
      "how many synchronous periods are enough to decide, from every state of a scope, and which start needs them",
    )
    .argument("[scopes...]", "e.g. paxos/3a2l; none: all")
    .option("--states <n>", "start from so many states at most; then the answer is sampled", positiveInteger)
    .option("--memory <size>", "for states and tables, e.g. 512M, 4G", memory, 2 ** 31)
    .option("--workers <n>", "scopes at the same time", positiveInteger, allWorkers())
    .option("--out <folder>", "where the reports go", "runs")
    .option("--json", "print the reports as JSON", false)
    .addHelpText(
      "after",
      `
From some moment on the processes of a core are up and connected. In one period everything in flight between them arrives; if
nothing is in flight, a period lets the earliest timers fire. Nothing outside the core takes a step.

Example:
  periods paxos/3a2l         two leaders, of which one stays away in the end`,
    )
    .action(
      guarded(
        (
          names: readonly string[],
          { states, ...rest }: Omit<PeriodsCommand, "states"> & { states?: number },
        ) => periodsCommand(names, { ...rest, states: states ?? null }),
      ),
    );
}
