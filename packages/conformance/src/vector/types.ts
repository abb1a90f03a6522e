/** A message in the vectors' own words: a tag `t`, the sender `from`, and the fields of that tag. Values are strings. */
export interface AbstractMessage {
  readonly t: string;
  readonly from?: string;
  readonly [field: string]: unknown;
}

/** One line of a vector file. */
export interface Vector {
  readonly id: string;
  readonly machine: string;
  readonly title: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: readonly VectorStep[];
  readonly expect: VectorExpectation;
}

export type Pattern = Readonly<Record<string, unknown>>;

/** One verb, and what is said about the effects of that step. */
export interface VectorStep {
  readonly in?: { readonly to: string | readonly string[]; readonly msg: AbstractMessage };
  readonly dlv?: Pattern;
  readonly n?: number;
  readonly all?: boolean;
  readonly drop?: Pattern;
  readonly dup?: Pattern;
  readonly crash?: string;
  readonly restart?: string;
  readonly tick?: string | readonly string[];
  readonly timeout?: string | readonly string[];
  readonly start?: string | readonly string[];
  readonly run?: "fifo";
  readonly except?: readonly Pattern[];
  readonly check?: Readonly<Record<string, unknown>> & { readonly proc: string };
  /** Exactly the compared effects of the step, in order. */
  readonly outs?: readonly Pattern[];
  readonly outsInclude?: readonly Pattern[];
  readonly outsExclude?: readonly Pattern[];
}

interface VectorExpectation {
  readonly decisions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly delivers?: Readonly<Record<string, readonly (readonly [number, readonly string[]])[]>>;
  /** Some sent message matches each of these. A proposal counts as a message with `t: "PROPOSE"`. */
  readonly present?: readonly Pattern[];
  /** No sent message matches any of these. */
  readonly absent?: readonly Pattern[];
}

/** What is handed to a process. `start` of a leader begins a ballot, `tick` is the retransmission and grace timer, `timeout` the round timer. */
export type VectorInput =
  /** `real` is what the sender's own effect carried (see `VectorEffect`); absent when the vector hands the message in itself. */
  | { readonly kind: "message"; readonly message: AbstractMessage; readonly real?: unknown }
  | { readonly kind: "tick" }
  | { readonly kind: "timeout" }
  | { readonly kind: "start" };

/**
 * The effects that vectors compare, in the vectors' own words. `real` travels with a message and comes back with its
 * delivery, so that an adapter maps each message only from real to abstract; messages which a vector writes itself go the
 * other way.
 */
export type VectorEffect =
  | {
      readonly kind: "send";
      readonly to: readonly string[];
      readonly message: AbstractMessage;
      readonly real?: unknown;
    }
  /** `epoch` only tells instances of one slot apart; vectors do not compare it. */
  | { readonly kind: "decide"; readonly slot: number; readonly value: string; readonly epoch?: number }
  /** `batch` holds labels: `c1:2` for entry 2 of client c1, `ctl1=paxos` for control 1, a swap to paxos. */
  | {
      readonly kind: "deliver";
      readonly slot: number;
      readonly proto: string;
      readonly batch: readonly string[];
    }
  | {
      readonly kind: "propose";
      readonly slot: number;
      readonly epoch: number;
      readonly proto: string;
      readonly batch: readonly string[];
    }
  | { readonly kind: "preempted"; readonly ballot: readonly number[] }
  | { readonly kind: "reject"; readonly detail?: unknown };

/** One process of a vector: one engine (`engineProcess` makes it), or several composed by the adapter. */
export interface VectorProcess {
  /** Takes one input; answers what came of it, in order. What vectors do not compare is left out. */
  step(input: VectorInput): readonly VectorEffect[];
  /** Loses everything that is not durable. */
  crash(): void;
  /** Begins a new life from durable records. */
  restart(): readonly VectorEffect[];
  /** The state in the words of the `check` verb, e.g. `{ round, est, decided }`. More fields than a check names are fine. */
  project(): Readonly<Record<string, unknown>>;
}

/** Between abstract processes, messages and values and the engines under test. */
export interface VectorAdapter {
  /** The processes that exist, by the names the vector uses, after their first `start` event (effects of which are dropped). */
  create(vector: Vector): ReadonlyMap<string, VectorProcess>;
}
