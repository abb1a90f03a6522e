import type { NodeId } from "@eunomia/engine";

/**
 * Limits of a question. A pure package has no clock: effort is counted, so that every run answers alike, and whoever wants a
 * deadline or a way to call off brings the clock and the signal along (an `AbortSignal` fits).
 */
export interface Limits {
  /** Steps of the search; 100 000 by default. */
  readonly maxSteps?: number;
  /** Sets that are listed at most; as many as there are by default. */
  readonly maxCount?: number;
  /** Give up when `now()` says that so many milliseconds have passed. Only with `now`. */
  readonly deadlineMs?: number;
  /** Milliseconds from any beginning, as `performance.now` says them. */
  readonly now?: () => number;
  readonly signal?: { readonly aborted: boolean };
}

/** How an answer was found, in words: `constant`, a closed form, a program of a solver, a search. */
export type Method = string;

/** Why nothing is known: a limit was reached, or no solver was given and the question is too large without one. */
export type Unknown = "limit" | "noEngine";

/** `holds` is null when nothing is known: then a caller must refuse as if it were false. `steps` were made until then, without those of a solver. */
export type Verdict<W> =
  | { readonly holds: true; readonly method: Method }
  | { readonly holds: false; readonly method: Method; readonly witness: W }
  | { readonly holds: null; readonly reason: Unknown; readonly steps: number };

/** A value, or bounds around it where the exact one would take too long. */
export type Bounded<T> =
  | { readonly kind: "exact"; readonly value: T; readonly method: Method }
  | { readonly kind: "bounds"; readonly low: T; readonly high: T; readonly method: Method };

/** Every answer names its method, or says that nothing is known. */
export type Answer<T> = Bounded<T> | { readonly kind: "unknown"; readonly reason: Unknown };

/** A quorum of each family and a fault set of each fault family; the quorums have nothing in common outside the faults. */
export interface CoverWitness {
  readonly quorums: readonly (readonly NodeId[])[];
  readonly faults: readonly (readonly NodeId[])[];
}

/** A phase 1 quorum and a phase 2 quorum without a common node. Both are minimal, ids ascending. */
export interface DisjointQuorums {
  readonly phase1Quorum: readonly NodeId[];
  readonly phase2Quorum: readonly NodeId[];
}
