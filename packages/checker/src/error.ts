/** Why the checker refuses to begin or to go on. */
export type CheckerErrorCode =
  /** The model contradicts itself. */
  | "model"
  /** An option is impossible. */
  | "option"
  /** Not even the initial state fits into the memory that was given. */
  | "memory"
  /** A checkpoint is damaged, or belongs to something else. */
  | "checkpoint"
  /** A worker could not load the model, or died. */
  | "worker"
  /** A reduction does not fit the model, or its condition does not hold there. */
  | "reduction";

/** A mistake of the caller: what was expected, what was got, and what to do. */
export class CheckerError extends Error {
  readonly code: CheckerErrorCode;
  /** @param options with the error of somebody else's code that this one tells of. */
  constructor(code: CheckerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CheckerError";
    this.code = code;
  }
}
