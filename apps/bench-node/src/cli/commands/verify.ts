import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { formatVerified, verifyTraces } from "../../verify/verify.ts";
import { CliError, exits, guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";

interface Given {
  readonly fifo: boolean;
  readonly complete: boolean;
  readonly json: boolean;
}

/** Files as they are named, and in folders those that end in .trace.jsonl. @throws CliError `no-trace`. */
function traceFiles(paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => {
    if (!existsSync(path))
      throw new CliError("no-trace", `${path}: expected a trace or a folder of traces, got nothing`);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith(".trace.jsonl"))
      .sort()
      .map((name) => join(path, name));
  });
  if (files.length > 0) return files;
  throw new CliError(
    "no-trace",
    `expected traces (NAME.trace.jsonl) in ${paths.join(", ")}, got none: nodes write them with \`eunomia start --trace\``,
  );
}

/** `verify`: was it one order? */
export const verifyCommand = (): Command =>
  withExamples(
    new Command("verify")
      .helpGroup(groups.check)
      .description("judge the properties of ordered broadcast from the traces of a cluster that has stopped")
      .argument("<traces...>", "files, or folders with NAME.trace.jsonl")
      .option("--fifo", "the cluster executes the commands of a session in the order of their numbers", false)
      .option("--complete", "fail also when something was still to come when the traces end", false)
      .option("--json", "print results as JSON, a line each", false),
    [
      ["eunomia verify n1.trace.jsonl n2.trace.jsonl n3.trace.jsonl", "written by start --trace"],
      ["eunomia verify runs/latest --fifo", "all traces of a folder, of clients and subscribers too"],
    ],
    [
      "Without traces of clients P1 validity and P4 termination cannot be judged, and are left out.",
      "1: a property is violated, and by which lines; or nothing was delivered.",
    ].join("\n"),
  ).action(
    guarded(async (paths: readonly string[], { fifo, complete, json }: Given) => {
      const files = traceFiles(paths);
      const verified = await verifyTraces(files, { fifo, complete });
      outputOf(json).result(formatVerified(verified), verified);
      process.exitCode = verified.ok ? exits.done : exits.refused;
    }),
  );
