import {
  check,
  checkLiveness,
  type Invariant,
  type Model,
  type Report,
  type StepLabel,
} from "@eunomia/checker";
import type { Story } from "../story/types.ts";
import type { LivenessAnswer, SearchAnswer, SearchProgress } from "./messages.ts";
import { named } from "./shelf.ts";

/** States and tables of a page may take so much; a browser gives no more in one piece. */
const memoryBytes = 2 ** 30;
/** The page is told so often, in milliseconds. */
const tellEvery = 100;

/** Sizes of levels from what the search says now and then: levels that passed unseen share what was found between. */
class Levels {
  readonly #found: number[] = [0];

  note(depth: number, states: number): void {
    const last = this.#found.length - 1;
    for (let level = last + 1; level < depth; level++) {
      const part = (level - last) / (depth - last);
      this.#found[level] = Math.round(this.#found[last]! + (states - this.#found[last]!) * part);
    }
    this.#found[depth] = states;
  }

  sizes(): readonly number[] {
    return this.#found.map((states, level) => states - (this.#found[level - 1] ?? 0));
  }
}

/**
 * Searches every state of a model.
 *
 * @param storyOf tells the way to what was found
 */
export function search(
  model: Model,
  maxStates: number,
  tell: (progress: SearchProgress) => void,
  storyOf: (labels: readonly StepLabel[]) => Story,
): SearchAnswer {
  const now = (): number => performance.now();
  const begun = now();
  const levels = new Levels();
  let told = begun;
  const report = check(model, {
    states: maxStates,
    memory: memoryBytes,
    now,
    progress: ({ states, transitions, depth }) => {
      levels.note(depth, states);
      if (now() - told < tellEvery) return undefined;
      told = now();
      tell({ states, transitions, levels: levels.sizes(), seconds: (told - begun) / 1000 });
      return undefined;
    },
  });
  levels.note(report.depth, report.states);
  return {
    states: report.states,
    transitions: report.transitions,
    levels: levels.sizes(),
    seconds: (now() - begun) / 1000,
    verdicts: report.verdicts.map(({ property, result, detail }) => ({ property, result, reason: detail })),
    truncated: truncatedText(report),
    neverFired: report.actions.neverFired.filter((name) => report.actions.excused[name] === undefined),
    cut: report.cut.map(({ bound, cells }) => `${bound}, in ${cells} local states`),
    found: report.counterexample === null ? null : storyOf(report.counterexample.steps),
  };
}

/**
 * The same states with one thing to find in them: a search for a violation then ends with a shortest way to the witness.
 *
 * @throws ExplorerError if the model has no such witness
 */
export function lookingFor(model: Model, name: string): Model {
  const { reached } = named(model.witnesses, name);
  const goal: Invariant = { name: `not: ${name}`, holds: (view) => (reached(view) ? "it is reached" : null) };
  return { ...model, invariants: [goal], witnesses: [] };
}

/**
 * Decides whether every fair run of a model reaches a witness when all inputs come.
 *
 * @param storyOf tells a run that never does; `loop`: from this step on it repeats
 * @throws ExplorerError if the model has no such witness
 */
export function eventually(
  model: Model,
  maxStates: number,
  witness: string,
  storyOf: (labels: readonly StepLabel[], loop: number) => Story,
): LivenessAnswer {
  const { reached } = named(model.witnesses, witness);
  const { result, detail, states, counterexample } = checkLiveness(
    model,
    { name: witness, kind: "eventually", goal: reached },
    { inputs: "must", states: maxStates, memory: memoryBytes },
  );
  const found =
    counterexample === null
      ? null
      : storyOf(
          counterexample.steps.filter((step) => step !== null),
          counterexample.loop,
        );
  return { result, detail: `${detail} (${states.toLocaleString("en")} states)`, found };
}

function truncatedText({ truncated }: Report): string | null {
  if (truncated === null) return null;
  const { why, frontier, estimatedStates } = truncated;
  const rest = estimatedStates === null ? "" : `, about ${estimatedStates.toLocaleString("en")} in all`;
  return `Not everything was seen: ${why}; ${frontier.toLocaleString("en")} states were not looked into${rest}.`;
}
