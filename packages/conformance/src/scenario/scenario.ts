import { readFileSync, writeFileSync } from "node:fs";
import { Violation } from "../schedule/parts.ts";
import { ConformanceError } from "../support/assert.ts";
import { cluster } from "./commands/cluster.ts";
import { crash } from "./commands/crash.ts";
import { deliver } from "./commands/deliver.ts";
import { drop } from "./commands/drop.ts";
import { duplicate } from "./commands/duplicate.ts";
import { flush } from "./commands/flush.ts";
import { hold } from "./commands/hold.ts";
import { propose } from "./commands/propose.ts";
import { restart } from "./commands/restart.ts";
import { run } from "./commands/run.ts";
import { show } from "./commands/show.ts";
import { timeout } from "./commands/timeout.ts";
import { type ScenarioCommand, type ScenarioEnvironment, ScriptError, type Stage } from "./environment.ts";

const commands: ReadonlyMap<string, ScenarioCommand> = new Map(
  [cluster, propose, deliver, drop, duplicate, run, crash, restart, timeout, hold, flush, show].map((one) => [
    one.name,
    one,
  ]),
);

const separator = "----";

function doLine(stage: Stage, line: string): void {
  const [name, ...words] = line.trim().split(/\s+/);
  const command = commands.get(name!);
  try {
    if (command === undefined)
      throw new ScriptError(`no command ${name}; there are ${[...commands.keys()].join(", ")}`);
    command.run(stage, words);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const usage = error instanceof ScriptError && command !== undefined ? ` (${command.usage})` : "";
    // A mistake of the script and a fault of an engine belong to what happened; anything else is a bug here.
    if (!(error instanceof ScriptError || error instanceof Violation)) throw error;
    stage.lines.push(`error: ${error.message.split("\n")[0]}${usage}`);
  }
}

/**
 * Plays a script: lines of commands, `----`, what happened, an empty line. Lines that begin with `#` are comments. Answers
 * the script with what happened now in the place of what stood there: equal to the text if nothing has changed.
 *
 * @example
 * expect(runScenario(text, environment)).toBe(text);
 */
export function runScenario(text: string, environment: ScenarioEnvironment): string {
  const stage: Stage = { environment, world: null, lines: [] };
  const out: string[] = [];
  let pending: string[] = [];
  let old = false;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line === separator) {
      for (const command of pending) doLine(stage, command);
      pending = [];
      out.push(line, ...stage.lines.splice(0));
      old = true;
    } else if (line.trim() === "") {
      old = false;
      out.push("");
    } else if (!old) {
      out.push(line);
      if (!line.startsWith("#")) pending.push(line);
    }
  }
  if (pending.length > 0)
    throw new ConformanceError("a script ends with what happened", `no "${separator}" after "${pending[0]}"`);
  return `${out.join("\n")}\n`;
}

/**
 * Plays the script of a file and compares; rewrites the file instead if `update` says so (default: environment variable
 * `UPDATE=1`), so that a change of behaviour is reviewed as a diff.
 *
 * @throws ConformanceError with the first line that differs.
 */
export function checkScenario(
  file: string | URL,
  environment: ScenarioEnvironment,
  update = process.env.UPDATE === "1",
): void {
  const text = readFileSync(file, "utf8");
  const now = runScenario(text, environment);
  if (now === text) return;
  if (update) {
    writeFileSync(file, now);
    return;
  }
  const [before, after] = [text.split("\n"), now.split("\n")];
  const at = after.findIndex((line, index) => line !== before[index]);
  const line = at < 0 ? after.length : at;
  throw new ConformanceError(
    "a script shows what happens",
    `line ${line + 1} of ${String(file)} expected ${JSON.stringify(before[line])}, got ${JSON.stringify(after[line])}; UPDATE=1 rewrites it`,
  );
}
