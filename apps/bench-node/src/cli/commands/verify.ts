import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatJudgement, type Judgement, judge } from "@eunomia/trace";
import { readTrace } from "@eunomia/trace/file";
import { Command } from "commander";
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

/** What cannot be judged without the traces of those who broadcast: whether what was delivered was broadcast, and all of it delivered. */
const ofClients = ["P1", "P4"];

/** The verdicts that the traces bear. */
function borne(judgement: Judgement): Judgement {
  if (judgement.counts.commands + judgement.counts.controls > 0) return judgement;
  const verdicts = judgement.verdicts.filter(
    ({ property }) => !ofClients.some((name) => property.startsWith(name)),
  );
  return { ...judgement, verdicts, ok: verdicts.every(({ kind }) => kind === "ok") };
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
      "1: a property is violated, or nothing was delivered.",
    ].join("\n"),
  ).action(
    guarded(async (paths: readonly string[], { fifo, complete, json }: Given) => {
      const files = traceFiles(paths);
      const judgement = borne(
        await judge(
          files.map((file) => readTrace(file)),
          { fifo, recoverCovers: true },
        ),
      );
      const empty = judgement.counts.deliveries === 0;
      const of = (kind: string): string[] =>
        judgement.verdicts.filter((verdict) => verdict.kind === kind).map(({ property }) => property);
      const [violated, pending] = [of("violated"), of("pending")];
      const good = violated.length === 0 && !empty && (pending.length === 0 || !complete);
      const why = empty
        ? "Nothing was delivered in these traces, so nothing was judged."
        : violated.length > 0
          ? `Violated: ${violated.join(", ")}.`
          : pending.length > 0
            ? `Nothing is violated. Not fulfilled when the traces end: ${pending.join(", ")}; a node that left or was stopped early has not got everything.`
            : "All that was judged holds.";
      outputOf(json).result(`${formatJudgement(judgement)}${why}`, { ...judgement, ok: good, files });
      process.exitCode = good ? exits.done : exits.refused;
    }),
  );
