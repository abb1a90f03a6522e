import { type Model, openSpace, type Space, type StepLabel, type Vector } from "../../src/index.ts";
import type { CountdownGoal } from "../../src/liveness/countdown/types.ts";

/** One thing done wrong in counting down. */
export type Flaw =
  /** What is sent in a period is delivered in it too. */
  | "no lockstep"
  /** Timers fire while messages are in flight. */
  | "early timers"
  /** Everybody takes steps. */
  | "no core"
  /** A process may leave what is due to it. */
  | "lazy delivery"
  /** Inputs do not come. */
  | "no inputs";

/** The world after stabilisation, one step at a time: a state of the model and the messages that are due. */
interface Ghost {
  readonly vector: Vector;
  readonly due: readonly string[];
}

const messageKey = (process: string, from: string, message: unknown): string =>
  `${process} ${from} ${JSON.stringify(message)}`;

/**
 * The countdown by its definition, one step after the other in every order, over nothing but the steps of the model: slow, and
 * for models in which at most one timer is armed. Answers the least number of periods, or infinity.
 */
export function stepwiseCountdown(
  model: Model,
  goal: CountdownGoal,
  core: readonly string[],
  flaw: Flaw | null = null,
): number {
  const space = openSpace(model);
  const live = flaw === "no core" ? space.processes : core;
  const inFlight = (vector: Vector): string[] =>
    space
      .describe(vector)
      .processes.filter(({ process }) => live.includes(process))
      .flatMap(({ process, inbox }) =>
        inbox.flatMap(({ from, message, count }) => Array(count).fill(messageKey(process, from, message))),
      )
      .sort();
  const periods = new Map<string, number>();

  const isAtOnce = ({ kind }: StepLabel): boolean =>
    kind === "route" || kind === "flush" || kind === "recover" || (kind === "input" && flaw !== "no inputs");
  const stepsNow = ({ vector, due }: Ghost): Ghost[] =>
    space.successors(vector).flatMap(({ label, vector: next }) => {
      if (!live.includes(label.process)) return [];
      if (isAtOnce(label)) return [{ vector: next, due }];
      if (label.kind === "timer" && flaw === "early timers") return [{ vector: next, due }];
      if (label.kind !== "deliver" || label.event?.kind !== "message") return [];
      const at = due.indexOf(messageKey(label.process, label.event.from, label.event.message));
      if (at < 0) return [];
      const rest = flaw === "no lockstep" ? inFlight(next) : [...due.slice(0, at), ...due.slice(at + 1)];
      return [{ vector: next, due: rest }];
    });
  const reached = (vector: Vector): boolean => goal.reached(space.view(vector).of(goal.process));

  /** The most periods from here; a state that is met again on its own way never ends. */
  const longest = (ghost: Ghost): number => {
    const key = `${ghost.vector}|${ghost.due.join("|")}`;
    const known = periods.get(key);
    if (known !== undefined) return known;
    periods.set(key, Number.POSITIVE_INFINITY);
    const now = stepsNow(ghost);
    const rests = now.length === 0 || (flaw === "lazy delivery" && ghost.due.length > 0);
    const ways = now.map(longest);
    if (rests) ways.push(afterPeriod(ghost.vector));
    const most = Math.max(...ways);
    periods.set(key, most);
    return most;
  };
  const afterPeriod = (vector: Vector): number => {
    if (reached(vector)) return 0;
    const due = inFlight(vector);
    if (due.length > 0) return 1 + longest({ vector, due });
    const timers = space
      .successors(vector)
      .filter(({ label }) => label.kind === "timer" && live.includes(label.process));
    if (timers.length === 0) return Number.POSITIVE_INFINITY;
    return 1 + Math.max(...timers.map((step) => longest({ vector: step.vector, due: [] })));
  };

  return Math.max(...reachable(space).map((vector) => longest({ vector, due: [] })));
}

function reachable(space: Space): Vector[] {
  const seen = new Map([[space.initial.join(), space.initial]]);
  for (const vector of seen.values())
    for (const { vector: next } of space.successors(vector)) seen.set(next.join(), next);
  return [...seen.values()];
}
