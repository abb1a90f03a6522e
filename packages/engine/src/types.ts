import type { Schema } from "@eunomia/codec";

/** Name of a process of a protocol. Compared, never parsed. */
export type NodeId = string;

/**
 * The types that tell one engine from another. Plain data only: what a schema of `@eunomia/codec` can describe.
 */
export interface EngineTypes {
  Config: unknown;
  State: unknown;
  Command: unknown;
  Message: { readonly kind: string };
  Timer: string;
  Record: unknown;
  Output: unknown;
}

/** The only way in. Time and chance come in here too, never from the platform. */
export type Event<T extends EngineTypes> =
  /** What was durable, oldest first; empty for a process that never ran. The first event of every life. */
  | { readonly kind: "start"; readonly records: readonly T["Record"][] }
  /** A frame of commands: one event, not one per command. */
  | { readonly kind: "commands"; readonly commands: readonly T["Command"][] }
  | { readonly kind: "message"; readonly from: NodeId; readonly message: T["Message"] }
  | { readonly kind: "timeout"; readonly timer: T["Timer"] };

/** The only way out. Effects leave in list order; whatever follows a `persist` waits until that record is durable. */
export type Effect<T extends EngineTypes> =
  | { readonly kind: "persist"; readonly record: T["Record"] }
  | { readonly kind: "send"; readonly to: readonly NodeId[]; readonly message: T["Message"] }
  /** Arming an armed timer replaces it. The driver adds a random part below `jitterMs`: chance stays outside. */
  | { readonly kind: "arm"; readonly timer: T["Timer"]; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: "disarm"; readonly timer: T["Timer"] }
  /** Asks the host to start the engines of `engine` (a name of its registry) under the instance `key`. */
  | { readonly kind: "spawn"; readonly engine: string; readonly key: string; readonly config: unknown }
  | { readonly kind: "output"; readonly output: T["Output"] };

/** What an action writes its effects to. */
export interface Effects<T extends EngineTypes> {
  persist(record: T["Record"]): void;
  /** A copy addressed to the engine itself is consumed inside the same step. */
  send(to: readonly NodeId[], message: T["Message"]): void;
  arm(timer: T["Timer"], delayMs: number, jitterMs?: number): void;
  disarm(timer: T["Timer"]): void;
  spawn(engine: string, key: string, config: unknown): void;
  output(output: T["Output"]): void;
}

/** What an action listens to; drivers dispatch by it in O(1). `internal` actions run after the others, until none is enabled. */
export type Trigger<T extends EngineTypes> =
  | "start"
  | "commands"
  | "internal"
  | `message:${T["Message"]["kind"]}`
  | `timeout:${T["Timer"]}`;

/**
 * `guard` reads and answers null when the action is not enabled; what it found is the label of the step. `act` sees
 * only that, changes the state in place and writes effects.
 */
export interface Action<T extends EngineTypes, Found = unknown> {
  /** The label in the paper, e.g. `1b promise`. */
  readonly name: string;
  readonly on: Trigger<T>;
  guard(config: T["Config"], state: Readonly<T["State"]>, event: Event<T>): Found | null;
  act(config: T["Config"], state: T["State"], found: Found, out: Effects<T>): void;
  /** Where an action may act in several ways: every value that `guard` might have answered. Production takes the first. */
  choices?(config: T["Config"], state: Readonly<T["State"]>, event: Event<T>): readonly Found[];
}

/** One schema for types, wire, journal, clone, digest and fuzzing. */
export interface EngineSchema<T extends EngineTypes> {
  readonly config: Schema<T["Config"]>;
  readonly state: Schema<T["State"]>;
  readonly command: Schema<T["Command"]>;
  readonly message: Schema<T["Message"]>;
  readonly record: Schema<T["Record"]>;
  readonly output: Schema<T["Output"]>;
  readonly timers: readonly T["Timer"][];
}

/** How often an enabled action must fire in the end: weak if it stays enabled, strong if it is enabled again and again. */
export type Fairness = "weak" | "strong" | "none";

export interface Engine<T extends EngineTypes> {
  readonly name: string;
  readonly schema: EngineSchema<T>;
  /** The process that runs this engine: what it sends to this id it handles itself. */
  self(config: T["Config"]): NodeId;
  init(config: T["Config"]): T["State"];
  /** In order of priority: the first enabled one takes the event. */
  readonly actions: readonly Action<T>[];
  /** Records that stand for all durable ones so far: `start` with them restores the same durable state. */
  compact(config: T["Config"], state: Readonly<T["State"]>): readonly T["Record"][];
  /** The projection that properties may look at (decisions, log, votes). Plain data. */
  observe(config: T["Config"], state: Readonly<T["State"]>): unknown;
  /** True only if the message is without effect in this and every later state. */
  inert?(config: T["Config"], state: Readonly<T["State"]>, message: T["Message"]): boolean;
  /** A coarse name of the state, for diagrams and coverage. */
  phase?(config: T["Config"], state: Readonly<T["State"]>): string;
  /** Names of actions that only store a message and send nothing. */
  readonly collects?: readonly string[];
  /** Per action name. */
  readonly fairness: Readonly<Record<string, Fairness>>;
}

/** An engine whose types a host need not know. */
// biome-ignore lint/suspicious/noExplicitAny: the host treats states, messages and records as opaque
export type AnyEngine = Engine<any>;
