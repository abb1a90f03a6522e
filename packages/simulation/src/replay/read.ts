import { problemOfPlan } from "../byzantine/adversary-plan.ts";
import { SimulationError } from "../errors.ts";
import type { ReplayHeader } from "../run-types.ts";
import type { Choice, Outcome } from "../types.ts";

/** A replay file, read. */
export interface ReplayFile {
  readonly header: ReplayHeader;
  readonly choices: readonly Choice[];
  /** The moves of a shrunk run; null: it goes by time. */
  readonly script: readonly string[] | null;
  /** Steps and notes as they stand in the file. */
  readonly records: readonly string[];
  readonly verdict: {
    readonly verdict: Outcome["kind"];
    readonly property?: string;
    readonly detail?: string;
    readonly choices: number;
    readonly moves?: number;
    readonly line: number;
    readonly steps: number;
    readonly digest: string;
  };
  /** The last line as it stands in the file. */
  readonly verdictLine: string;
}

/**
 * Reads the text of a replay file.
 *
 * @param engines the hash of the engines at hand; a file of others is refused.
 * @throws SimulationError `replay-damaged`, `replay-version`, `replay-engines` or `replay-adversary`, with what to do.
 */
export function readReplay(text: string, engines: string): ReplayFile {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0)
    throw damaged(Math.max(1, lines.length), "a line end after the last line", "a cut file");
  const parsed = lines.map((line, at) => parse(line, at + 1));
  const header = headerOf(parsed[0], engines);
  const last = parsed.at(-1);
  if (lines.length < 2 || typeof last?.verdict !== "string")
    throw damaged(lines.length, "a verdict", "something else: the file was cut off");
  const choices: Choice[] = [];
  let at = 1;
  for (; at < parsed.length - 1 && parsed[at]!.c !== undefined; at += 1)
    choices.push(choiceOf(parsed[at]!, at + 1));
  if (last.choices !== choices.length)
    throw damaged(
      lines.length,
      `a verdict after ${String(last.choices)} choices`,
      `${choices.length} of them`,
    );
  const moves: string[] = [];
  for (; at < parsed.length - 1 && typeof parsed[at]!.do === "string"; at += 1)
    moves.push(parsed[at]!.do as string);
  if ((last.moves ?? 0) !== moves.length)
    throw damaged(lines.length, `a verdict after ${String(last.moves)} moves`, `${moves.length} of them`);
  const records = lines.slice(at, -1);
  for (let record = at; record < parsed.length - 1; record += 1)
    if (typeof parsed[record]!.at !== "number") throw damaged(record + 1, "a step or a note", lines[record]!);
  if (last.line !== records.length)
    throw damaged(lines.length, `a verdict after ${String(last.line)} records`, `${records.length} of them`);
  const verdict = last as unknown as ReplayFile["verdict"];
  return {
    header,
    choices,
    script: last.moves === undefined ? null : moves,
    records,
    verdict,
    verdictLine: lines.at(-1)!,
  };
}

type Line = Readonly<Record<string, unknown>>;

function parse(line: string, at: number): Line {
  try {
    const value: unknown = JSON.parse(line);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Line;
  } catch {
    // Told below, with the line.
  }
  throw damaged(at, "a JSON object", line);
}

function headerOf(line: Line | undefined, engines: string): ReplayHeader {
  if (line === undefined || line.kind !== "run")
    throw damaged(1, `a header of kind "run"`, JSON.stringify(line));
  if (line.v !== 1)
    throw new SimulationError(
      "replay-version",
      `the replay file expected version 1, got ${JSON.stringify(line.v)}: replay it with the version that wrote it`,
    );
  if (line.engines !== engines)
    throw new SimulationError(
      "replay-engines",
      `the replay file was written by engines ${short(line.engines)}, these are ${short(engines)}: check out the sources that wrote it, or run its seed again`,
    );
  for (const name of ["system", "seed", "wire"])
    if (typeof line[name] !== "string") throw damaged(1, `a text "${name}"`, JSON.stringify(line[name]));
  for (const name of ["profile", "limits"])
    if (line[name] === null || typeof line[name] !== "object")
      throw damaged(1, `an object "${name}"`, JSON.stringify(line[name]));
  if (line.config === undefined) throw damaged(1, 'a "config"', undefined);
  if (line.mutant !== undefined && typeof line.mutant !== "string")
    throw damaged(1, 'a text "mutant", or none', JSON.stringify(line.mutant));
  checkAdversary(line.adversary);
  return line as unknown as ReplayHeader;
}

function checkAdversary(adversary: unknown): void {
  if (adversary === undefined || typeof adversary === "string") return;
  const problem = problemOfPlan(adversary);
  if (problem !== null)
    throw new SimulationError(
      "replay-adversary",
      `the adversary of the replay file expected ${problem}: replay it with the version that wrote it`,
    );
}

function choiceOf({ c, i, n, k }: Line, at: number): Choice {
  const natural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (typeof c !== "string" || !natural(i) || !natural(n) || !natural(k) || k >= n)
    throw damaged(
      at,
      "a choice with stream, index, arity and a value below it",
      JSON.stringify({ c, i, n, k }),
    );
  return { stream: c, index: i, arity: n, value: k };
}

const short = (hash: unknown): string => (typeof hash === "string" ? hash.slice(0, 12) : String(hash));

/** @param got undefined: nothing was there. */
function damaged(line: number, expected: string, got: string | undefined = "nothing"): SimulationError {
  const shown = got.length > 80 ? `${got.slice(0, 80)}…` : got;
  return new SimulationError(
    "replay-damaged",
    `the replay file is damaged: line ${line} expected ${expected}, got ${shown}: copy it again, or run its seed again`,
  );
}
