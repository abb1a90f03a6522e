import type { Limits } from "../answers.ts";
import { Budget } from "../limits.ts";

/** What counts the steps of a search; false: give up. */
export interface Effort {
  spend(steps?: number): boolean;
}

/** Steps of one search without `maxSteps`. */
const maxStepsDefault = 100_000;

/**
 * Efforts for the many searches of one question: `maxSteps` is for each of them, and at most `most` steps; the deadline is for all.
 *
 * @throws QuorumError `limit` for limits that say nothing.
 */
export function effortsOf(limits: Limits): (most?: number) => Effort {
  const { maxSteps = maxStepsDefault, deadlineMs, now } = limits;
  new Budget(limits, maxSteps);
  const begin = now?.() ?? 0;
  return (most = Infinity) => {
    const steps = { ...limits, maxSteps: Math.min(most, maxSteps) };
    if (deadlineMs === undefined || now === undefined) return new Budget(steps, maxSteps);
    const left = begin + deadlineMs - now();
    return left < 0 ? new Budget({ maxSteps: 0 }, 0) : new Budget({ ...steps, deadlineMs: left }, maxSteps);
  };
}
