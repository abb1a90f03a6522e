import type { Lockstep, NextPeriod, Stuck } from "./lockstep.ts";

/** Why no number of periods is enough: the worst run comes back to a state, or gets stuck, or is too long. */
export type Endless =
  /** From state `from` on the run repeats. */
  | { readonly kind: "livelock"; readonly run: readonly NextPeriod[]; readonly from: number }
  | { readonly kind: "stuck"; readonly run: readonly NextPeriod[]; readonly why: Stuck }
  /** The exploration stopped here: nothing is known. */
  | { readonly kind: "too large"; readonly run: readonly NextPeriod[] };

interface Frame {
  readonly state: number;
  readonly next: readonly NextPeriod[];
  at: number;
  best: number;
}

/**
 * The longest run of periods that avoids the goal, from any state: computed once for each. A run that avoids it for ever ends
 * the search.
 */
export class LongestRuns {
  readonly #lockstep: Lockstep;
  readonly #reached: (state: number) => boolean;
  readonly #statesMax: number;
  /** Periods that are left in the worst case; -1 while the state is on the way. */
  readonly #periods = new Map<number, number>();

  constructor(lockstep: Lockstep, reached: (state: number) => boolean, statesMax: number) {
    this.#lockstep = lockstep;
    this.#reached = reached;
    this.#statesMax = statesMax;
  }

  /** How many periods pass at most until the goal is reached, or how it never is. */
  from(start: number): number | Endless {
    const known = this.#periods.get(start);
    if (known !== undefined) return known;
    const stack: Frame[] = [];
    const opened = this.#open(start, stack);
    if (opened !== null) return opened;
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const step = frame.next[frame.at];
      if (step === undefined) {
        this.#periods.set(frame.state, frame.best);
        stack.pop();
        continue;
      }
      const left = this.#periods.get(step.state);
      if (left === undefined) {
        const endless = this.#open(step.state, stack);
        if (endless !== null) return endless;
      } else if (left < 0) {
        const from = stack.findIndex(({ state }) => state === step.state);
        return { kind: "livelock", run: runOf(stack), from };
      } else {
        frame.best = Math.max(frame.best, left + 1);
        frame.at += 1;
      }
    }
    return this.#periods.get(start)!;
  }

  /** A run that takes the longest. */
  worst(start: number): NextPeriod[] {
    const run: NextPeriod[] = [];
    let state = start;
    for (let left = this.#periods.get(start)!; left > 0; left -= 1) {
      const next = this.#lockstep.next(state) as readonly NextPeriod[];
      const step = next.find((one) => this.#periods.get(one.state) === left - 1)!;
      run.push(step);
      state = step.state;
    }
    return run;
  }

  #open(state: number, stack: Frame[]): Endless | null {
    if (this.#reached(state)) {
      this.#periods.set(state, 0);
      return null;
    }
    if (this.#lockstep.size > this.#statesMax) return { kind: "too large", run: runOf(stack) };
    const next = this.#lockstep.next(state);
    if (typeof next === "string") return { kind: "stuck", run: runOf(stack), why: next };
    this.#periods.set(state, -1);
    stack.push({ state, next, at: 0, best: 0 });
    return null;
  }
}

/** The periods that the frames are in. */
function runOf(stack: readonly Frame[]): NextPeriod[] {
  return stack.map(({ next, at }) => next[at]!);
}
