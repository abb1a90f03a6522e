import { CheckerError } from "../error.ts";
import { anyText } from "../machine/plain.ts";
import type { Reduction } from "../machine/reduction.ts";
import type { View } from "../model.ts";

/** How to search. */
export type Mode = "bfs" | "dfs" | "best-first" | "walk";

/** What a search says of itself while it runs. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Of the level or walk that is being looked into. */
  readonly depth: number;
  /** States that were found and not looked into. */
  readonly frontier: number;
}

/** How a search goes, where it ends, and what it leaves out. All are optional. */
export interface CheckOptions {
  /** Default `bfs`: exhaustive, with a shortest counterexample. */
  readonly mode?: Mode;
  /** Bytes for states and tables; default 2^31. Beyond them the search stops and says so. */
  readonly memory?: number;
  /** Stop when this many states were found. */
  readonly states?: number;
  /** Do not look into states farther than this; `bfs` only. */
  readonly depth?: number;
  /** Ways to visit fewer states. Default none. */
  readonly reductions?: readonly Reduction[];
  /** For `best-first`: what is highest is looked into first. An integer. */
  readonly score?: (view: View) => number;
  /** For `walk`: how many, how long, and from which seed. */
  readonly walks?: { readonly count: number; readonly steps: number; readonly seed: number };
  /** Called every few thousand states. True: stop; a text: stop, and that is why. */
  readonly progress?: (progress: Progress) => boolean | string | undefined;
  /** Milliseconds on any clock; for `seconds` of the report. */
  readonly now?: () => number;
}

/** Options with everything decided. */
export interface Settings {
  readonly mode: Mode;
  readonly memory: number;
  readonly states: number;
  readonly depth: number;
  readonly reductions: readonly Reduction[];
  readonly score: ((view: View) => number) | null;
  readonly walks: { readonly count: number; readonly steps: number; readonly seed: number };
  /** Null: go on; else why not. */
  readonly stopped: (progress: Progress) => string | null;
  readonly now: (() => number) | null;
}

function whyStopped(answer: boolean | string | undefined): string | null {
  return answer === true ? "stopped from outside" : typeof answer === "string" ? answer : null;
}

const names = ["mode", "memory", "states", "depth", "reductions", "score", "walks", "progress", "now"];
const modes: readonly Mode[] = ["bfs", "dfs", "best-first", "walk"];

function refuse(what: string): never {
  throw new CheckerError("option", what);
}

/** @throws CheckerError with code `option`. */
export function positive(name: string, value: number): number {
  if (value !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(value) || value < 1))
    refuse(`"${name}" expected a positive integer, got ${anyText(value)}`);
  return value;
}

/**
 * Decides what was left open.
 *
 * @throws CheckerError with code `option`.
 */
export function settingsOf(options: CheckOptions): Settings {
  if (options === null || typeof options !== "object")
    refuse(`"options" expected an object, got ${anyText(options)}; leave it out for none`);
  for (const name of Object.keys(options))
    if (!names.includes(name))
      refuse(`"options" expected ${names.join(", ")}; got "${name}": correct the name or leave it out`);
  for (const name of ["score", "progress", "now"] as const)
    if (options[name] !== undefined && typeof options[name] !== "function")
      refuse(`"${name}" expected a function, got ${anyText(options[name])}; leave it out for none`);
  const { mode = "bfs", memory = 2 ** 31, reductions = [], score = null, walks, depth } = options;
  if (!modes.includes(mode))
    refuse(`"mode" expected one of ${modes.join(", ")}, got ${JSON.stringify(mode)}`);
  if (mode === "best-first" && score === null)
    refuse('"score" expected a function for mode "best-first", got none; give one, or use "bfs"');
  if (mode !== "best-first" && score !== null)
    refuse(`"score" expected the mode "best-first", got "${mode}"; leave one of them out`);
  if (mode === "walk" && (walks === null || typeof walks !== "object"))
    refuse(`"walks" expected { count, steps, seed } for mode "walk", got ${anyText(walks)}`);
  if (mode !== "walk" && walks !== undefined)
    refuse(`"walks" expected the mode "walk", got "${mode}"; leave one of them out`);
  if (mode !== "bfs" && depth !== undefined)
    refuse(`"depth" expected the mode "bfs", got "${mode}": only there is the way to a state a shortest one`);
  if (walks !== undefined) {
    for (const name of Object.keys(walks))
      if (!["count", "steps", "seed"].includes(name))
        refuse(`"walks" expected count, steps and seed, got "${name}"; correct the name or leave it out`);
    positive("walks.count", walks.count);
    positive("walks.steps", walks.steps);
    if (!Number.isSafeInteger(walks.seed))
      refuse(`"walks.seed" expected an integer, got ${anyText(walks.seed)}`);
  }
  return {
    mode,
    memory: positive("memory", memory),
    states: positive("states", options.states ?? Number.POSITIVE_INFINITY),
    depth: positive("depth", depth ?? Number.POSITIVE_INFINITY),
    reductions,
    score,
    walks: walks ?? { count: 0, steps: 0, seed: 0 },
    stopped: (progress) => whyStopped(options.progress?.(progress)),
    now: options.now ?? null,
  };
}
