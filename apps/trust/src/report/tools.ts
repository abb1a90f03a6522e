import type { Engines, Limits } from "@eunomia/quorum-algebra";

/** What a report is made with. */
export interface Tools {
  /** Solvers; without them some answers are unknown for large input. */
  readonly engines: Engines;
  /** A clock in milliseconds, as `performance.now`. */
  now(): number;
  /** How long each question may take, in milliseconds. */
  readonly questionMs: number;
  readonly signal?: { readonly aborted: boolean };
}

/** Limits for one question from now on. How many steps are sensible, each question knows best. */
export function limitsOf({ now, questionMs, signal }: Tools): Limits {
  return { deadlineMs: questionMs, now, ...(signal === undefined ? {} : { signal }) };
}
