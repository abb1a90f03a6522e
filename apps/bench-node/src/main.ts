#!/usr/bin/env node
import { Command } from "commander";
import { runNode } from "./node/process.ts";

const program = new Command("eunomia-bench").description("Ordered broadcast over consensus protocols that are swapped while it runs");

program
  .command("node")
  .description("run one node of a cluster until SIGTERM")
  .requiredOption("--config <file>", "cluster configuration, the same at every node")
  .requiredOption("--secrets <file>", "secrets of the cluster")
  .requiredOption("--id <id>", "which node of the configuration this is")
  .requiredOption("--data <directory>", "where journal and log are kept")
  .option("--trace <file>", "append broadcast events, one JSON object a line")
  .action(runNode);

await program.parseAsync();
