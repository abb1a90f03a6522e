/** What was wrong with a call or with a file. */
export type SimulationErrorCode =
  | "bad-option"
  /** What whoever described the system has written throws, or answers what it must not. */
  | "bad-system"
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
  /** @param options with the error of somebody else's code that this one tells of. */
  constructor(code: SimulationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SimulationError";
    this.code = code;
  }
}

/** A mistake in a plan, an option or a system. */
export function refuse(message: string): never {
  throw new SimulationError("bad-option", message);
}

/**
 * Asks what whoever described the system has written.
 *
 * @param whose such as `"build" of the system "toy"`.
 * @throws SimulationError `bad-system`, with what was thrown as its cause.
 */
export function asked<R>(whose: string, call: () => R): R {
  try {
    return call();
  } catch (error) {
    if (error instanceof SimulationError) throw error;
    throw new SimulationError(
      "bad-system",
      `${whose} expected to answer, but it throws ${String(error)}: correct it`,
      {
        cause: error,
      },
    );
  }
}
