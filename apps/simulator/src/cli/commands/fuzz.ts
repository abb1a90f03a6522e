import type { Command } from "commander";
import { type FuzzOptions, fuzz } from "../fuzz/command.ts";
import { allWorkers, duration, positiveInteger, wholeNumber } from "../options.ts";
import { guarded } from "./guarded.ts";

interface Given extends Omit<FuzzOptions, "seconds" | "count" | "state"> {
  readonly time?: number;
  readonly count?: number;
  readonly state?: string;
}

export function addFuzz(program: Command): void {
  program
    .command("fuzz")
    .description("feed damaged, almost right and random bytes to every decoder and reader")
    .option("--seed <n>", "the same seed gives the same inputs", wholeNumber, 1)
    .option("--count <n>", "stop after so many inputs", positiveInteger)
    .option("--time <t>", "stop after so long, e.g. 90s, 10m, 2h [10s if there is no count]", duration)
    .option("--only <text>", "readers whose name contains this", "")
    .option("--workers <n>", "processes", positiveInteger, allWorkers())
    .option("--state <file>", "keep the state of a long campaign there")
    .option("--resume", "go on from the state", false)
    .option("--list", "print the names of the readers", false)
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
A reader must throw nothing, and accept canonical bytes only: what it read encodes to what it was given.

Examples:
  fuzz                                          ten seconds on all processors
  fuzz --only paxos --count 1000000 --seed 7    a million inputs for the schemas of Paxos
  fuzz --time 2h --state fuzz.json              a long campaign ...
  fuzz --time 2h --state fuzz.json --resume     ... goes on where it stopped`,
    )
    .action(
      guarded(({ time, count, state, ...rest }: Given) =>
        fuzz({
          ...rest,
          count: count ?? null,
          seconds: time ?? (count === undefined ? 10 : null),
          state: state ?? null,
        }),
      ),
    );
}
