/** What a configuration got wrong. */
export type TwoThirdsErrorCode =
  /** A number outside of its range. */
  | "number"
  /** A process named twice, or `self` is not among the members. */
  | "process"
  /** T or E breaks `2E > n`, `T + 2E > 2n`, `T <= n - f` or `E <= n - f`; Byzantine mode: n < 5f + 1. */
  | "threshold"
  /** Two deciding quorums and an updating one have no member in common. `witness` shows three of them. */
  | "intersection"
  /** The quorums were too many to be checked within the limits of the quorum package. */
  | "unchecked"
  /** f crashes can leave no deciding or no updating quorum alive. */
  | "availability"
  /** A quorum names a process that is no member. */
  | "member"
  /** Votes by digest need `order: "digest"`. */
  | "order"
  /** Byzantine mode: no name of cluster and epoch, or one that is too long. */
  | "context";

/** A mistake in a configuration, found when the engine is made. Match `code`; the data stand beside it. */
export class TwoThirdsError extends Error {
  readonly code: TwoThirdsErrorCode;
  readonly field: string;
  /** For `intersection`: one quorum per family, without a common member. */
  readonly witness: readonly (readonly string[])[];
  constructor(
    code: TwoThirdsErrorCode,
    field: string,
    expected: string,
    got: string,
    witness: readonly (readonly string[])[] = [],
  ) {
    super(`"${field}" expected ${expected}, got ${got}`);
    this.name = "TwoThirdsError";
    this.code = code;
    this.field = field;
    this.witness = witness;
  }
}

/** Refuses what is not an integer from `min` to `max`. */
export function mustBeInteger(
  field: string,
  value: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new TwoThirdsError("number", field, `an integer from ${min} to ${max}`, String(value));
}

/** Refuses an empty list and a list that names a process twice. */
export function mustBeDistinct(field: string, processes: readonly string[]): void {
  const twice = processes.find((process, i) => processes.indexOf(process) !== i);
  if (twice !== undefined)
    throw new TwoThirdsError("process", field, "every process once", `"${twice}" twice`);
}
