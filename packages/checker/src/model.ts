import type { Schema } from "@eunomia/codec";
import type { AnyEngine, NodeId } from "@eunomia/engine";

/**
 * What is to be checked: engines, the world between them, what must always hold and what must be reachable. Everything in it
 * is a function of its arguments; the checker keeps what it has computed once.
 */
export interface Model {
  readonly name: string;
  /** By key, in the order of display. Keys are the checker's names for processes; ids are the engines'. */
  readonly processes: Readonly<Record<string, ModelProcess>>;
  readonly network: Network;
  /** Left out: nothing crashes and effects leave at once. */
  readonly faults?: Faults;
  /** Which outputs of a process are commands for others on its node: a local channel, reliable and in order for each pair. */
  routes?(process: string, output: unknown): readonly Route[];
  /** Remember by which delay a timer was armed? Needed by countdowns only; every distinct delay makes states distinct. */
  readonly delays?: "forget" | "keep";
  readonly invariants: readonly Invariant[];
  /** Each must be reached, or the verdict is `vacuous`. */
  readonly witnesses: readonly Witness[];
  /** Actions that need not fire in this scope, by `engine name: action name`, with the reason. Anything else must fire. */
  readonly excused?: Readonly<Record<string, string>>;
  /** The bounds in words and numbers, for the report. Plain JSON. */
  readonly scope?: Readonly<Record<string, unknown>>;
  /** What the verdict rests on, for the report. */
  readonly assumptions?: readonly string[];
}

/** One process: an engine, what may come to it from outside, and what the checker remembers about it. */
export interface ModelProcess {
  readonly engine: AnyEngine;
  readonly config: unknown;
  /** The id that messages are addressed to; default: the key. Processes with one id are twins: each gets every message. */
  readonly id?: NodeId;
  /** Processes of one node crash together; default: a node of its own. */
  readonly node?: string;
  /** Frames of commands by name. Each is given at most once over the whole run, at any moment at which the process is up. */
  readonly inputs?: Readonly<Record<string, ModelInput>>;
  /** How often each timer may fire over the whole run, at any moment at which it is armed. Default: never. */
  readonly timers?: Readonly<Record<string, number>>;
  /** A ghost: folded over the outputs of all lives. Engines cannot see it. */
  readonly history?: History;
}

export interface ModelInput {
  readonly commands: readonly unknown[];
  /** Inputs of the same process that must have been given before. */
  readonly after?: readonly string[];
}

/** What properties may remember of outputs. Keep it small: every distinct history makes states distinct. */
export interface History<H = unknown> {
  readonly schema: Schema<H>;
  readonly start: H;
  /** The history after one more output; must not change its arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: each model knows the outputs of its own engines
  fold(history: Readonly<H>, output: any): H;
}

/** What lies between processes. */
export interface Network {
  /**
   * `bag`: any order, a delivery takes the message away. `fifo`: in order for each sender and receiver. `soup`: messages
   * stay, so that loss and duplication are free of charge.
   */
  readonly order: "bag" | "fifo" | "soup";
  /** How many messages may vanish over the whole run; `true`: any number. Default 0. Not for `soup`. */
  readonly loss?: number | true;
  /** How many messages may be doubled over the whole run. Default 0. Not for `soup`. */
  readonly duplicates?: number;
  /** A delivery that changes nothing and sends nothing: takes the message away, or is no transition at all. */
  readonly ignored: "consume" | "stay";
}

/** What may happen to nodes. */
export interface Faults {
  /** Crashes over the whole run, of all nodes together. */
  readonly crashes: number;
  /** May crashed nodes come back? They start with the records that were durable. */
  readonly recover: boolean;
  /** Effects leave one by one, and a crash may fall between any two of them. Otherwise a step and its effects are one. */
  readonly splitFlush: boolean;
}

/** An output that is a command for another process of the node. */
export interface Route {
  /** A key of `processes`. */
  readonly to: string;
  readonly command: unknown;
}

/** What a property sees of one process. */
export interface Seen {
  /** What `observe` of the engine answers; null while the process is down. */
  // biome-ignore lint/suspicious/noExplicitAny: each model knows the observations of its own engines
  readonly observation: any;
  /** The ghost; null if the process has none. */
  // biome-ignore lint/suspicious/noExplicitAny: each model knows its own ghosts
  readonly history: any;
  readonly up: boolean;
}

/** What a property sees of a global state. */
export interface View {
  /** @throws CheckerError for a key that the model does not have. */
  of(process: string): Seen;
  readonly processes: readonly string[];
}

/** Must hold in every reachable state. Answers null, or what is wrong. Evaluated once per distinct view. */
export interface Invariant {
  readonly name: string;
  holds(view: View): string | null;
}

/** Must be reachable, for an invariant that holds because nothing happens says nothing. */
export interface Witness {
  readonly name: string;
  reached(view: View): boolean;
}

/** Where a worker finds a model: models hold functions, so they travel by name. */
export interface ModelSource {
  /** URL of a module. */
  readonly module: string;
  /** The name of a function `(params) => Model` that it exports. */
  readonly export: string;
  /** Plain JSON. */
  readonly params: unknown;
}
