/**
 * Runs of commands, flat: `[client, firstSeq, count, client, firstSeq, count, …]` in the order of the vector. A thousand
 * commands of one client are one run.
 */
export type Runs = readonly number[];

/**
 * One line of a broadcast trace. `at` is in milliseconds on the clock of whoever wrote the line; `who` is that process. Every
 * command and control is known by its identity and by the first 8 bytes of a digest of its body, 16 lower-case hex digits.
 */
export type BroadcastEvent =
  | {
      /** A client submits commands for the first time: `seq`, `seq` + 1, …, one for each 16 digits of `digests`. */
      readonly kind: "broadcast";
      readonly at: number;
      readonly who: string;
      readonly client: number;
      readonly seq: number;
      readonly digests: string;
    }
  /** Principals signed the control of number n, and `who` submits it. */
  | {
      readonly kind: "control";
      readonly at: number;
      readonly who: string;
      readonly n: number;
      readonly digest: string;
    }
  | DeliverEvent
  /** From now on `who` stands as if it had delivered 1..slot: from another replica's snapshot, or from its own disk. */
  | {
      readonly kind: "install" | "recover";
      readonly at: number;
      readonly who: string;
      readonly slot: number;
    }
  | { readonly kind: "crash"; readonly at: number; readonly who: string }
  /** The run is fair and finished; whoever ran it decides. */
  | { readonly kind: "quiesced"; readonly at: number };

/** `who` delivers a slot: a vector of commands, or one of control commands. */
export interface DeliverEvent {
  readonly kind: "deliver";
  readonly at: number;
  readonly who: string;
  readonly slot: number;
  readonly epoch: number;
  /** Empty: `who` does not know it, as a subscriber. */
  readonly protocol: string;
  readonly runs: Runs;
  /** 16 digits for every command of the runs in order, or for every control. */
  readonly digests: string;
  /** The numbers of the controls; then `runs` is empty. */
  readonly controls?: readonly number[];
  /** Registrations of sessions in the slot: no messages of the properties, only counted. */
  readonly registrations?: number;
  /** Hash chain over all slots up to this one, in hex. */
  readonly chain?: string;
}

/** Hex digits that a trace keeps of a body. */
export const digestDigits = 16;

/** A trace that cannot be read, or an event that is none. */
export class TraceError extends Error {
  readonly code: "not-json" | "not-an-event" | "line-too-long";
  /** The file, or "" where there is none. */
  readonly file: string;
  /** The line, counted from 1; 0 if unknown. */
  readonly line: number;
  constructor(code: TraceError["code"], what: string, file = "", line = 0) {
    super(line === 0 ? what : `${file === "" ? "" : `${file}, `}line ${line}: ${what}`);
    this.name = "TraceError";
    this.code = code;
    this.file = file;
    this.line = line;
  }
}

/** How many commands the runs stand for. */
export function runsCount(runs: Runs): number {
  let count = 0;
  for (let at = 2; at < runs.length; at += 3) count += runs[at]!;
  return count;
}

const natural = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least;
const hex = (value: unknown): value is string => typeof value === "string" && !/[^0-9a-f]/.test(value);

/** What is wrong with a delivered vector; null if nothing is. */
function vectorFault(event: Record<string, unknown>): string | null {
  const { runs, digests, controls = [], registrations = 0, chain = "" } = event;
  if (!Array.isArray(runs) || runs.length % 3 !== 0)
    return `"runs" expected client, firstSeq, count over and over`;
  for (let at = 0; at < runs.length; at += 3)
    if (
      !natural(runs[at], 0) ||
      !natural(runs[at + 1], 1) ||
      !natural(runs[at + 2], 1) ||
      !Number.isSafeInteger(runs[at + 1] + runs[at + 2])
    )
      return `"runs" expected a client and two positive integers at ${at}, got ${JSON.stringify(runs.slice(at, at + 3))}`;
  if (!Array.isArray(controls) || controls.some((n) => !natural(n, 1)))
    return `"controls" expected positive integers, got ${JSON.stringify(controls)}`;
  if (controls.length > 0 && runs.length > 0) return `"controls" expected a vector without commands`;
  const entries = runsCount(runs) + controls.length;
  if (!hex(digests) || digests.length !== digestDigits * entries)
    return `"digests" expected ${digestDigits} hex digits for each of ${entries} entries`;
  if (!natural(registrations, 0)) return `"registrations" expected a count`;
  return hex(chain) ? null : `"chain" expected hex digits`;
}

/** What is wrong with a value that should be an event; null if nothing is. */
function eventFault(event: Record<string, unknown>): string | null {
  if (typeof event.at !== "number") return `"at" expected a number, got ${JSON.stringify(event.at)}`;
  if (event.kind !== "quiesced" && typeof event.who !== "string")
    return `"who" expected a process, got ${JSON.stringify(event.who)}`;
  switch (event.kind) {
    case "quiesced":
    case "crash":
      return null;
    case "install":
    case "recover":
      return natural(event.slot, 0) ? null : `"slot" expected a slot, got ${JSON.stringify(event.slot)}`;
    case "control":
      return natural(event.n, 1) && hex(event.digest) && event.digest.length === digestDigits
        ? null
        : `"control" expected a number n and a digest of ${digestDigits} hex digits`;
    case "broadcast":
      return natural(event.client, 0) &&
        natural(event.seq, 1) &&
        hex(event.digests) &&
        event.digests.length > 0 &&
        event.digests.length % digestDigits === 0
        ? null
        : `"broadcast" expected client, seq and ${digestDigits} hex digits per command`;
    case "deliver":
      return natural(event.slot, 1) && natural(event.epoch, 0) && typeof event.protocol === "string"
        ? vectorFault(event)
        : `"deliver" expected slot, epoch and protocol`;
    default:
      return `"kind" expected a kind of event, got ${JSON.stringify(event.kind)}`;
  }
}

/**
 * The event of one line.
 *
 * @param file and `line` (counted from 1) are for the error.
 * @throws TraceError for anything that is not an event.
 * @example
 * parseEvent('{"kind":"crash","at":1,"who":"r0"}'); // { kind: "crash", at: 1, who: "r0" }
 */
export function parseEvent(text: string, file = "", line = 0): BroadcastEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw new TraceError("not-json", `expected JSON, got ${JSON.stringify(text.slice(0, 60))}`, file, line);
  }
  const fault =
    event === null || typeof event !== "object"
      ? "expected an object"
      : eventFault(event as Record<string, unknown>);
  if (fault !== null) throw new TraceError("not-an-event", fault, file, line);
  return event as BroadcastEvent;
}
