import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { againInNamespaces, inNamespaces } from "../../soak/namespaces.ts";
import { soakText } from "../../soak/report.ts";
import { soakPage } from "../../soak/report-page.ts";
import { soak } from "../../soak/soak.ts";
import { exits, guarded } from "../exits.ts";
import { groups, integer, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";

interface Given {
  readonly minutes: number;
  readonly rounds?: number;
  readonly seed?: number;
  readonly rate: number;
  readonly valueBytes: number;
  readonly directory?: string;
  readonly namespaces: boolean;
  readonly json: boolean;
}

const someMinutes = (text: string): number => {
  const value = Number(text);
  if (value > 0 && value <= 10_000) return value;
  throw new InvalidArgumentError(`expected minutes, more than 0, got "${text}"`);
};

const folderName = (): string =>
  join("runs", `soak-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`);

/** Runs it here, or once more where network and mounts are its own. Answers the exit code. */
async function perform(given: Given): Promise<number> {
  let pretended = "as --no-namespaces says";
  if (given.namespaces && !inNamespaces()) {
    const again = await againInNamespaces();
    if ("exit" in again) return again.exit;
    pretended = again.not;
  }
  const output = outputOf(given.json);
  const directory = resolve(given.directory ?? folderName());
  const { rate, valueBytes, rounds, minutes } = given;
  const seed = given.seed ?? randomInt(2 ** 31);
  output.note(`seed ${seed}; everything goes to ${directory}`);
  const report = await soak({
    length: rounds === undefined ? { seconds: minutes * 60 } : { rounds },
    seed,
    directory,
    rate,
    valueBytes,
    pretended,
    say: output.note,
  });
  const text = soakText(report);
  writeFileSync(join(directory, "report.json"), `${JSON.stringify(report)}\n`);
  writeFileSync(join(directory, "report.txt"), `${text}\n`);
  writeFileSync(join(directory, "report.html"), soakPage(report));
  const { course, lives, storedCourse, ...short } = report;
  output.result(text, short);
  return report.verdict === "ok" ? exits.done : exits.refused;
}

/** `soak`: a cluster on this machine under one trouble after the other. */
export const soakCommand = (): Command =>
  withExamples(
    new Command("soak")
      .helpGroup(groups.run)
      .description(
        "run a cluster under kills, cuts, full disks, swaps and replacements, and judge what it did",
      )
      .option("--minutes <n>", "how long", someMinutes, 30)
      .option("--rounds <n>", "instead of that: so many rounds of short troubles", integer(1, 1000))
      .option(
        "--seed <n>",
        "which troubles, whom and when (default: drawn, and printed)",
        integer(0, 2 ** 32 - 1),
      )
      .option("--rate <n>", "values written per second", integer(1, 100_000), 200)
      .option("--value-bytes <n>", "their mean size", integer(1, 65_536), 2048)
      .option("--directory <path>", "where report, traces, logs and data go (default: a new folder in runs)")
      .option("--no-namespaces", "pretend cuts and full disks inside of the nodes")
      .option("--json", "print the report as JSON", false),
    [
      ["eunomia soak", "half an hour"],
      ["eunomia soak --rounds 1 --seed 7", "every trouble once, some half a minute"],
    ],
    [
      "Every round holds each trouble once: kill, two kills, pause, full and slow disk, isolation, one-way cut, split, slow",
      "network, clock jump, swap, replacement. Memory and descriptors are judged from five minutes on.",
    ].join("\n"),
  ).action(
    guarded(async (given: Given) => {
      process.exitCode = await perform(given);
    }),
  );
