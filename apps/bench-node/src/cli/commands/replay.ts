import { formatReplay } from "@eunomia/trace";
import { Command } from "commander";
import { readClusterConfig } from "../../node/config.ts";
import { replayTrace } from "../../node/replay.ts";
import { exits, guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";

/** `replay`: the steps of a node once more. */
export const replayCommand = (): Command =>
  withExamples(
    new Command("replay")
      .helpGroup(groups.check)
      .description("take the steps of a node again that --trace-engines wrote, and compare what came of them")
      .argument("<file>", "what the node wrote")
      .requiredOption("--config <file>", "cluster configuration, as the node had it")
      .requiredOption("--id <id>", "which node of the configuration wrote it"),
    [
      [
        "eunomia replay n1.engines.jsonl --config eunomia/cluster.json --id n1",
        "written by start --trace-engines",
      ],
      ["eunomia replay runs/1/n2.engines.jsonl --config runs/1/cluster.json --id n2", "of a local cluster"],
    ],
  ).action(
    guarded(async (file: string, { config, id }: { config: string; id: string }) => {
      const report = await replayTrace(readClusterConfig(config), id, file);
      console.log(formatReplay(report));
      // A life that was killed has no end: nothing contradicts, and nothing more can be said.
      process.exitCode = report.difference === null ? exits.done : exits.refused;
    }),
  );
