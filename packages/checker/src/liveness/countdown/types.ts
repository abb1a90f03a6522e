import type { StepLabel } from "../../label.ts";
import type { Seen, View } from "../../model.ts";
import type { StateDescription } from "../../space.ts";

/** What is to be reached after stabilisation, and by whom. Once reached it should stay so: it is asked between periods. */
export interface CountdownGoal {
  readonly name: string;
  /** The key of a process that is in every core. */
  readonly process: string;
  reached(seen: Seen): boolean;
}

/** What a countdown starts from, and in which world it runs. */
export interface CountdownOptions {
  /** Sets of processes, by key, of which one is up and connected from some moment on; all that are minimal. */
  readonly cores: readonly (readonly string[])[];
  /** Are inputs that were not given yet given at the moment of stabilisation? Default true. */
  readonly inputs?: boolean;
  /**
   * What is left of the timers that are armed at that moment. `full`: their whole delay. `any`: each by itself either its
   * whole delay or nothing, in every combination. Default `full`.
   */
  readonly timersLeft?: "full" | "any";
  /**
   * Bounds the part before stabilisation, such as to few rounds: states in which it does not hold are started from, and not
   * followed further. Afterwards nothing is bounded. Default: every state is followed.
   */
  readonly within?: (view: View) => boolean;
  /** States to start from instead of all that are reachable, such as those of a simulation; then the result is `sampled`. */
  readonly starts?: Iterable<StateDescription>;
  /** Bytes for the states to start from; default 2^31. */
  readonly memory?: number;
  /** Start from the first so many states only; then the result is `sampled`. */
  readonly states?: number;
  /** Stop when the worlds after stabilisation have more states than this in all; default a million for each core. */
  readonly liveStates?: number;
}

/** One period of a run after stabilisation, with the steps in it. */
export interface CountdownPeriod {
  /** Every message in flight arrived, or the earliest timers fired; `settle`: what happens at the moment of stabilisation. */
  readonly kind: "settle" | "deliver" | "timers";
  readonly steps: readonly StepLabel[];
}

/** A run that takes the longest, or that never ends. */
export interface CountdownRun {
  readonly core: readonly string[];
  /** The number of the state, in the order in which they were found or given. */
  readonly start: number;
  /** The way to the state at which the world becomes synchronous; empty if it was given. */
  readonly before: readonly StepLabel[];
  readonly periods: readonly CountdownPeriod[];
  /** From this period on the run repeats; null: it ends. */
  readonly loop: number | null;
}

/** What a countdown has found. Plain JSON. */
export interface CountdownReport {
  readonly model: string;
  readonly property: string;
  readonly method: "countdown";
  /** `sampled`: not every reachable state of the scope was started from. `vacuous`: no state had a live core. */
  readonly result: "holds" | "sampled" | "violated" | "vacuous" | "unknown";
  readonly detail: string;
  /** The least number of periods that is enough from everywhere; null if there is none, or it is not known. */
  readonly periods: number | null;
  /** Of these periods of the worst run, how many let timers fire. */
  readonly timerPeriods: number | null;
  /** Reachable states that were started from, and those of them with a core that is up, counted once for each core. */
  readonly states: number;
  readonly starts: number;
  /** Distinct states of live processes, in all cores. */
  readonly liveStates: number;
  readonly truncated: string | null;
  readonly cores: readonly { readonly core: readonly string[]; readonly periods: number | null }[];
  readonly worst: CountdownRun | null;
}
