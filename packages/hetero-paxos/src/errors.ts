/** What a configuration got wrong. */
export type HeteroPaxosErrorCode =
  /** A number outside of its range. */
  | "number"
  /** A process named twice, or `self` has no part in this. */
  | "process"
  /** The acceptors are not those of the graph. */
  | "acceptor"
  /** A learner that the graph does not have. */
  | "learner"
  /** A name that no message can carry. */
  | "name"
  /** A digest that is not 32 bytes long. */
  | "digest";

/** A mistake in a configuration, found when the engine is made. Match `code`. */
export class HeteroPaxosError extends Error {
  readonly code: HeteroPaxosErrorCode;
  readonly field: string;
  constructor(code: HeteroPaxosErrorCode, field: string, expected: string, got: string) {
    super(`"${field}" expected ${expected}, got ${got}`);
    this.name = "HeteroPaxosError";
    this.code = code;
    this.field = field;
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
    throw new HeteroPaxosError("number", field, `an integer from ${min} to ${max}`, String(value));
}
