/** What was wrong with a call or with a file. */
export type SimulationErrorCode =
  | "bad-option"
  | "no-watch"
  | "needs-values"
  | "replay-damaged"
  | "replay-version"
  | "replay-engines"
  | "replay-system"
  | "replay-adversary";

/** A mistake of the caller, or a file that does not fit: the message says what was expected, what was got, and what to do. */
export class SimulationError extends Error {
  readonly code: SimulationErrorCode;
  constructor(code: SimulationErrorCode, message: string) {
    super(message);
    this.name = "SimulationError";
    this.code = code;
  }
}
