import { Command } from "commander";
import { analyseCommand } from "./commands/analyse.ts";
import { compareCommand } from "./commands/compare.ts";
import { whatIfCommand } from "./commands/what-if.ts";

/** The whole program, to be parsed once. Wrong usage is something that could not be carried out, not a verdict. */
export function trust(end: (code: number) => never = (code) => process.exit(code)): Command {
  const program = new Command("eunomia-trust")
    .exitOverride((error) => end(error.exitCode === 0 ? 0 : 2))
    .description(
      "Who can halt, split or break what: reports of quorum systems, Stellar networks, stake and trust graphs",
    )
    .addHelpText(
      "after",
      `
Files: Stellar nodes (JSON), Cosmos or Tendermint validators (JSON), stake (CSV with a line of titles), quorum expressions
({a, b, {c, d, e} >= 2} >= 2), learner graphs (text or JSON). What a file is, is seen from its content; - is standard input.

Exit codes: 0 what was asked about holds; 1 it does not, or nobody can say within the limits; 2 could not be carried out.`,
    );
  for (const command of [analyseCommand, compareCommand, whatIfCommand])
    program.addCommand(command().copyInheritedSettings(program));
  return program;
}
