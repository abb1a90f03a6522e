/** What went wrong, for programs. The message says what to do about it. */
export type TransportErrorCode =
  | "bad-option"
  | "bad-certificate"
  | "already-listening"
  | "closed"
  | "port-in-use"
  | "port-forbidden"
  | "host-unknown"
  | "listen-failed";

/** A caller's mistake, or a port that cannot be had. Nothing that a peer does ever throws this. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;
  /** What the message speaks of, e.g. `{ host, port }`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: TransportErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Throws unless `value` is a whole number within the bounds; answers it otherwise. */
export function wholeNumber(title: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new TransportError(
    "bad-option",
    `"${title}" expected a whole number from ${min} to ${max}, got ${value}`,
    {
      title,
      value,
    },
  );
}
