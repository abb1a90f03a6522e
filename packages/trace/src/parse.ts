import { digestDigits, runsCount, type TraceEvent } from "./event.ts";

/** A trace that cannot be read, or an event that is none. */
export class TraceError extends Error {
  readonly code: "not-json" | "not-an-event" | "line-too-long" | "broken-chain";
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

type Raw = Readonly<Record<string, unknown>>;

const natural = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least;
const hex = (value: unknown): value is string => typeof value === "string" && !/[^0-9a-f]/.test(value);
const shown = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/** What is wrong with a delivered vector; null if nothing is. */
function vectorFault(event: Raw): string | null {
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
      return `"runs" expected a client and two positive integers at ${at}, got ${shown(runs.slice(at, at + 3))}`;
  if (!Array.isArray(controls) || controls.some((n) => !natural(n, 1)))
    return `"controls" expected positive integers, got ${shown(controls)}`;
  if (controls.length > 0 && runs.length > 0) return `"controls" expected a vector without commands`;
  const entries = runsCount(runs) + controls.length;
  if (!hex(digests) || digests.length !== digestDigits * entries)
    return `"digests" expected ${digestDigits} hex digits for each of ${entries} entries`;
  if (!natural(registrations, 0)) return `"registrations" expected a count`;
  return hex(chain) ? null : `"chain" expected hex digits`;
}

function broadcastFault(event: Raw): string | null {
  const { client, seq, digests } = event;
  if (natural(client, 0) && natural(seq, 1) && hex(digests))
    if (digests.length > 0 && digests.length % digestDigits === 0) return null;
  return `"broadcast" expected client, seq and ${digestDigits} hex digits per command`;
}

const instanceFault = ({ kind, epoch, slot }: Raw): string | null =>
  natural(epoch, 0) && natural(slot, 0) ? null : `"${kind}" expected an epoch and a slot`;
const valueFault = (event: Raw): string | null =>
  typeof event.value === "string" ? instanceFault(event) : `"${event.kind}" expected a value as text`;
const recordFault = ({ kind, life, record, what = "" }: Raw): string | null =>
  natural(life, 1) && natural(record, kind === "persist" ? 1 : 0) && typeof what === "string"
    ? null
    : `"${kind}" expected a life and the number of a record`;
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string";
const operationFault = ({ kind, op }: Raw): string | null =>
  natural(op, 0) ? null : `"${kind}" expected the number of an operation`;
function invokeFault(event: Raw): string | null {
  const { key, call, value = "", expected = null } = event;
  return typeof key === "string" &&
    typeof call === "string" &&
    typeof value === "string" &&
    isTextOrNull(expected)
    ? operationFault(event)
    : `"invoke" expected a key, a call, and texts for what it has`;
}
function returnFault(event: Raw): string | null {
  const { value = null, values = [], ok = true, position = 1 } = event;
  return isTextOrNull(value) &&
    Array.isArray(values) &&
    values.every((one) => typeof one === "string") &&
    typeof ok === "boolean" &&
    natural(position, 1)
    ? operationFault(event)
    : `"return" expected a value, values, ok or a position, as the call has it`;
}
const slotFault = ({ slot }: Raw): string | null =>
  natural(slot, 0) ? null : `"slot" expected a slot, got ${shown(slot)}`;

/** What is wrong with the fields of an event, by its kind; null if nothing is. `at` and `who` are looked at elsewhere. */
const faults: Readonly<Record<TraceEvent["kind"], (event: Raw) => string | null>> = {
  quiesced: () => null,
  stable: () => null,
  crash: () => null,
  faulty: ({ fault }) =>
    fault === "crash" || fault === "amnesia" || fault === "byzantine"
      ? null
      : `"fault" expected crash, amnesia or byzantine, got ${shown(fault)}`,
  install: slotFault,
  recover: slotFault,
  control: ({ n, digest }) =>
    natural(n, 1) && hex(digest) && digest.length === digestDigits
      ? null
      : `"control" expected a number n and a digest of ${digestDigits} hex digits`,
  broadcast: broadcastFault,
  deliver: (event) =>
    natural(event.slot, 1) && natural(event.epoch, 0) && typeof event.protocol === "string"
      ? vectorFault(event)
      : `"deliver" expected slot, epoch and protocol`,
  propose: valueFault,
  decide: valueFault,
  undecided: instanceFault,
  persist: recordFault,
  durable: recordFault,
  release: recordFault,
  invoke: invokeFault,
  return: returnFault,
  unknown: operationFault,
  size: ({ name, value, limit }) =>
    typeof name === "string" && natural(value, 0) && natural(limit, 0)
      ? null
      : `"size" expected a name, a value and a limit`,
};
const anonymous: ReadonlySet<unknown> = new Set(["quiesced", "stable"]);

/** What is wrong with a value that should be an event; null if nothing is. */
function eventFault(event: Raw): string | null {
  const { at, kind, who } = event;
  if (typeof at !== "number") return `"at" expected a number, got ${shown(at)}`;
  if (typeof kind !== "string" || !Object.hasOwn(faults, kind))
    return `"kind" expected a kind of event, got ${shown(kind)}`;
  if (!anonymous.has(kind) && typeof who !== "string") return `"who" expected a process, got ${shown(who)}`;
  return faults[kind as TraceEvent["kind"]](event);
}

/**
 * The event of one line.
 *
 * @param file and `line` (counted from 1) are for the error.
 * @throws TraceError for anything that is not an event.
 * @example
 * parseEvent('{"kind":"crash","at":1,"who":"r0"}'); // { kind: "crash", at: 1, who: "r0" }
 */
export function parseEvent(text: string, file = "", line = 0): TraceEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw new TraceError("not-json", `expected JSON, got ${JSON.stringify(text.slice(0, 60))}`, file, line);
  }
  const fault = event === null || typeof event !== "object" ? "expected an object" : eventFault(event as Raw);
  if (fault !== null) throw new TraceError("not-an-event", fault, file, line);
  return event as TraceEvent;
}
