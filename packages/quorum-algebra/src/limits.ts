import type { Limits } from "./answers.ts";
import { QuorumError } from "./errors.ts";

/** Reading a clock or a signal costs more than a step, so it is done once in so many steps. */
const stepsPerLook = 256;

/** Thrown where a limit ends a computation deep inside, caught where the question was asked; callers never see it. */
export class OverLimit extends Error {}

/** The value, or null when a limit was reached on the way to it. */
export function withinLimits<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof OverLimit) return null;
    throw error;
  }
}

/** The limits of one question for the calls it makes one after another: each gets the time that is left of the deadline. */
export function running(limits: Limits): () => Limits {
  const { deadlineMs, now } = limits;
  if (deadlineMs === undefined || now === undefined) return () => limits;
  const until = now() + deadlineMs;
  return () => ({ ...limits, deadlineMs: Math.max(0, until - now()) });
}

/** What is left of the limits of one question. Every search asks it step by step. */
export class Budget {
  readonly #limits: Limits;
  readonly #maxSteps: number;
  readonly #until: number;
  #steps = 0;
  #lookAt = 0;
  #over = false;

  /** `stepsDefault`: steps without `maxSteps`. @throws QuorumError `limit` for limits that say nothing. */
  constructor(limits: Limits, stepsDefault: number) {
    const { maxSteps = stepsDefault, maxCount, deadlineMs, now } = limits;
    for (const [name, value] of Object.entries({ maxSteps, maxCount, deadlineMs }))
      if (value !== undefined && !(value >= 0))
        throw new QuorumError("limit", name, "a number of at least 0", value);
    if (deadlineMs !== undefined && now === undefined)
      throw new QuorumError("limit", "now", "a clock beside deadlineMs, as `() => performance.now()`", now);
    this.#limits = limits;
    this.#maxSteps = maxSteps;
    this.#until =
      deadlineMs === undefined || now === undefined ? Number.POSITIVE_INFINITY : now() + deadlineMs;
  }

  /** Steps that were made. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether a limit has been reached. Never false again. */
  get over(): boolean {
    return this.#over;
  }

  /** Counts steps; false once a limit is reached. */
  spend(steps = 1): boolean {
    this.#steps += steps;
    if (this.#steps > this.#maxSteps) this.#over = true;
    else if (this.#steps >= this.#lookAt) {
      this.#lookAt = this.#steps + stepsPerLook;
      const { now, signal } = this.#limits;
      if (signal?.aborted === true || (now !== undefined && now() > this.#until)) this.#over = true;
    }
    return !this.#over;
  }
}
