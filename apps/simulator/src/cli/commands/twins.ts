import { type Command, Option } from "commander";
import { twinsProtocols } from "../../protocols/twins.ts";
import { positiveInteger, wholeNumber } from "../options.ts";
import { type TwinsCommand, twinsCommand } from "../twins/command.ts";
import { guarded } from "./guarded.ts";

interface Given extends Omit<TwinsCommand, "scenarios" | "mutant" | "scenario"> {
  readonly scenarios?: number;
  readonly mutant?: string;
  readonly scenario?: string;
}

export function addTwins(program: Command): void {
  program
    .command("twins")
    .description(
      "nodes that run twice under one identity, in every scenario of partitions, leaders and rounds",
    )
    .argument("[protocol]", twinsProtocols.join(" or "), "two-thirds")
    .option("--twins <n>", "so many nodes run twice; 0: partitions alone", wholeNumber, 1)
    .option("--rounds <n>", "rounds, each with its own partition and leader", positiveInteger, 2)
    .option("--partitions <n>", "blocks of a partition at most", positiveInteger, 2)
    .option("--timeouts <n>", "so often in each round every timer fires", wholeNumber, 1)
    .option("--scenarios <n>", "draw so many of them [go through all]", positiveInteger)
    .option("--seed <text>", "of those that are drawn", "1")
    .option("--mutant <name>", "break one rule of an engine first")
    .addOption(
      new Option("--scenario <name>", "this one alone, step by step").conflicts(["scenarios", "seed"]),
    )
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Engines alone, in rounds: who leads offers its value, messages arrive in order, those to another block are lost. Scenarios that
differ by the names of nodes that are alike, or of the copies of one, are gone through once.

Protocols for crash faults promise nothing for twins: what they break is told, and the exit code is 0. Without twins (--twins 0),
with a protocol that bears so many, agreement must hold, and the exit code is 1 if it does not.

Examples:
  twins two-thirds                                 one member of four
  twins two-thirds --twins 2                       two of four split it
  twins paxos --rounds 3 --scenarios 20000 --seed 7
  twins two-thirds --twins 0 --mutant two-thirds/member/e-one-short`,
    )
    .action(
      guarded((protocol: string, { scenarios, mutant, scenario, ...rest }: Given) =>
        twinsCommand(protocol, {
          ...rest,
          scenarios: scenarios ?? null,
          mutant: mutant ?? null,
          scenario: scenario ?? null,
        }),
      ),
    );
}
