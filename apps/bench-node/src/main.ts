#!/usr/bin/env node
import { formatReplay } from "@eunomia/trace";
import { Command } from "commander";
import { benchCommand } from "./bench/command.ts";
import { doctorCommand } from "./cli/commands/doctor.ts";
import { initCommand } from "./cli/commands/init.ts";
import { joinCommand } from "./cli/commands/join.ts";
import { restoreCommand } from "./cli/commands/restore.ts";
import { rotateCommand } from "./cli/commands/rotate.ts";
import { startCommand } from "./cli/commands/start.ts";
import { defaultDirectory, defaultInput, run } from "./demo/run.ts";
import { readClusterConfig } from "./node/config.ts";
import { runNode } from "./node/process.ts";
import { replayTrace } from "./node/replay.ts";

/** Wrong usage is a run that could not be carried through, not one that failed its verdict. */
const program = new Command("eunomia")
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
  .description("Ordered broadcast over consensus protocols that are swapped while it runs");

program
  .command("node", { hidden: true })
  .description("run one node of a cluster until SIGTERM")
  .requiredOption("--config <file>", "cluster configuration, the same at every node")
  .option("--secrets <file>", "secrets that the whole cluster shares, only its owner may read them")
  .option("--tls <folder>", "instead of secrets: key.pem, cert.pem, ca.pem; read again on SIGHUP")
  .requiredOption("--id <id>", "which node of the configuration this is")
  .requiredOption("--data <directory>", "where journal and log are kept")
  .option("--trace <file>", "append broadcast events, one JSON object a line")
  .option("--trace-engines <file>", "append every step of every engine, for `replay`")
  .action(runNode);

program
  .command("replay")
  .description("take the steps of a node again that --trace-engines wrote, and compare what came of them")
  .argument("<file>", "what the node wrote")
  .requiredOption("--config <file>", "cluster configuration, as the node had it")
  .requiredOption("--id <id>", "which node of the configuration wrote it")
  .action(async (file: string, { config, id }: { config: string; id: string }) => {
    try {
      const report = await replayTrace(readClusterConfig(config), id, file);
      console.log(formatReplay(report));
      // A life that was killed has no end: nothing contradicts, and nothing more can be said.
      process.exitCode = report.difference === null ? 0 : 1;
    } catch (error) {
      console.error(`error: ${(error as Error).message}`);
      process.exitCode = 2;
    }
  });

program
  .command("run", { isDefault: true })
  .description("broadcast every line of a file over four processes while replicas die and protocols change")
  .argument("[file]", "what to broadcast; - for standard input", defaultInput)
  .option("--seconds <n>", "hand the input in over at least so many seconds", Number, 12)
  .option("--directory <path>", "where outputs, traces and logs go (default: a new folder in runs)")
  .option("--json", "print the report as JSON", false)
  .action(
    async (
      input: string,
      { seconds, directory, json }: { seconds: number; directory?: string; json: boolean },
    ) => {
      if (!(seconds > 0)) program.error(`error: --seconds expected a positive number, got ${seconds}`);
      try {
        const report = await run({ input, seconds, directory: directory ?? defaultDirectory(), json });
        process.exitCode = report.verdict === "ok" ? 0 : 1;
      } catch (error) {
        console.error(`error: ${(error as Error).message}`);
        process.exitCode = 2;
      }
    },
  );

program.addCommand(initCommand());
program.addCommand(joinCommand());
program.addCommand(restoreCommand());
program.addCommand(rotateCommand());
program.addCommand(doctorCommand());
program.addCommand(startCommand());
program.addCommand(benchCommand());

await program.parseAsync();
