/** What a caller can get wrong. */
export type PolicyErrorCode =
  /** A flow, a wait or a problem of the optimizer is not of its shape. */
  | "shape"
  /** A number is none, or out of its range. */
  | "quantity"
  /** A name that is not there: a scheme without costs, a principal without a place. */
  | "unknown"
  /** No choice keeps all limits. */
  | "infeasible"
  /** Too many choices for a search without a solver. */
  | "limit";

/** A caller's mistake, or a question without an answer. Match on `code`; `got` is the offending value. */
export class PolicyError extends Error {
  readonly code: PolicyErrorCode;
  readonly got: unknown;
  constructor(code: PolicyErrorCode, title: string, expected: string, got: unknown) {
    super(`"${title}" expected ${expected}, got ${shown(got)}`);
    this.name = "PolicyError";
    this.code = code;
    this.got = got;
  }
}

/** Where the text of a deployment goes wrong. `offset` counts UTF-16 units from 0, `line` and `column` from 1. */
export class PolicySyntaxError extends Error {
  readonly code = "syntax";
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly expected: readonly string[];
  readonly got: string;
  constructor(source: string, offset: number, expected: readonly string[], got: string) {
    const before = source.slice(0, offset);
    const line = before.split("\n").length;
    super(`line ${line}: expected ${expected.join(" or ")}, found ${got}`);
    this.name = "PolicySyntaxError";
    this.offset = offset;
    this.line = line;
    this.column = offset - before.lastIndexOf("\n");
    this.expected = expected;
    this.got = got;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
}
