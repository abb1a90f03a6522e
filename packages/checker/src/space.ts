import type { StepLabel } from "./label.ts";
import type { View } from "./model.ts";

/** One global state: small integers, one for each process and, where faults have budgets, one for the world. */
export type Vector = readonly number[];

/** One step that may be taken. */
export interface Successor {
  readonly label: StepLabel;
  readonly vector: Vector;
}

/** A waiting message or command. */
export interface Waiting {
  readonly from: string;
  readonly message: unknown;
  readonly count: number;
}

/** All there is to know about one process in one global state. Plain data, a copy. */
export interface ProcessDescription {
  readonly process: string;
  readonly up: boolean;
  /** Null while the process is down. */
  readonly state: unknown;
  readonly observation: unknown;
  readonly history: unknown;
  /** What the network holds for it; for `fifo`, oldest first for each sender. */
  readonly inbox: readonly Waiting[];
  /** Commands from other processes of its node, oldest first for each sender. */
  readonly routed: readonly Waiting[];
  /** In ascending order of name. `left`: how often it may still fire. `delayMs`: of the last arming, if the model keeps delays. */
  readonly timers: readonly {
    readonly timer: string;
    readonly left: number;
    readonly delayMs: number | null;
  }[];
  readonly inputsLeft: readonly string[];
  /** Empty where the model has no crashes. */
  readonly records: readonly unknown[];
  /** Effects that have not left yet. */
  readonly pending: readonly unknown[];
}

/** One global state in full. */
export interface StateDescription {
  readonly processes: readonly ProcessDescription[];
  /** What is left; null: unlimited. */
  readonly budgets: {
    readonly crashes: number;
    readonly losses: number | null;
    readonly duplicates: number;
  };
}

/**
 * The states of a model and the steps between them, on demand: what the explorer, counterexamples and liveness are built on.
 * The order of successors is fixed: it does not depend on what was asked before.
 */
export interface Space {
  readonly processes: readonly string[];
  readonly initial: Vector;
  successors(vector: Vector): readonly Successor[];
  describe(vector: Vector): StateDescription;
  view(vector: Vector): View;
  /** Null, or the first invariant that does not hold, with what is wrong. */
  violation(vector: Vector): { readonly property: string; readonly detail: string } | null;
}
