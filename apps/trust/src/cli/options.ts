import { moreThan, type StakeRule } from "@eunomia/quorum-algebra/stake";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Outcome, type Report, reportJson } from "../report/model.ts";
import { type Form, forms } from "../report/read.ts";
import { reportText } from "../report/text.ts";
import { exits } from "./exits.ts";
import { writePictures } from "./files.ts";

/** What all commands have. */
export interface CommonOptions {
  readonly as?: Form;
  readonly json: boolean;
  readonly pictures?: string;
  readonly seconds: number;
  readonly rule: StakeRule;
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError(`expected seconds from 0 to 86400, got "${text}".`);
}

function rule(text: string): StakeRule {
  try {
    return moreThan(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** Adds the options that all commands have. */
export const withCommon = (command: Command): Command =>
  command
    .addOption(
      new Option("--as <form>", "what the file is, if it cannot be seen from its content").choices(forms),
    )
    .option("--pictures <folder>", "write pictures (SVG) and report.html there")
    .option("--json", "print the report as one line of JSON", false)
    .option("--seconds <s>", "how long each question may take", seconds, 10)
    .addOption(
      new Option("--rule <fraction>", "stake: a quorum has more than this part of it")
        .argParser(rule)
        .default(moreThan("2/3"), "2/3"),
    );

const codes: Readonly<Record<Outcome, number>> = { good: exits.good, bad: exits.bad, unknown: exits.bad };

/** Prints a report, writes its pictures where they are wanted, and answers the exit code. */
export function deliver(report: Report, { json, pictures }: CommonOptions): number {
  const written = pictures === undefined ? [] : writePictures(pictures, report);
  console.log(json ? reportJson(report) : reportText(report));
  for (const file of written) console.error(`wrote ${file}`);
  return codes[report.outcome];
}

/** A list with commas. */
export const list = (text: string): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Has the help of a command end with examples, each a line to type and what it is for. */
export function withExamples(
  command: Command,
  lines: readonly (readonly [line: string, what: string])[],
): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, what]) => `  eunomia-trust ${line.padEnd(width)}   ${what}`).join("\n");
  return command.addHelpText("after", `\nExamples:\n${text}`);
}
