/** What is wrong with a text that was to be read in. */
export type ImportErrorCode =
  /** The text is no JSON, no CSV, or no expression at all. */
  | "syntax"
  /** Something is missing, or is of another kind than expected. */
  | "shape"
  /** A stake that is no positive whole number. */
  | "stake"
  /** A threshold that is out of its range. */
  | "threshold"
  /** A validator, node, member or column is named twice. */
  | "duplicate"
  /** The text holds only a part of the whole, as one page of several. */
  | "incomplete"
  /** Longer, larger or more deeply nested than this reader follows. */
  | "size";

/** Where in a text: a JSON path as `$.validators[3].tokens`, or a line and a column, both counted from 1. */
export interface ImportPlace {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A text that cannot be read in: what was expected where, and what was there. Match on `code`. */
export class ImportError extends Error {
  readonly code: ImportErrorCode;
  readonly place: ImportPlace;
  readonly expected: string;
  readonly got: unknown;
  constructor(code: ImportErrorCode, place: ImportPlace, expected: string, got: unknown) {
    super(`${where(place)}: expected ${expected}, got ${shown(got)}`);
    this.name = "ImportError";
    this.code = code;
    this.place = place;
    this.expected = expected;
    this.got = got;
  }
}

/** Something a reader did not take over as it stands, or that a person should know. Nothing is left out without one. */
export interface ImportNotice {
  readonly place: ImportPlace;
  readonly text: string;
}

function where({ path, line, column }: ImportPlace): string {
  const parts = [
    ...(line === undefined ? [] : [`line ${line}${column === undefined ? "" : `, column ${column}`}`]),
    ...(path === undefined ? [] : [path]),
  ];
  return parts.length === 0 ? "text" : parts.join(", ");
}

const shownMax = 60;

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return `${value}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}
