import type { NodeId } from "@eunomia/engine";

/** Limits of a question. A pure package has no clock: effort is counted, so that every run answers alike. */
export interface Limits {
  /** Steps of the search; 100 000 by default. */
  readonly maxSteps?: number;
}

/** How an answer was found: `constant` (some family is always or never satisfied), a closed form, all choices, or a search. */
export type Method = "constant" | "threshold" | "weights" | "same-shape" | "enumeration" | "search";

/** `holds` is null when the limit was reached first: then nothing is known, and a caller must refuse as if it were false. */
export type Verdict<W> =
  | { readonly holds: true; readonly method: Method }
  | { readonly holds: false; readonly method: Method; readonly witness: W }
  | { readonly holds: null; readonly reason: "limit"; readonly steps: number };

/** A number, or bounds around it where the exact one would take too long. */
export type Answer<T> =
  | { readonly kind: "exact"; readonly value: T }
  | { readonly kind: "bounds"; readonly low: T; readonly high: T };

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
