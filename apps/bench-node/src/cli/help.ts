import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "./exits.ts";

/** The groups of `eunomia --help`, in their order. */
export const groups = {
  setUp: "Set up:",
  run: "Run:",
  use: "Use:",
  change: "Change:",
  look: "Look:",
  check: "Check:",
} as const;

const codes =
  "Exit codes: 0 done; 1 refused by the cluster, or a verdict that is not good; 2 could not be carried out; 3 outcome unknown.";

/**
 * Has the help of a command end with examples, each a line to type and what it is for, and with the exit codes.
 *
 * @example
 * withExamples(command, [["eunomia put colour green", "one key"]], "Keys are text.");
 */
export function withExamples(
  command: Command,
  lines: readonly (readonly [line: string, what: string])[],
  more = "",
): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  const examples = lines.map(([line, what]) => `  ${line.padEnd(width)}   ${what}`.trimEnd());
  const text = ["", "Examples", ...examples, ...(more === "" ? [] : ["", more]), "", codes].join("\n");
  return command.addHelpText("after", text);
}

/** `--in` and `--json`, as all commands have them that work on a folder made by `init`. */
export const withFolder = (command: Command): Command =>
  command
    .option("--in <folder>", "the folder that init made (default: $EUNOMIA_DIR, or eunomia)")
    .option("--json", "print results as JSON, a line each", false);

/** What `withFolder` adds. */
export interface FolderOptions {
  readonly in?: string;
  readonly json: boolean;
}

/** Parses an option that is an integer within bounds. */
export const integer =
  (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected an integer from ${min} to ${max}, got "${text}"`);
  };

/** Parses an option in seconds, with fractions, into milliseconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 1e6) return value * 1000;
  throw new InvalidArgumentError(`expected seconds, more than 0, got "${text}"`);
}

/** An option in seconds with a default, which the help shows in seconds, too. */
export const secondsOption = (flags: string, what: string, unlessGiven: number): Option =>
  new Option(flags, what).argParser(seconds).default(unlessGiven * 1000, `${unlessGiven}`);

/** Makes a parser of an option out of one that throws a CliError: what it refuses is wrong usage, said in one line. */
export const parsed =
  <T>(parse: (text: string) => T) =>
  (text: string): T => {
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof CliError ? new InvalidArgumentError(error.message) : error;
    }
  };

/** Parses an option that is a list with commas. */
export const names = (text: string): string[] => text.split(",").map((part) => part.trim());
