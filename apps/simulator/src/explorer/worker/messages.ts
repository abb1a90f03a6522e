import type { Reply } from "../../web/client.ts";
import type {
  Change,
  FiredAction,
  Letter,
  Sent,
  StepKind,
  Story,
  Tree,
  Turn,
  Verdict,
} from "../story/types.ts";

/** A model that can be opened, or a cluster that can be simulated. Names of models are `protocol/scope`. */
export interface Entry {
  readonly name: string;
  readonly protocol: string;
  /** What it shows, in a sentence. */
  readonly shows: string;
  /** Its parameters; others of the same shape may be tried. */
  readonly params: Tree;
  /** By parameter: the words that it may be. */
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** What the page offers. */
export interface Catalog {
  /** SHA-256 over the sources of the engines in this page. */
  readonly engines: string;
  readonly models: readonly Entry[];
  readonly systems: readonly Entry[];
}

/** A step that may be taken from a position. */
export interface Choice {
  /** Its place among the successors: what a path is made of. */
  readonly index: number;
  readonly kind: StepKind;
  readonly process: string;
  readonly fired: readonly FiredAction[];
  readonly message: { readonly from: string; readonly message: Tree } | null;
  readonly detail: string | null;
  readonly sends: readonly Sent[];
}

/** Why an action of a process cannot run now. */
export interface Refusal {
  readonly process: string;
  readonly action: string;
  readonly reason: string;
}

/** One process, as it stands. */
export interface Snapshot {
  readonly process: string;
  readonly up: boolean;
  /** Why its engine is broken; null: it is not. */
  readonly fault: string | null;
  /** The engine's coarse name of the state; null: it has none. */
  readonly phase: string | null;
  readonly state: Tree;
  readonly observation: Tree;
  /** What properties remember of its outputs. */
  readonly history: Tree;
  readonly inbox: readonly { readonly from: string; readonly message: Tree; readonly count: number }[];
  readonly timers: readonly string[];
  /** Records that a crash leaves. */
  readonly durable: readonly Tree[];
  /** Effects that wait for the disk. */
  readonly pending: readonly string[];
}

/** Everything about one moment of a story: before its first step (0), or after step `at`. */
export interface Position {
  readonly at: number;
  readonly snapshots: readonly Snapshot[];
  /** Empty for a replay, which has one future only. */
  readonly choices: readonly Choice[];
  readonly refusals: readonly Refusal[];
  readonly verdicts: readonly Verdict[];
  /** What faults and budgets the surroundings have left. */
  readonly surroundings: Tree;
}

/** Live counters of a search. */
export interface SearchProgress {
  readonly states: number;
  readonly transitions: number;
  readonly levels: readonly number[];
  readonly seconds: number;
}

/** What a search found. */
export interface SearchAnswer extends SearchProgress {
  readonly verdicts: readonly {
    readonly property: string;
    readonly result: string;
    readonly reason: string | null;
  }[];
  /** Why the search ended before it had seen everything; null: it saw everything. */
  readonly truncated: string | null;
  /** Actions that no step of the search ran. */
  readonly neverFired: readonly string[];
  /** Bounds of the scope that cut off a step. */
  readonly cut: readonly string[];
  /** A story that violates a property, or shows the witness that was looked for; null: there is none. */
  readonly found: Story | null;
}

/** Whether something comes in every fair run. */
export interface LivenessAnswer {
  readonly result: "holds" | "violated" | "vacuous" | "unknown";
  /** In a sentence: how it was decided, or why it is not known. */
  readonly detail: string;
  /** A fair run in which it never comes; null: there is none. */
  readonly found: Story | null;
}

/** What a trial step would do. */
export interface Preview {
  readonly changes: readonly Change[];
  readonly sends: readonly Pick<Letter, "to" | "message">[];
  readonly outputs: readonly Tree[];
}

/** A story that was opened by its path. */
interface OpenedStory {
  readonly story: Story;
  /** The first step of the path that this page does not know; null: all went well. */
  readonly mismatch: string | null;
}

/** Questions of the page and what the worker answers. */
export interface Calls {
  catalog: { ask: null; answer: Catalog };
  /** A model at the end of a path of choices. */
  open: { ask: { name: string; params: Tree; path: readonly Turn[] }; answer: OpenedStory };
  /** Forgets what lies behind `at` and takes a step, or several at random when `choice` is null. */
  take: { ask: { at: number; choice: number | null; count: number; seed: number }; answer: Story };
  position: { ask: { at: number }; answer: Position };
  preview: { ask: { at: number; choice: number }; answer: Preview };
  /** Every state of a model; or, with the name of a witness, a shortest way to a state that shows it. */
  search: {
    ask: { name: string; params: Tree; maxStates: number; witness: string | null };
    answer: SearchAnswer;
  };
  /** Does every fair run reach the witness in the end, when all inputs come? */
  eventually: {
    ask: { name: string; params: Tree; maxStates: number; witness: string };
    answer: LivenessAnswer;
  };
  simulate: { ask: { name: string; params: Tree }; answer: Story };
  /** The text of a replay file. */
  replay: { ask: { text: string }; answer: Story };
  /** The run that is open made smaller; it must violate something. */
  shrink: { ask: null; answer: Story };
  /** The text of a file. */
  file: { ask: { kind: ExportKind }; answer: SavedFile };
}

/** Files that a story can be saved as. */
export type ExportKind = "svg" | "mermaid" | "listing" | "test" | "replay";

/** A file to save. */
export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** From the page to the worker. */
export type Ask = {
  [K in keyof Calls]: { readonly id: number; readonly call: K; readonly ask: Calls[K]["ask"] };
}[keyof Calls];

/** From the worker to the page. */
export type Answer = Reply<SearchProgress>;
