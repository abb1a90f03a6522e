/** What a caller can get wrong when building or asking about quorums. */
export type QuorumErrorCode =
  /** A node id is no string, empty, or not well-formed Unicode. */
  | "id"
  /** A threshold, count or weight of a threshold is out of its range. */
  | "threshold"
  /** A weight is no bigint, or negative. */
  | "weight"
  /** A list of members that must not be empty is. */
  | "empty"
  /** A member is named twice where each counts once. */
  | "duplicate-member"
  /** Plain data that is no expression. */
  | "shape"
  /** A probability is missing, or no number from 0 to 1. */
  | "chance"
  /** A limit of effort that says nothing. */
  | "limit"
  /** A stake that is no bigint above 0. */
  | "stake"
  /** A fraction that is none, or is out of its range. */
  | "fraction"
  /** A capacity, latency, share or other measure is no number, or out of its range. */
  | "quantity";

/** A caller's mistake at construction. Match on `code`; `got` is the offending value. */
export class QuorumError extends Error {
  readonly code: QuorumErrorCode;
  readonly got: unknown;
  constructor(code: QuorumErrorCode, title: string, expected: string, got: unknown) {
    super(`"${title}" expected ${expected}, got ${show(got)}`);
    this.name = "QuorumError";
    this.code = code;
    this.got = got;
  }
}

export type QuorumSyntaxErrorCode =
  /** Another token was expected here. */
  | "unexpected"
  /** A character that starts no token. */
  | "character"
  /** A quoted id or a comment has no end. */
  | "unterminated"
  /** A number, fraction or range of ids out of bounds. */
  | "range"
  /** A name is bound to something that does not fit this place. */
  | "group"
  /** Nested deeper than the parser follows. */
  | "depth";

/** Where a text of the quorum syntax goes wrong. `offset` counts UTF-16 units from 0, `line` and `column` from 1. */
export class QuorumSyntaxError extends Error {
  readonly code: QuorumSyntaxErrorCode;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly expected: readonly string[];
  readonly got: string;
  constructor(
    code: QuorumSyntaxErrorCode,
    source: string,
    offset: number,
    expected: readonly string[],
    got: string,
  ) {
    const before = source.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - before.lastIndexOf("\n");
    super(`line ${line}, column ${column}: expected ${expected.join(" or ")}, got ${got}`);
    this.name = "QuorumSyntaxError";
    this.code = code;
    this.offset = offset;
    this.line = line;
    this.column = column;
    this.expected = expected;
    this.got = got;
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
