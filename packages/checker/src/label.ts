import type { Event, Fired } from "@eunomia/engine";
import { shortText } from "./machine/plain.ts";

/** What kind of step leads from one global state to another. */
export type StepKind =
  /** A message comes out of the network. */
  | "deliver"
  | "timer"
  /** A frame of commands from outside. */
  | "input"
  /** A command that another process of the node had as output. */
  | "route"
  | "crash"
  | "recover"
  /** One pending effect becomes real. */
  | "flush"
  | "lose"
  | "duplicate";

/** A message as it travels. */
export interface Sent {
  /** The key of the process that gets it. */
  readonly to: string;
  // biome-ignore lint/suspicious/noExplicitAny: messages are opaque here
  readonly message: any;
}

/** Everything that a reader has to know about one step. Plain data. */
export interface StepLabel {
  readonly kind: StepKind;
  /** The key of the process that moves. */
  readonly process: string;
  /** What the engine was given, or the message that was lost or doubled; null for `crash` and `flush`. */
  // biome-ignore lint/suspicious/noExplicitAny: events are opaque here
  readonly event: Event<any> | null;
  /** The input, the timer, who routed the command, what was flushed; else empty. */
  readonly what: string;
  /** Actions in the order in which they ran, each with what its guard had found. Empty: no engine ran or the event was ignored. */
  readonly fired: readonly Fired[];
  /** What left the process in this step. */
  readonly sends: readonly Sent[];
  readonly outputs: readonly unknown[];
  /** What became durable in this step. */
  readonly records: readonly unknown[];
  /** How the engine broke its contract in this step; null: it did not. */
  readonly fault: string | null;
}

/** A message by its kind first. */
function shortMessage(message: { readonly kind: string }): string {
  const { kind, ...fields } = message;
  return `${kind} ${shortText(fields)}`;
}

function given({ event, what, kind }: StepLabel): string {
  if (event === null) return what;
  if (event.kind === "message") return `${shortMessage(event.message)} from ${event.from}`;
  if (event.kind === "start")
    return event.records.length === 0 ? "" : `with ${event.records.map(shortText).join(", ")}`;
  return kind === "route"
    ? `${event.kind === "commands" ? event.commands.map(shortText).join() : ""} from ${what}`
    : what;
}

/**
 * One line for one step.
 *
 * @example
 * describeStep(label); // "a0 deliver prepare {ballot: 1} from p1: promise; to p1 promise {…}"
 */
export function describeStep(label: StepLabel): string {
  const { kind, process, fired, sends, outputs, records, fault } = label;
  const ran = kind !== "deliver" && fired.length === 0 ? "" : fired.map(({ action }) => action).join(", ");
  const head = [process, kind, given(label)].filter((part) => part !== "").join(" ");
  const effects = [
    ...records.map((record) => `writes ${shortText(record)}`),
    ...sends.map(({ to, message }) => `to ${to} ${shortMessage(message)}`),
    ...outputs.map((output) => `says ${shortText(output)}`),
  ];
  if (fault !== null) return `${head}: broken, ${fault}`;
  const did = kind === "deliver" && ran === "" ? ": ignored" : ran === "" ? "" : `: ${ran}`;
  return `${head}${did}${effects.map((effect) => `; ${effect}`).join("")}`;
}
