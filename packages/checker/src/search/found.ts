import type { Report } from "../report.ts";

/** What a search has found. */
export interface Found {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly bytes: number;
  readonly truncated: Report["truncated"];
  /** Was it the caller who asked for less than everything? */
  readonly asked: boolean;
  /** From the initial state to a violation. */
  readonly path: readonly Int32Array[] | null;
}

/** After so many states a search asks whether it shall go on. */
export const breath = 4096;

/**
 * How many states there are in all, if levels go on shrinking as they do now; null while they grow.
 *
 * @param levels where each level begins.
 */
export function estimateStates(levels: readonly number[], states: number): number | null {
  const [before, last] = [levels.at(-2), levels.at(-1)];
  if (before === undefined || last === undefined) return null;
  const growth = (states - last) / (last - before);
  return growth < 1 ? Math.round(states + ((states - last) * growth) / (1 - growth)) : null;
}
