import type { Event, Fired, NodeId } from "@eunomia/engine";

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
  readonly to: NodeId;
  // biome-ignore lint/suspicious/noExplicitAny: messages are opaque here
  readonly message: any;
}

/** Everything that a reader has to know about one step. Plain data. */
export interface StepLabel {
  readonly kind: StepKind;
  /** The key of the process that moves. */
  readonly process: string;
  /** What the engine was given; null where no engine ran. */
  // biome-ignore lint/suspicious/noExplicitAny: events are opaque here
  readonly event: Event<any> | null;
  /** The name of the input or timer, what was flushed, or what was lost. */
  readonly what: string;
  /** Actions in the order in which they ran, each with what its guard had found. Empty: the event was ignored. */
  readonly fired: readonly Fired[];
  /** What left the process in this step. */
  readonly sends: readonly Sent[];
  readonly outputs: readonly unknown[];
}
