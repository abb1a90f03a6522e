import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { defaultDirectory } from "../../demo/run.ts";
import { multichainText } from "../../multichain/report.ts";
import { multichainPage } from "../../multichain/report-page.ts";
import { multichain } from "../../multichain/run.ts";
import { exits, guarded } from "../exits.ts";
import { groups, integer, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";

interface Given {
  readonly transfers: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly break: boolean;
  readonly directory?: string;
  readonly json: boolean;
}

/** `multichain`: two chains on this machine that share validators, and assets that move between them. */
export const multichainCommand = (): Command =>
  withExamples(
    new Command("multichain")
      .helpGroup(groups.run)
      .description(
        "move assets between two chains of real processes while one validator lies and one is killed",
      )
      .option("--transfers <n>", "so many transfers, to and fro", integer(1, 10_000), 24)
      .option("--seconds <n>", "give up after so long", integer(1, 3600), 30)
      .option(
        "--seed <n>",
        "who has what at stake, and who lies (default: drawn, and printed)",
        integer(0, 2 ** 32 - 1),
      )
      .option("--break", "have blue believe that nothing moves: the judge must find out", false)
      .option(
        "--directory <path>",
        "where keys, journals, logs and the report go (default: a new folder in runs)",
      )
      .option("--json", "print the report as JSON", false),
    [
      ["eunomia multichain", "eleven validators, five of them on both chains"],
      ["eunomia multichain --seed 7 --transfers 100 --seconds 120", "longer"],
      ["eunomia multichain --break", "exits with 1: assets are lost"],
    ],
  ).action(
    guarded(async (given: Given) => {
      const output = outputOf(given.json);
      const directory = resolve(given.directory ?? defaultDirectory());
      const seed = given.seed ?? randomInt(2 ** 32);
      output.note(`seed ${seed}; everything goes to ${directory}`);
      const { transfers, seconds } = given;
      const report = await multichain({
        transfers,
        seconds,
        seed,
        broken: given.break,
        directory,
        say: output.note,
      });
      const text = multichainText(report);
      writeFileSync(join(directory, "report.json"), `${JSON.stringify(report)}\n`);
      writeFileSync(join(directory, "report.txt"), `${text}\n`);
      writeFileSync(join(directory, "report.html"), multichainPage(report));
      output.result(text, report);
      process.exitCode = report.verdict === "ok" ? exits.done : exits.refused;
    }),
  );
