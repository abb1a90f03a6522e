import { describeStep, type StepLabel } from "./label.ts";

/**
 * `holds`: in every state of the stated scope. `sampled`: in every state that walks have seen. `vacuous`: nothing was
 * violated, but a witness was missed or an action never fired, so the model does not say what it seems to say.
 */
export type Result = "holds" | "sampled" | "violated" | "vacuous" | "unknown";

/** What was found of one property, witness or action. */
export interface PropertyVerdict {
  readonly property: string;
  readonly result: Result;
  /** How it was decided, what is wrong, or why it is not known. */
  readonly detail: string;
}

/** A shortest (`bfs`) or some (other modes) way to a violation. Plain JSON. */
export interface Counterexample {
  readonly property: string;
  readonly detail: string;
  readonly steps: readonly StepLabel[];
}

/** What one search has found, honestly. Plain JSON. */
export interface Report {
  readonly model: string;
  /** The worst of the verdicts: `violated`, then `unknown`, `vacuous`, `sampled`, `holds`. */
  readonly result: Result;
  readonly verdicts: readonly PropertyVerdict[];
  readonly mode: "bfs" | "dfs" | "best-first" | "walk";
  readonly scope: Readonly<Record<string, unknown>>;
  readonly assumptions: readonly string[];
  readonly states: number;
  readonly transitions: number;
  /** Steps to the farthest state that was seen. */
  readonly depth: number;
  /** Null: everything within the bounds was seen. */
  readonly truncated: {
    readonly why: string;
    /** States that were found but not looked into. */
    readonly frontier: number;
    /** A guess from the growth of the levels; null where there is none. */
    readonly estimatedStates: number | null;
  } | null;
  /** Bounds that kept something from happening that could have happened, with the number of distinct local states. */
  readonly cut: readonly { readonly bound: string; readonly cells: number }[];
  /** One line for each reduction that was on: its name, and on how much its condition was checked. */
  readonly reductions: readonly { readonly reduction: string; readonly checked: string }[];
  readonly hash: "exact";
  /** How many distinct views reach each witness; 0 is an error. */
  readonly witnesses: Readonly<Record<string, number>>;
  readonly actions: {
    /** Distinct local steps in which each action fired, by `engine name: action name`. */
    readonly fired: Readonly<Record<string, number>>;
    readonly neverFired: readonly string[];
    /** Of the never fired, those that the model excuses, with its reason. */
    readonly excused: Readonly<Record<string, string>>;
  };
  /** Messages to ids that no process of the model has. */
  readonly unrouted: readonly string[];
  /** Distinct local states, and how often engines were really run. */
  readonly cells: number;
  readonly evaluations: number;
  /** Of the tables and states of the search, as computed. */
  readonly bytes: number;
  /** Null without a clock in the options. */
  readonly seconds: number | null;
  readonly counterexample: Counterexample | null;
}

/**
 * The report in lines for people: verdicts, size, what was cut, and the counterexample step by step.
 *
 * @example
 * console.log(describeReport(check(model)));
 */
export function describeReport(report: Report): string {
  const { model, result, verdicts, states, transitions, depth, truncated, cut, unrouted, counterexample } =
    report;
  return [
    `${model}: ${result}; ${states} states, ${transitions} transitions, depth ${depth}`,
    ...verdicts.map(({ property, result: each, detail }) => `  ${each}: ${property} (${detail})`),
    ...(truncated === null
      ? []
      : [`  truncated: ${truncated.why}; ${truncated.frontier} states not looked into`]),
    ...cut.map(({ bound }) => `  cut: ${bound}`),
    ...(unrouted.length === 0 ? [] : [`  sent to nobody: ${unrouted.join(", ")}; no process has such an id`]),
    ...(counterexample?.steps ?? []).map((step, at) => `  ${at + 1}. ${describeStep(step)}`),
  ].join("\n");
}
