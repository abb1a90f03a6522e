import type { RunEyes, RunPlan } from "../run-types.ts";
import { simulate } from "../simulate.ts";
import type { RunResult } from "../types.ts";
import { type RunSize, sizeOf, weight } from "./size.ts";

/** The runs that shrinking spends, and the smallest of them that violates the property. */
export class Attempts<C> {
  readonly #property: string;
  readonly #budget: number;
  readonly #onProgress: ((replays: number, size: RunSize) => void) | undefined;
  plan: RunPlan<C>;
  best: RunResult;
  replays = 0;

  constructor(
    plan: RunPlan<C>,
    result: RunResult,
    budget: number,
    onProgress?: (replays: number, size: RunSize) => void,
  ) {
    this.#property = result.outcome.kind === "ok" ? "" : result.outcome.property;
    this.#budget = budget;
    this.#onProgress = onProgress;
    this.plan = plan;
    this.best = result;
  }

  get left(): number {
    return this.#budget - this.replays;
  }

  /**
   * True: the plan violates the same property and is no larger; it is the best from now on. Null: no more replays.
   *
   * @param whatever it may be larger.
   */
  async try(plan: RunPlan<C>, whatever = false, eyes: RunEyes = {}): Promise<boolean | null> {
    if (this.left <= 0) return null;
    this.replays += 1;
    const result = await simulate(plan, eyes);
    const { outcome } = result;
    const same = outcome.kind !== "ok" && outcome.property === this.#property;
    const better = same && (whatever || weight(sizeOf(result)) <= weight(sizeOf(this.best)));
    if (better) {
      this.best = result;
      this.plan = plan;
    }
    this.#onProgress?.(this.replays, sizeOf(this.best));
    return better;
  }
}
