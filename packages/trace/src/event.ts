/**
 * Entries of one delivered vector as runs, flat: `[client, firstSeq, count, client, firstSeq, count, …]` in the order of
 * delivery. A thousand commands of one client are one run. A control is a run of one: client `ctl:<principal>`, seq its number n.
 */
export type Runs = readonly (string | number)[];

/**
 * What was delivered in one slot. The bodies stand either one by one (`bodies`: for every entry the 16 hex digits of its
 * `bodyDigest`, concatenated in order) or as one `digest` over them (`vectorDigest`), which keeps a large slot a small line.
 */
export type DeliveredVector =
  | { readonly runs: Runs; readonly bodies: string }
  | { readonly runs: Runs; readonly digest: string };

/** One line of a broadcast trace. `at` is in milliseconds on the clock of whoever wrote the line. */
export type BroadcastEvent = { readonly at: number } & (
  | {
      /** First submission by a client of the commands `seq`, `seq` + 1, …: one for each 16 hex digits of `bodies`. */
      readonly k: "broadcast";
      readonly who: string;
      readonly seq: number;
      readonly bodies: string;
    }
  /** A principal signed the control of number n. `body`: 16 hex digits. */
  | { readonly k: "control"; readonly n: number; readonly by: string; readonly body: string }
  | {
      readonly k: "deliver";
      readonly who: string;
      readonly slot: number;
      readonly epoch: number;
      readonly proto: string;
      readonly vec: DeliveredVector;
    }
  /** From now on `who` stands as if it had delivered 1..slot: from another replica's snapshot, or from its own checkpoint. */
  | { readonly k: "install" | "recover"; readonly who: string; readonly slot: number }
  | { readonly k: "crash"; readonly who: string }
  /** The run is fair and finished; whoever ran it decides. */
  | { readonly k: "quiesced" }
);

/** What the reader of a trace could not take: a caller's mistake or a damaged file. */
export class TraceError extends Error {
  readonly code: "not-json" | "not-an-event";
  /** The line, counted from 1; 0 if unknown. */
  readonly line: number;
  constructor(code: TraceError["code"], what: string, line = 0) {
    super(line === 0 ? what : `line ${line}: ${what}`);
    this.name = "TraceError";
    this.code = code;
    this.line = line;
  }
}

/** The client name under which the controls of a principal stand in runs. */
export function controlClient(principal: string): string {
  return `ctl:${principal}`;
}

const hexOf16 = /^(?:[0-9a-f]{16})*$/;
const natural = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least;

function runsFault(runs: unknown): string | null {
  if (!Array.isArray(runs) || runs.length % 3 !== 0)
    return `"runs" expected client, firstSeq, count over and over`;
  for (let at = 0; at < runs.length; at += 3)
    if (typeof runs[at] !== "string" || !natural(runs[at + 1], 1) || !natural(runs[at + 2], 1))
      return `"runs" expected a client and two positive integers at ${at}, got ${JSON.stringify(runs.slice(at, at + 3))}`;
  return null;
}

function vectorFault(vec: unknown): string | null {
  if (vec === null || typeof vec !== "object") return `"vec" expected an object`;
  const { runs, bodies, digest } = vec as { runs?: unknown; bodies?: unknown; digest?: unknown };
  const fault = runsFault(runs);
  if (fault !== null) return fault;
  if (digest !== undefined)
    return bodies === undefined && typeof digest === "string" && /^[0-9a-f]{32}$/.test(digest)
      ? null
      : `"digest" expected 32 hex digits and no "bodies"`;
  const fits =
    typeof bodies === "string" && hexOf16.test(bodies) && bodies.length === 16 * runsCount(runs as Runs);
  return fits ? null : `"bodies" expected 16 hex digits per entry of the runs`;
}

function eventFault(event: Record<string, unknown>): string | null {
  if (typeof event.at !== "number") return `"at" expected a number`;
  const who = typeof event.who === "string" ? null : `"who" expected a string`;
  switch (event.k) {
    case "quiesced":
      return null;
    case "crash":
      return who;
    case "install":
    case "recover":
      return who ?? (natural(event.slot, 0) ? null : `"slot" expected a slot`);
    case "control":
      return typeof event.by === "string" &&
        natural(event.n, 1) &&
        typeof event.body === "string" &&
        /^[0-9a-f]{16}$/.test(event.body)
        ? null
        : `"control" expected n, by and a body of 16 hex digits`;
    case "broadcast":
      return (
        who ??
        (natural(event.seq, 1) &&
        typeof event.bodies === "string" &&
        event.bodies !== "" &&
        hexOf16.test(event.bodies)
          ? null
          : `"broadcast" expected seq and 16 hex digits per command`)
      );
    case "deliver":
      return (
        who ??
        (natural(event.slot, 1) && natural(event.epoch, 0) && typeof event.proto === "string"
          ? vectorFault(event.vec)
          : `"deliver" expected slot, epoch and proto`)
      );
    default:
      return `"k" expected a kind of event, got ${JSON.stringify(event.k)}`;
  }
}

/** How many entries the runs stand for. */
export function runsCount(runs: Runs): number {
  let count = 0;
  for (let at = 2; at < runs.length; at += 3) count += runs[at] as number;
  return count;
}

/**
 * The event of one line.
 *
 * @param line counted from 1, for the error.
 * @throws TraceError for anything that is not an event.
 * @example
 * parseEvent('{"at":1,"k":"crash","who":"r0"}'); // { at: 1, k: "crash", who: "r0" }
 */
export function parseEvent(text: string, line = 0): BroadcastEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw new TraceError("not-json", `expected JSON, got ${JSON.stringify(text.slice(0, 60))}`, line);
  }
  const fault =
    event === null || typeof event !== "object"
      ? "expected an object"
      : eventFault(event as Record<string, unknown>);
  if (fault !== null) throw new TraceError("not-an-event", fault, line);
  return event as BroadcastEvent;
}
