import { isDeepStrictEqual } from "node:util";
import { formatJudgement, type Judgement, judge, type TraceEvent } from "@eunomia/trace";
import { readTrace } from "@eunomia/trace/file";

export interface VerifyOptions {
  /** The cluster executes the commands of a session in the order of their numbers. */
  readonly fifo: boolean;
  /** What was still to come when the traces end counts as missing. */
  readonly complete: boolean;
}

/** A line of a trace. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly event: TraceEvent;
}

export interface Verified extends Judgement {
  readonly files: readonly string[];
  readonly why: string;
  /** The events that broke a property, where it was events that did. */
  readonly broken: readonly { readonly property: string; readonly places: readonly Place[] }[];
}

/** What cannot be judged without the traces of those who broadcast: whether what was delivered was broadcast, and all of it delivered. */
const ofClients = ["P1", "P4"];

/** The verdicts that the traces bear. */
function borne({ counts, verdicts }: Judgement): Judgement["verdicts"] {
  if (counts.commands + counts.controls > 0) return verdicts;
  return verdicts.filter(({ property }) => !ofClients.some((name) => property.startsWith(name)));
}

function whyOf({ counts }: Judgement, violated: readonly string[], pending: readonly string[]): string {
  if (counts.deliveries === 0) return "Nothing was delivered in these traces, so nothing was judged.";
  if (violated.length > 0) return `Violated: ${violated.join(", ")}.`;
  if (pending.length === 0) return "All that was judged holds.";
  return `Nothing is violated. Not fulfilled when the traces end: ${pending.join(", ")}; a node that left or was stopped early has not got everything.`;
}

/**
 * Judges a run by the traces of its processes, as files. Without traces of clients, validity and termination are left out.
 *
 * @throws TraceError with file and line where a trace is none.
 */
export async function verifyTraces(
  files: readonly string[],
  { fifo, complete }: VerifyOptions,
): Promise<Verified> {
  const judgement = await judge(
    files.map((file) => readTrace(file)),
    // A killed node loses the last lines of its trace, not of its log: where it goes on from shows what it had.
    { fifo, recoverCovers: true },
  );
  const verdicts = borne(judgement);
  const of = (kind: string): string[] =>
    verdicts.filter((verdict) => verdict.kind === kind).map(({ property }) => property);
  const [violated, pending] = [of("violated"), of("pending")];
  const ok = violated.length === 0 && judgement.counts.deliveries > 0 && (pending.length === 0 || !complete);
  const broken = verdicts.flatMap(({ kind, property, events }) =>
    kind === "violated" && events !== undefined ? [{ property, events }] : [],
  );
  const places = await placesOf(
    files,
    broken.flatMap(({ events }) => events),
  );
  return {
    ...judgement,
    verdicts,
    ok,
    files,
    why: whyOf(judgement, violated, pending),
    broken: broken.map(({ property, events }) => ({
      property,
      places: places.filter(({ event }) => events.some((one) => isDeepStrictEqual(one, event))),
    })),
  };
}

/** Where these events stand: the files once more, which is for traces only that are not good. */
async function placesOf(files: readonly string[], events: readonly TraceEvent[]): Promise<Place[]> {
  const places: Place[] = [];
  if (events.length === 0) return places;
  for (const file of files) {
    let line = 0;
    for await (const event of readTrace(file)) {
      line += 1;
      if (events.some((one) => one.at === event.at && isDeepStrictEqual(one, event)))
        places.push({ file, line, event });
    }
  }
  return places;
}

/** For people: a line for each property, what was counted, and where it is broken. */
export function formatVerified(verified: Verified): string {
  const lines = verified.broken.flatMap(({ property, places }) =>
    places.map(({ file, line, event }) => `${property}: ${file}:${line} ${shortened(event)}`),
  );
  return [formatJudgement(verified).trimEnd(), ...lines, verified.why].join("\n");
}

/** A slot may hold thousands of commands. */
const shownChars = 300;

function shortened(event: TraceEvent): string {
  const text = JSON.stringify(event);
  return text.length <= shownChars ? text : `${text.slice(0, shownChars)}… (${text.length} characters)`;
}
