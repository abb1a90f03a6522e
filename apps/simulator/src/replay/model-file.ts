import { ReplayError, sameEngines } from "./replay-error.ts";

/** One step of a path through a model: which successor, and four hex digits of what the step was. */
interface ModelTurn {
  readonly choice: number;
  readonly mark: string;
  /** The step in words; for readers of the file only. */
  readonly says: string;
}

/** A path through the states of a model that ends where a property is violated. JSON lines: header, turns, verdict. */
export interface ModelFile {
  /** SHA-256 over the engines' sources. */
  readonly engines: string;
  /** Version of Node that wrote it. */
  readonly node: string;
  /** A name of the registry of models. */
  readonly model: string;
  readonly params: unknown;
  /** The mutant in the place of an engine; null: none. */
  readonly mutant: string | null;
  readonly turns: readonly ModelTurn[];
  readonly property: string;
  readonly detail: string;
}

const version = 1;

/** The text of a file. */
export function writeModelFile(file: ModelFile): string {
  const { engines, node, model, params, mutant, turns, property, detail } = file;
  const header = {
    v: version,
    kind: "model",
    engines,
    node,
    model,
    params,
    ...(mutant === null ? {} : { mutant }),
  };
  const verdict = { verdict: "violated", property, detail, steps: turns.length };
  return [header, ...turns, verdict].map((line) => `${JSON.stringify(line)}\n`).join("");
}

type Line = Readonly<Record<string, unknown>>;

function parsed(line: string, number: number): Line {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Line;
  } catch {
    // Told below, like any other line that cannot be.
  }
  throw new ReplayError(
    number === 1 ? "not-a-replay" : "damaged",
    number === 1
      ? "the first line is not the header of a replay file: expected JSON lines as `run` and `check` write them"
      : `line ${number} is damaged: get the file again from where it was written, or find the failure again`,
  );
}

/**
 * What kind of replay file the text is: a simulated run, or a path through a model.
 *
 * @throws ReplayError
 */
export function kindOfReplay(text: string): "run" | "model" {
  const [first = ""] = text.split("\n", 1);
  const { kind } = parsed(first, 1);
  if (kind === "run" || kind === "model") return kind;
  throw new ReplayError(
    "not-a-replay",
    `the header says kind "${String(kind)}": expected "run" or "model", as \`run\` and \`check\` write them`,
  );
}

const isRecord = (value: unknown): boolean =>
  value === null || (typeof value === "object" && !Array.isArray(value));

function turnOf(line: Line, number: number): ModelTurn {
  const { choice, mark, says } = line;
  if (
    !Number.isSafeInteger(choice) ||
    (choice as number) < 0 ||
    typeof mark !== "string" ||
    !/^[0-9a-f]{4}$/.test(mark) ||
    typeof says !== "string"
  )
    throw new ReplayError("damaged", `line ${number} is damaged: expected a step with choice, mark and says`);
  return { choice: choice as number, mark, says };
}

/**
 * Reads a file of a path through a model.
 *
 * @param here hash of the engines that are to replay it; null: whatever they are.
 * @throws ReplayError with what to do
 */
export function readModelFile(text: string, here: string | null): ModelFile {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const header = parsed(lines[0] ?? "", 1);
  if (header.v !== version)
    throw new ReplayError(
      "other-version",
      `the file is of version ${String(header.v)}, this program reads version ${version}: use the program that wrote it`,
    );
  const { engines, node, model, params = null, mutant = null } = header;
  if (
    typeof engines !== "string" ||
    typeof model !== "string" ||
    !isRecord(params) ||
    !(mutant === null || typeof mutant === "string")
  )
    throw new ReplayError("damaged", "line 1 is damaged: expected engines, model and params");
  if (here !== null) sameEngines(engines, here);
  const verdict = parsed(lines.at(-1) ?? "", lines.length);
  if (lines.length < 2 || verdict.verdict !== "violated")
    throw new ReplayError(
      "damaged",
      `the file ends after line ${lines.length} without a verdict: it was cut off`,
    );
  const turns = lines.slice(1, -1).map((line, at) => turnOf(parsed(line, at + 2), at + 2));
  if (verdict.steps !== turns.length)
    throw new ReplayError(
      "damaged",
      `the verdict speaks of ${String(verdict.steps)} steps, the file has ${turns.length}: lines are missing`,
    );
  return {
    engines,
    node: String(node),
    model,
    params,
    mutant,
    turns,
    property: String(verdict.property),
    detail: String(verdict.detail),
  };
}
