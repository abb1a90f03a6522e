import { manifestProblem, type SnapshotManifest } from "@eunomia/engine";

export type JournalErrorCode =
  /** An option is out of range: nothing was opened. */
  | "bad-option"
  /** A living process holds the directory. */
  | "journal-in-use"
  /** A write, sync, rename or read failed. Nothing after it is durable; open again after mending the disk. */
  | "disk-failed"
  /** A call before `replay`/`open`, or `replay`/`open` twice. */
  | "out-of-turn"
  | "closed"
  /** A record that no frame can hold, or a slot that is not the next one. */
  | "bad-record"
  /** `replay`/`open` answered unreadable, or damage was found when reading an entry or a snapshot. */
  | "unreadable"
  /** A snapshot of another cluster, or a manifest that does not hold together. */
  | "foreign";

/** What this package throws or rejects with. `details` are plain data beside the message. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: JournalErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** Wraps what the file system threw, keeping its code (`EIO`, `ENOSPC`, …) in the details. */
export function diskFailure(doing: string, cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause;
  const { code, message } = cause as { code?: string; message?: string };
  return new JournalError(
    "disk-failed",
    `"disk" expected ${doing} to succeed, got ${code ?? message ?? String(cause)}: nothing appended since the last sync is durable; mend the disk and open again`,
    { doing, cause: code ?? null },
    cause,
  );
}

/** Refuses a manifest that a store of this cluster cannot take in. */
export function checkManifest(
  sha256: (bytes: Uint8Array) => Uint8Array,
  cluster: string,
  manifest: SnapshotManifest,
): void {
  const foreign = manifest.cluster !== cluster;
  const problem = foreign ? null : manifestProblem(sha256, manifest);
  if (!foreign && problem === null) return;
  const got = foreign ? `one of "${manifest.cluster}"` : `one that does not hold together: ${problem}`;
  throw new JournalError("foreign", `"manifest" expected a snapshot of "${cluster}", got ${got}`, {
    cluster: manifest.cluster,
    slot: manifest.slot,
  });
}

/** The disk failed within a snapshot: whatever was there before is as it was. */
export function snapshotFailure(doing: string, cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause;
  const { code, message } = cause as { code?: string; message?: string };
  return new JournalError(
    "disk-failed",
    `"disk" expected ${doing} to succeed, got ${code ?? message ?? String(cause)}: earlier snapshots are as they were; make room or mend the disk, the next one is tried anew`,
    { doing, cause: code ?? null },
    cause,
  );
}

/** Checks where a log is to go on. */
export function checkReset(next: number): void {
  if (Number.isSafeInteger(next) && next >= 1) return;
  throw new JournalError("bad-record", `"next" expected a slot of at least 1, got ${next}`, { next });
}

/** Checks a size option at construction. */
export function checkedBytes(title: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new JournalError("bad-option", `"${title}" expected an integer from ${min} to ${max}, got ${value}`, {
    title,
    value,
  });
}
