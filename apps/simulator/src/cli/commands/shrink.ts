import type { Command } from "commander";
import { positiveInteger } from "../options.ts";
import { shrinkCommand } from "../replay/shrink-command.ts";
import { guarded } from "./guarded.ts";

export function addShrink(program: Command): void {
  program
    .command("shrink")
    .description("make the run of a replay file smaller, while it violates the same property")
    .argument("<file>", "replay file of a simulated run")
    .option("--replays <n>", "runs spent on it", positiveInteger, 1000)
    .option("--out <folder>", "where the smaller file goes", "runs")
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
\`run\` has already spent 200 replays on it; more of them find less and less. Paths of \`check\` are shortest ones, there is
nothing to shrink about them.

Example:
  shrink runs/failure.jsonl --replays 5000`,
    )
    .action(guarded(shrinkCommand));
}
