import type { AnyEngine } from "@eunomia/engine";
import type { Adversary } from "./byzantine/adversary.ts";
import type { AdversaryPlan } from "./byzantine/adversary-plan.ts";
import type { Profile } from "./profile.ts";
import type { Choice, Cluster, Draw, Outcome, SimulatedStep, System } from "./types.ts";

/** How long a run goes on, and how: `safety` has faults all the time, `liveness` heals a core in the end and waits for it. */
export interface RunLimits {
  readonly mode: "safety" | "liveness";
  /** Virtual time with faults. */
  readonly virtualMs: number;
  /** Steps of engines, whatever the time. */
  readonly maxSteps: number;
}

/** One run, completely: the same plan is the same run, record by record. */
export interface RunPlan<C = unknown> {
  readonly system: System<C>;
  /** Any text. */
  readonly seed: string;
  /** Default: drawn from the seed. */
  readonly config?: C;
  /** Default: drawn from the seed. */
  readonly profile?: Profile;
  readonly limits?: Partial<RunLimits>;
  /** The choices to take instead of drawing; a stream's choice that is not among them is the calmest. */
  readonly choices?: readonly Choice[];
  /** From this virtual moment on choices are drawn again: to go on from the beginning of another run. */
  readonly drawAfterMs?: number | undefined;
  /** Default: what the system says, or else drawn from the seed. */
  readonly wire?: "value" | "bytes";
  /**
   * The moves of the run, in the place of time: only what is named happens, in this order. Moves that cannot be made are
   * skipped. Networks and clocks then do nothing by themselves.
   */
  readonly script?: readonly string[];
  /**
   * Byzantine nodes: a strategy by its name, or whatever a function makes. Messages then travel as values, unless the strategy or
   * `wire` says bytes: an adversary sees either packets or frames.
   */
  readonly adversary?: AdversaryPlan | ((config: C, draw: Draw, cluster: Cluster) => Adversary);
  /** A mutant of an engine, to see that something notices. */
  readonly substitute?: (engine: AnyEngine) => AnyEngine;
}

/** An engine and its configuration: what takes steps. */
export interface Machine {
  readonly engine: AnyEngine;
  readonly config: unknown;
}

/** What to look at while a run goes on. None of it changes the run. */
export interface RunEyes {
  /** Every step, and what took it. */
  onStep?(step: SimulatedStep, machine: Machine): void;
  /** Every move in order, by the name that `RunPlan.script` knows it by. */
  onMove?(label: string): void;
  /** Faults and other things that happen beside the steps. */
  onNote?(atMs: number, note: string): void;
  /** Gathers what the run reached. */
  readonly coverage?: import("./campaign/coverage.ts").Coverage;
  /** One step in so many is taken twice, its guards watched and its state validated. Default 64; 0: none. */
  readonly checkEvery?: number;
}

/** First line of a replay file. */
export interface ReplayHeader {
  readonly v: 1;
  readonly kind: "run";
  /** Hash of the engines' sources, given by the caller: a file of other engines is refused. */
  readonly engines: string;
  readonly node: string;
  readonly system: string;
  readonly config: unknown;
  readonly seed: string;
  readonly profile: Profile;
  readonly limits: RunLimits;
  readonly wire: "value" | "bytes";
  readonly mutant?: string;
  /** From which a reader makes it again; a name alone: only whoever wrote the file knows it. */
  readonly adversary?: AdversaryPlan | string;
  readonly shrunk: boolean;
}

/** The other lines: choices, the moves of a script if there is one, steps in order (`digest` at every 64th), and at the end the verdict. */
export type ReplayLine =
  | { readonly do: string }
  | { readonly c: string; readonly i: number; readonly n: number; readonly k: number }
  | {
      readonly at: number;
      readonly node: string;
      readonly process: string;
      readonly engine: string;
      readonly instance: string;
      readonly event: unknown;
      readonly fired: unknown;
      readonly effects: unknown;
      readonly digest?: string;
    }
  | { readonly at: number; readonly note: string }
  | {
      readonly verdict: Outcome["kind"];
      readonly property?: string;
      readonly detail?: string;
      readonly choices: number;
      readonly moves?: number;
      readonly line: number;
      readonly steps: number;
      readonly digest: string;
    };
