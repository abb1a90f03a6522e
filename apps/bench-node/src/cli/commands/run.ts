import { existsSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { defaultDirectory, defaultInput, run } from "../../demo/run.ts";
import { CliError, exits, guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";

const positive = (text: string): number => {
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError(`expected a positive number, got ${text}`);
};

/** `run`: a cluster on this machine that is killed, swapped and judged. */
export const runCommand = (): Command =>
  withExamples(
    new Command("run")
      .helpGroup(groups.run)
      .description(
        "broadcast every line of a file over four processes while replicas die and protocols change",
      )
      .argument("[file]", "what to broadcast; - for standard input", defaultInput)
      .option("--seconds <n>", "hand the input in over at least so many seconds", positive, 12)
      .option("--directory <path>", "where outputs, traces and logs go (default: a new folder in runs)")
      .option("--json", "print the report as JSON", false),
    [
      ["eunomia run", "the words that come with the program"],
      ["seq 1000 | eunomia run - --seconds 30", "what standard input has"],
    ],
  ).action(
    guarded(
      async (
        input: string,
        { seconds, directory, json }: { seconds: number; directory?: string; json: boolean },
      ) => {
        if (input !== "-" && !existsSync(input))
          throw new CliError(
            "no-input",
            `expected a command (see \`eunomia --help\`) or a file to broadcast, got "${input}"`,
          );
        const report = await run({ input, seconds, directory: directory ?? defaultDirectory(), json }).catch(
          (error: Error) => {
            throw new CliError("run", error.message);
          },
        );
        process.exitCode = report.verdict === "ok" ? exits.done : exits.refused;
      },
    ),
  );
