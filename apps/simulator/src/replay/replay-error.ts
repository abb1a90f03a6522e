/** Why a replay file is refused. */
export type ReplayErrorCode =
  /** Not a replay file at all. */
  | "not-a-replay"
  /** Of another version of the format. */
  | "other-version"
  /** Of engines with other sources: the same choices may be another run. */
  | "other-engines"
  /** Cut off, or a line that cannot be. */
  | "damaged"
  /** It names a model, system or mutant that is not here. */
  | "unknown-name";

/** A replay file that cannot be used; the message says why and what to do. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  readonly code: ReplayErrorCode;

  constructor(code: ReplayErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Refuses a file of other engines. */
export function sameEngines(written: string, here: string): void {
  if (written !== here)
    throw new ReplayError(
      "other-engines",
      `the file was written by engines ${written.slice(0, 12)}, these are ${here.slice(0, 12)}: ` +
        "the same choices may be another run now. Check out the sources that wrote it, or find the failure again from its seed or model; --anyway tries it as it is",
    );
}
