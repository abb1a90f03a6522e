import { Command } from "commander";
import { calibrateCommand } from "./commands/calibrate.ts";
import { checkCommand } from "./commands/check.ts";
import { explainCommand } from "./commands/explain.ts";
import { optimizeCommand } from "./commands/optimize.ts";

/** The whole program, to be parsed once. Wrong usage is something that could not be carried out, not a verdict. */
export function policy(end: (code: number) => never = (code) => process.exit(code)): Command {
  const program = new Command("eunomia-policy")
    .exitOverride((error) => end(error.exitCode === 0 ? 0 : 2))
    .description("Deployment policies: who authenticates, keeps evidence of and spreads which statements how")
    .addHelpText(
      "after",
      `
Exit codes: 0 accepted, or found; 1 rejected, or no choice keeps all limits; 2 could not be carried out.`,
    );
  for (const command of [checkCommand, explainCommand, optimizeCommand, calibrateCommand])
    program.addCommand(command().copyInheritedSettings(program));
  return program;
}
