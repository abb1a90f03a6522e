/** A value as a reader sees it: bytes, big integers, sets and maps of engines in plain JSON. */
export type Tree = null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree };

/** What kind of thing happened. `route`: a command of a neighbour on the same node. `fault`: whatever else a simulation does. */
export type StepKind =
  | "start"
  | "deliver"
  | "timer"
  | "input"
  | "route"
  | "flush"
  | "lose"
  | "duplicate"
  | "crash"
  | "recover"
  | "fault";

/** A column of the diagram: one process. */
export interface Lane {
  readonly id: string;
  /** The engine's name. */
  readonly engine: string;
  /** The machine: processes of one node crash together. */
  readonly node: string;
}

/** An action that ran, with what its guard had found. */
export interface FiredAction {
  readonly action: string;
  readonly found: Tree;
}

/** A message as a process sends it, before it has an identity of its own. */
export interface Sent {
  readonly to: string;
  readonly message: Tree;
}

/** What happened in one step, as checker and simulation tell it. */
export interface RawStep {
  readonly kind: StepKind;
  readonly process: string;
  /** Milliseconds of virtual time; only a simulation has any. */
  readonly at?: number;
  readonly fired: readonly FiredAction[];
  /** The message that was delivered, lost or duplicated. */
  readonly message?: { readonly from: string; readonly message: Tree };
  /** The name of the timer or input, or what a fault did. */
  readonly detail?: string;
  readonly sends: readonly Sent[];
  readonly outputs?: readonly Tree[];
  /** Records that the step asked to be written. */
  readonly persists?: number;
  /** Effects of the process that wait for the disk after the step. */
  readonly pending?: number;
  readonly changes: readonly Change[];
}

/** A leaf that differs: null in `before` or `after` with `added` or `removed` says that it was not there. */
export interface Change {
  readonly process: string;
  readonly path: readonly string[];
  readonly kind: "added" | "removed" | "changed";
  readonly before: Tree;
  readonly after: Tree;
}

/** A message of a story: one arrow. */
export interface Letter {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly message: Tree;
  /** Index of the step that sent it; -1: it was there at the beginning. */
  readonly sent: number;
  /** Index of the step that delivered or lost it; null while it is under way. */
  readonly ended: number | null;
  /** `unseen`: a run does not say what became of it. */
  readonly fate: "delivered" | "lost" | "under way" | "unseen";
  /** A copy that the network made. */
  readonly copy: boolean;
  /** One that was sent later on the same way arrived before it. */
  readonly late: boolean;
}

/** A step of a story: what happened, and the arrows that begin and end in it. */
export interface StoryStep extends RawStep {
  readonly index: number;
  /** Arrow that ends here (delivered, lost) or that was copied here. */
  readonly letter: number | null;
  /** Arrows that begin here. */
  readonly letters: readonly number[];
}

/** What is known of a property: `holds` in this story says nothing about others. */
export interface Verdict {
  readonly property: string;
  readonly result: "holds" | "violated" | "pending" | "reached" | "not reached";
  readonly reason: string | null;
  /** The step after which it was so; null: the whole story. */
  readonly step: number | null;
}

/** Where a story comes from: enough to tell it again. */
export interface Origin {
  /** `file`: a run of a replay file, which its parameters alone do not tell. */
  readonly kind: "model" | "run" | "file";
  /** Name in the registry of models or systems. */
  readonly name: string;
  readonly params: Tree;
  /** SHA-256 over the engines' sources. */
  readonly engines: string;
  readonly seed: string | null;
  /** For a model: the steps that were taken. */
  readonly path: readonly Turn[];
}

/** One step of a path through a model. */
export interface Turn {
  /** Which successor was taken. */
  readonly choice: number;
  /** Four hex digits of what the step was: other engines may order their successors otherwise. */
  readonly mark: string;
}

/** A run as people read it: lanes, steps, messages, verdicts. */
export interface Story {
  readonly title: string;
  readonly origin: Origin;
  readonly lanes: readonly Lane[];
  readonly steps: readonly StoryStep[];
  readonly letters: readonly Letter[];
  readonly verdicts: readonly Verdict[];
  /** A lasso: after the last step it goes on with this one, for ever. */
  readonly loopFrom: number | null;
}
