/** What a caller did wrong. */
export type PoolErrorCode =
  /** A statement type that cannot be: names, fields, slots, modes. */
  | "bad-type"
  /** An option that is no good. */
  | "bad-option"
  /** A statement of one's own that does not fit its type. */
  | "bad-statement"
  /** A record of the write-ahead log that this package did not write. */
  | "bad-log"
  /** Nothing of this name. */
  | "unknown";

/** A mistake of the caller, found where it was made. What peers send never leads here. */
export class PoolError extends Error {
  readonly code: PoolErrorCode;
  /** What the mistake is in. */
  readonly subject: string;
  constructor(code: PoolErrorCode, subject: string, expected: string, got: unknown) {
    super(`"${subject}" expected ${expected}, got ${String(got)}`);
    this.name = "PoolError";
    this.code = code;
    this.subject = subject;
  }
}
