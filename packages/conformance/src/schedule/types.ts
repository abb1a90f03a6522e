import type { AnyEngine, NodeId } from "@eunomia/engine";
import type { SeededRandom } from "../support/random.ts";

export interface ScheduleProcess {
  readonly engine: AnyEngine;
  readonly config: unknown;
  /** Processes of one node crash together and share one release order. Default: a node of its own. */
  readonly node?: string;
}

/** Commands that reach a process at some moment of the run; after a restart of that process again, if `again` is set. */
export interface ScheduleInput {
  readonly to: NodeId;
  /** A function answers what the commands are just now, or null: not yet. It changes nothing. */
  readonly commands: readonly unknown[] | ((view: ScheduleView) => readonly unknown[] | null);
  readonly again?: boolean;
}

/** Probabilities per scheduling step unless said otherwise; all of them hold only before the fair suffix. */
export interface ScheduleFaults {
  /** Share of deliveries that are lost instead. */
  readonly loss?: number;
  /** Share of deliveries after which the message is in flight again. */
  readonly duplication?: number;
  /** False: each link keeps its order. Default true. */
  readonly reorder?: boolean;
  readonly crash?: number;
  /** Per step, for some crashed node. Default 0.05. */
  readonly restart?: number;
  /** At most so many nodes are down at once. Default 1. */
  readonly downMax?: number;
  /** So many of the nodes that are down when the faults end stay down. Default 0. */
  readonly staysDownMax?: number;
  /** Effects leave one by one, so that a crash may fall between any two of them. False: all effects of a step leave with it. Default true. */
  readonly partialFlush?: boolean;
  /** A process at rest replaces its durable records by those of `compact`. */
  readonly compact?: number;
}

/** What a property may look at. */
export interface ScheduleView {
  readonly processes: readonly NodeId[];
  isLive(process: NodeId): boolean;
  /** The engine's own projection; null while the process is down. */
  observe(process: NodeId): unknown;
  /** All outputs that left a process, in order, over all its lives. */
  outputs(process: NodeId): readonly unknown[];
}

/** An automaton over one run; each function answers null, or what is wrong. */
export interface PropertyWatch {
  /** An output left the process. `life` counts its starts from 1. */
  output?(process: NodeId, output: unknown, life: number): string | null;
  /** A message left the process. */
  sent?(process: NodeId, message: unknown): string | null;
  /** The process made a step. */
  stepped?(process: NodeId, view: ScheduleView): string | null;
  /** The run is over. */
  end?(view: ScheduleView): string | null;
}

/** A property of runs: begins anew with each of them. */
export interface ScheduleProperty {
  readonly name: string;
  start(): PropertyWatch;
}

export interface ScheduleOptions {
  /** The processes by id; a function makes them anew for each run. */
  readonly engines:
    | Readonly<Record<NodeId, ScheduleProcess>>
    | ((random: SeededRandom) => Readonly<Record<NodeId, ScheduleProcess>>);
  readonly inputs: readonly ScheduleInput[] | ((random: SeededRandom) => readonly ScheduleInput[]);
  readonly seeds: { readonly from?: number; readonly count: number };
  readonly faults?: ScheduleFaults;
  /** Scheduling steps with faults. Default 200. */
  readonly stepsMax?: number;
  /**
   * After the faults: crashed nodes come back, messages arrive at once, timers fire by their delays in virtual time until
   * `done`. False: no such suffix, `done` is only counted. Default 60 s of virtual time and 20 000 steps.
   */
  readonly fairSuffix?: false | { readonly virtualMs?: number; readonly stepsMax?: number };
  readonly properties: readonly ScheduleProperty[];
  /** Has the run got where it should? Not so at the end of the fair suffix: a violation of liveness. */
  done?(view: ScheduleView): boolean;
  /** The records a process finds when it starts again: default all that were durable. To model a disk that forgets. */
  recover?(process: NodeId, records: readonly unknown[]): readonly unknown[];
  /** Texts in a transcript: of messages, commands, records, outputs. */
  describe?(message: unknown): string;
  describeCommand?(command: unknown): string;
  describeRecord?(record: unknown): string;
  describeOutput?(output: unknown): string;
  /** Stop after so many failing runs. Default 1. */
  readonly failuresMax?: number;
  /** Replays spent on making a failing run smaller. Default 1000; 0: none. */
  readonly shrinkReplays?: number;
}

/** One scheduling decision. Ones that cannot be done (any more) are skipped, so every subsequence is a legal run. */
export type Move =
  | { readonly kind: "input"; readonly input: number }
  /** The `nth` message of its link, links and processes by number; or, with `content`, the oldest one of these canonical bytes. */
  | {
      readonly kind: "deliver" | "lose" | "duplicate";
      readonly link: number;
      readonly nth: number;
      readonly content?: string;
    }
  | { readonly kind: "timer"; readonly process: number; readonly timer: string }
  | { readonly kind: "release"; readonly node: number }
  | { readonly kind: "crash" | "restart"; readonly node: number }
  | { readonly kind: "compact"; readonly process: number };

export interface ScheduleFailure {
  readonly seed: number;
  readonly property: string;
  readonly reason: string;
  /** Scheduling decisions of the run before and after it was made smaller. */
  readonly moves: number;
  readonly shrunkMoves: number;
  /** What happened, one line per decision of the smaller run. */
  readonly transcript: readonly string[];
}

export interface ScheduleReport {
  readonly runs: number;
  /** Runs in which `done` came true; near zero would be an empty test. */
  readonly done: number;
  readonly steps: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly timers: number;
  readonly crashes: number;
  readonly restarts: number;
  readonly compactions: number;
  readonly outputs: number;
  /** Effects that never left because their process crashed first. */
  readonly effectsLost: number;
  readonly failures: readonly ScheduleFailure[];
}
